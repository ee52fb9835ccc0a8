// Reads MIL text into a Program.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "ir/program.h"
#include "pome/result.h"

namespace pome::ir {

struct ParseOptions {
  /// Finds the bytes of a constant that lies in a weight file. Asked with the reference as written
  /// (its path begins with "@model_path/" and has no ".." in it: the parser saw to that) and the
  /// type, whose size is known to fit 62 bits. Returns a Literal of that type. Without it a
  /// BLOBFILE is an Error.
  std::function<Result<LiteralPtr>(const BlobReference& blob, const Type& type)> resolve_blob;
  /// Bound on ops + values + operands + members of aggregates: what the text may make us allocate.
  int64_t max_nodes = 8'000'000;
};

/// Parses a program in either writing, mixed ones too, and in the spellings of tools other than
/// Apple's (`op<ios17>(..)` with the tag dropped, `func f<CoreML8>`, decimal floats, any blanks,
/// `//` comments, an argument tuple of one with or without brackets). The text may be hostile:
/// nesting is capped, memory grows with the text alone.
///
/// Ops are not compared with the op table: verify the program before it is run. Errors are placed
/// at "line:column" (from 1, columns in bytes) and say what was found and what was expected.
Result<std::unique_ptr<Program>> parse(std::string_view text, const ParseOptions& options = {});

}  // namespace pome::ir
