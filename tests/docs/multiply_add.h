// The fused step of docs/adding-a-kernel.md.
#pragma once

#include <cstdint>
#include <span>

#include "cpu/isa.h"
#include "ops/kernel.h"

namespace pome::cpu {

/// out[i] = x[i] * y[i] + z[i] for `count` floats of any layout.
struct MultiplyAddParams {
  Isa isa = Isa::kNone;
  int64_t count = 0;
};

}  // namespace pome::cpu

namespace pome::docs {

/// A table of the page's row alone.
std::span<const ops::KernelRow> fused_rows();

}  // namespace pome::docs
