// Names files that are something else.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "pome/error.h"

namespace pome::format {

/// What bytes that are no model look like, as a sentence with what to do: "this is a PNG picture;
/// ...". Empty when nothing is recognised. Looks at the first few hundred bytes and never fails.
std::string recognise(std::span<const std::byte> bytes);

}  // namespace pome::format
