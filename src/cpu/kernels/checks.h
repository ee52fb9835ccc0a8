// Checks that the kernels' parameter structs share. Parameters may come from a stored plan, so
// nothing about them is taken for granted.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "cpu/isa.h"
#include "pome/result.h"

namespace pome::cpu {

struct NamedSize {
  std::string_view name;
  int64_t value;
};

/// Ok when kernels for `isa` run here.
Status check_isa(Isa isa);
/// Ok when every size is at least `least`; else kInvalidArgument naming the first that is not.
Status check_sizes(std::initializer_list<NamedSize> sizes, int64_t least);
/// Ok when the product of all sizes, in floats, stays below 2^40; else kUnsupported. `what` names
/// the tensor.
Status check_product(std::string_view what, std::initializer_list<int64_t> sizes);

/// One spatial axis of a convolution or pooling.
struct WindowAxis {
  std::string_view name;
  int64_t in = 0;
  int64_t out = 0;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t pad_before = 0;
};

/// Positive sizes, padding before smaller than the dilated kernel, and offsets that fit 31 bits.
Status check_window(const WindowAxis& axis);

}  // namespace pome::cpu
