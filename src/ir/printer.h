// Programs as MIL text, the notation of a compiled model's model.mil.
#pragma once

#include <string>
#include <string_view>

#include "ir/program.h"

namespace pome::ir {

/// The two writings of MIL text: the older spells a scalar type `tensor<fp32, []>`, the newer
/// `fp32`.
enum class Writing { kOlder, kNewer };
/// The writing of a program version: up to 1.2 the older one, from 1.3 the newer.
Writing writing_of(std::string_view version);

/// The whole program, as Apple's compiler lays it out: one statement a line, arguments, attributes
/// and function inputs sorted, no newline after the last brace. Every element of an immediate
/// constant is written, floats in exact hexadecimal; a constant that has a BlobReference is written
/// as BLOBFILE. Parsing the text gives the program back.
///
/// Three things go beyond what Apple's files show: constants written in place in argument lists,
/// nested blocks (`= cond(pred = p) () { .. } -> (a), () { .. } -> (b);`), and names that are no
/// MIL identifiers, which stand in double quotes.
std::string print(const Program& program);
/// One function, with the indents that it has in a program.
std::string print(const Function& function, Writing writing = Writing::kNewer);
/// One op on one line (more when it has blocks), without indent and newline.
std::string print(const Op& op, Writing writing = Writing::kNewer);
std::string print(const Type& type, Writing writing = Writing::kNewer);
/// With its type: `tensor<int32, [2]>([1, 2])`.
std::string print(const Literal& literal, Writing writing = Writing::kNewer);

/// Exact hexadecimal: "0x1.99999ap-4", "-0x0p+0", "inf", "nan"; subnormals normalised.
std::string hex_float(double value);
/// True when `name` can stand unquoted: letters, digits, '_' and '@', not beginning with a digit or
/// '@', and none of the words that begin a type.
bool is_identifier(std::string_view name);

}  // namespace pome::ir
