// Instruction sets that the kernels are compiled for, and which of them runs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "pome/result.h"

namespace pome::cpu {

/// A kernel target. It is part of every kernel's parameters (it decides the packed weights), so a
/// plan made for one is never run on another by accident. The values are stored in plans.
enum class Isa : uint8_t {
  kNone = 0,    // no fast kernels: the reference row runs everything
  kSse4 = 1,    // x86 with SSE4.2, AES and PCLMUL; 4 lanes
  kAvx2 = 2,    // x86 with AVX2, FMA and F16C; 8 lanes
  kAvx512 = 3,  // x86 with AVX-512 F, BW, DQ, VL, CD; 16 lanes
  kNeon = 4,    // AArch64; 4 lanes
};
inline constexpr int kIsaCount = 5;

/// "sse4", "avx2", "avx512", "neon", "none".
std::string_view name(Isa isa);

/// c of the blocked layout NCHW[c]: 16, 8 or 4 floats; 0 for kNone.
constexpr int channel_block(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return 16;
    case Isa::kAvx2:
      return 8;
    case Isa::kSse4:
    case Isa::kNeon:
      return 4;
    case Isa::kNone:
      break;
  }
  return 0;
}

/// True when kernels for `isa` are compiled in and this CPU (and its operating system) runs them.
bool runs_here(Isa isa);

/// The best target of this machine, kNone when it has none. The environment variable POME_FORCE_ISA
/// (sse4, avx2, avx512, neon or none) forces one. Errors: kInvalidArgument when POME_FORCE_ISA is
/// misspelt, kUnsupported when this CPU lacks what it names.
Result<Isa> choose_isa();

}  // namespace pome::cpu
