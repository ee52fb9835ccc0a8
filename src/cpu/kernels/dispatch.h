// Picks the copy of a kernel that was compiled for an instruction set.
#pragma once

#include <hwy/highway.h>

#include "cpu/isa.h"

// A kernel file is compiled once per target: Highway's foreach_target.h includes it again and
// again, and each time its code lies in another namespace. This names them all in one constant
// table that an Isa indexes. A macro because those namespaces only exist as Highway's macros; use
// it inside
// `#if HWY_ONCE`, in the namespace around HWY_NAMESPACE. Entries that are not compiled are null.
#define POME_ISA_TABLE(table, function)                                                         \
  constexpr decltype(&HWY_STATIC_DISPATCH(function)) table[kIsaCount] = {                       \
      nullptr, HWY_CHOOSE_SSE4(function), HWY_CHOOSE_AVX2(function), HWY_CHOOSE_AVX3(function), \
      HWY_CHOOSE_NEON(function)}

namespace pome::cpu {

/// The entry for `isa`. Requires runs_here(isa), which planning has checked.
template <typename Fn>
Fn select(Fn const (&table)[kIsaCount], Isa isa) {
  return table[static_cast<int>(isa)];
}

}  // namespace pome::cpu
