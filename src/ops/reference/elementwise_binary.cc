#include "ops/elementwise_binary.h"

#include <cmath>

#include "ops/reference/broadcast.h"
#include "ops/reference/elements.h"

namespace pome::ops::reference {
namespace {

template <typename F>
void real(const Args& args, Outputs outputs, F f) {
  const TensorView x = args.tensor(kBinaryX);
  const TensorView y = args.tensor(kBinaryY);
  const TensorView& z = outputs[0];
  const BroadcastAxes<2> axes({&x.shape, &y.shape}, z.shape);
  const bool fp32 = x.dtype == ir::DType::kFp32 && z.dtype == ir::DType::kFp32;
  axes.for_each_row([&](int64_t out, auto at, int64_t n, auto step) {
    const auto [a, b] = at;
    const auto [da, db] = step;
    if (fp32) {
      for (int64_t i = 0; i < n; ++i)
        store_float(z.data, out + i,
                    f(load_float(x.data, a + i * da), load_float(y.data, b + i * db)));
    } else {
      for (int64_t i = 0; i < n; ++i)
        z.set_real(out + i, f(x.real(a + i * da), y.real(b + i * db)));
    }
  });
}

template <typename F>
void integer(const Args& args, Outputs outputs, F f) {
  const TensorView x = args.tensor(kBinaryX);
  const TensorView y = args.tensor(kBinaryY);
  const TensorView& z = outputs[0];
  const BroadcastAxes<2> axes({&x.shape, &y.shape}, z.shape);
  axes.for_each_row([&](int64_t out, auto at, int64_t n, auto step) {
    for (int64_t i = 0; i < n; ++i)
      set_wrapped(z, out + i, f(x.integer(at[0] + i * step[0]), y.integer(at[1] + i * step[1])));
  });
}

/// f for float operands, g for int32 and bool.
template <typename R, typename I>
Status number(const Args& args, Outputs outputs, R f, I g) {
  if (ir::is_float(args.dtype(kBinaryX))) {
    real(args, outputs, f);
  } else {
    integer(args, outputs, g);
  }
  return {};
}

/// One generic function for both.
template <typename F>
Status both(const Args& args, Outputs outputs, F f) {
  return number(args, outputs, f, f);
}

int64_t floor_quotient(int64_t x, int64_t y) {
  if (y == 0) return 0;
  return x / y - (x % y != 0 && (x < 0) != (y < 0));
}

int64_t integer_power(int64_t x, int64_t y) {
  if (y < 0) return x == 1 ? 1 : x == -1 ? (y % 2 == 0 ? 1 : -1) : 0;
  uint64_t result = 1;
  uint64_t base = static_cast<uint64_t>(x);
  for (; y > 0; y >>= 1) {
    if (y & 1) result *= base;
    base *= base;
  }
  return static_cast<int64_t>(result);
}

}  // namespace

Status add(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x + y; });
}

Status equal(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x == y; });
}

Status floor_div(const Args& args, Outputs outputs) {
  return number(
      args, outputs, [](double x, double y) { return std::floor(x / y); }, floor_quotient);
}

Status greater(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x > y; });
}

Status greater_equal(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x >= y; });
}

Status less(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x < y; });
}

Status less_equal(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x <= y; });
}

Status logical_and(const Args& args, Outputs outputs) {
  integer(args, outputs, [](int64_t x, int64_t y) { return x & y; });
  return {};
}

Status logical_or(const Args& args, Outputs outputs) {
  integer(args, outputs, [](int64_t x, int64_t y) { return x | y; });
  return {};
}

Status logical_xor(const Args& args, Outputs outputs) {
  integer(args, outputs, [](int64_t x, int64_t y) { return x ^ y; });
  return {};
}

Status maximum(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x != x || x > y ? x : y; });
}

Status minimum(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x != x || x < y ? x : y; });
}

Status mod(const Args& args, Outputs outputs) {
  return number(
      args, outputs,
      [](double x, double y) {
        const double r = std::fmod(x, y);
        return r != 0 && (r < 0) != (y < 0) ? r + y : r;
      },
      [](int64_t x, int64_t y) { return y == 0 ? 0 : x - y * floor_quotient(x, y); });
}

Status mul(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x * y; });
}

Status not_equal(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x != y; });
}

Status pow(const Args& args, Outputs outputs) {
  return number(
      args, outputs, [](double x, double y) { return std::pow(x, y); }, integer_power);
}

Status real_div(const Args& args, Outputs outputs) {
  return number(
      args, outputs, [](double x, double y) { return x / y; },
      [](int64_t x, int64_t y) { return y == 0 ? 0 : x / y; });
}

Status sub(const Args& args, Outputs outputs) {
  return both(args, outputs, [](auto x, auto y) { return x - y; });
}

}  // namespace pome::ops::reference
