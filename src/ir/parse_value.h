// The parts of the parser that read types and constants.
#pragma once

#include <cstdint>
#include <string>

#include "ir/lexer.h"
#include "ir/parser.h"

namespace pome::ir {

/// Reads types and values off a Lexer, counting what they make us allocate.
class ValueParser {
 public:
  ValueParser(Lexer& lexer, const ParseOptions& options)
      : lexer_(lexer), options_(options), nodes_left_(options.max_nodes) {}

  /// True when the current token can only begin a type (`tensor`, `fp32`, ...).
  bool at_type() const;
  Result<Type> type(int depth = 0);
  /// A name, plain or in quotes.
  Result<std::string> name(std::string_view what);
  /// type ( literal | blob )
  Result<LiteralPtr> value();
  /// The same when the type has been read.
  Result<LiteralPtr> value_of(const Type& type);
  /// Counts `n` things that were allocated; an Error when there are too many.
  Status spend(int64_t n = 1);

 private:
  struct Rows;
  Result<int64_t> dim();
  Result<Type> tensor_type();
  Result<LiteralPtr> content(const Type& type);
  Result<LiteralPtr> tensor(const Type& type);
  Result<LiteralPtr> aggregate(const Type& type);
  Result<LiteralPtr> blob(const Type& type);
  Status rows(Rows& rows, int axis);
  Status element(Rows& rows);
  Status number(Rows& rows, std::string_view text, const Token& token);

  Lexer& lexer_;
  const ParseOptions& options_;
  int64_t nodes_left_;
};

}  // namespace pome::ir
