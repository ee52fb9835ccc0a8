#include "cpu/isa.h"

#include <hwy/highway.h>

#include <cstdlib>
#include <string>

namespace pome::cpu {
namespace {

constexpr Isa kBestFirst[] = {Isa::kAvx512, Isa::kAvx2, Isa::kSse4, Isa::kNeon};

int64_t target_of(Isa isa) {
  switch (isa) {
    case Isa::kSse4:
      return HWY_SSE4;
    case Isa::kAvx2:
      return HWY_AVX2;
    case Isa::kAvx512:
      return HWY_AVX3;
    case Isa::kNeon:
      return HWY_NEON;
    case Isa::kNone:
      break;
  }
  return 0;
}

}  // namespace

std::string_view name(Isa isa) {
  switch (isa) {
    case Isa::kSse4:
      return "sse4";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
    case Isa::kNeon:
      return "neon";
    case Isa::kNone:
      break;
  }
  return "none";
}

bool runs_here(Isa isa) {
  const int64_t target = target_of(isa);
  // Highway asks the CPU at each call, and a virtual machine stops for the answer.
  static const int64_t supported = hwy::SupportedTargets();
  return (target & HWY_TARGETS) != 0 && (target & supported) != 0;
}

Result<Isa> choose_isa() {
  const char* forced = std::getenv("POME_FORCE_ISA");
  if (forced == nullptr || *forced == '\0') {
    for (Isa isa : kBestFirst) {
      if (runs_here(isa)) return isa;
    }
    return Isa::kNone;
  }
  const std::string wanted = forced;
  if (wanted == name(Isa::kNone)) return Isa::kNone;
  for (Isa isa : kBestFirst) {
    if (wanted != name(isa)) continue;
    if (runs_here(isa)) return isa;
    return Error(ErrorCode::kUnsupported,
                 "POME_FORCE_ISA is " + wanted + ", which this CPU or this build does not have");
  }
  return Error(ErrorCode::kInvalidArgument,
               "POME_FORCE_ISA is \"" + wanted + "\", expected sse4, avx2, avx512, neon or none");
}

}  // namespace pome::cpu
