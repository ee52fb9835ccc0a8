// Which Pome this is.
#pragma once

#include <string_view>

#pragma GCC visibility push(default)

namespace pome {

/// The instruction set that kernels use on this machine: "avx512", "avx2", "sse4", "neon", or
/// "none". The environment variable POME_FORCE_ISA forces one.
std::string_view isa_in_use();

}  // namespace pome

#pragma GCC visibility pop
