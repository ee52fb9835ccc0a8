// The parts of the printer that write types and constants.
#pragma once

#include <string>

#include "ir/printer.h"

namespace pome::ir {

void append_type(std::string& out, const Type& type, Writing writing);
/// Type and content: `int32(-1)`, `tensor<fp16, [4]>(BLOBFILE(..))`.
void append_value(std::string& out, const Literal& literal, Writing writing);
/// A name, in quotes where it is no identifier.
void append_name(std::string& out, std::string_view name);
void append_quoted(std::string& out, std::string_view text);

}  // namespace pome::ir
