// Reading and writing float tensors as doubles, without a call per element for fp32 and fp16.
#pragma once

#include <cstring>

#include "base/half.h"
#include "ops/args.h"

namespace pome::ops::reference {

/// The elements of a tensor of numbers as doubles. Memory need not be aligned to the element.
class Reals {
 public:
  explicit Reals(const TensorView& tensor) : tensor_(tensor) {}

  double operator[](int64_t i) const {
    if (tensor_.dtype == ir::DType::kFp32) return load<float>(i);
    if (tensor_.dtype == ir::DType::kFp16) return half_to_float(load<uint16_t>(i));
    return tensor_.real(i);
  }
  int64_t integer(int64_t i) const { return tensor_.integer(i); }
  /// n elements from `begin` on, `step` apart.
  void read(double* to, int64_t begin, int64_t n, int64_t step = 1) const {
    if (tensor_.dtype == ir::DType::kFp32 && step == 1) {
      for (int64_t i = 0; i < n; ++i) to[i] = load<float>(begin + i);
    } else if (tensor_.dtype == ir::DType::kFp32) {
      for (int64_t i = 0; i < n; ++i) to[i] = load<float>(begin + i * step);
    } else {
      for (int64_t i = 0; i < n; ++i) to[i] = (*this)[begin + i * step];
    }
  }

 private:
  template <typename T>
  T load(int64_t i) const {
    T value;
    std::memcpy(&value, tensor_.data + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
    return value;
  }

  TensorView tensor_;
};

/// Stores n doubles from `begin` on, `step` apart, rounded to the tensor's dtype.
inline void write_reals(const TensorView& to, int64_t begin, const double* from, int64_t n,
                        int64_t step = 1) {
  if (to.dtype == ir::DType::kFp32 && step == 1) {
    for (int64_t i = 0; i < n; ++i) {
      const auto value = static_cast<float>(from[i]);
      std::memcpy(to.data + (begin + i) * 4, &value, 4);
    }
  } else {
    for (int64_t i = 0; i < n; ++i) to.set_real(begin + i * step, from[i]);
  }
}

}  // namespace pome::ops::reference
