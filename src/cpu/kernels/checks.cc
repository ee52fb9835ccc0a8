#include "cpu/kernels/checks.h"

#include <string>

#include "base/checked.h"

namespace pome::cpu {
namespace {

constexpr int64_t kMaxFloats = int64_t{1} << 40;
constexpr int64_t kMaxOffset = (int64_t{1} << 31) - 1;

}  // namespace

Status check_isa(Isa isa) {
  if (runs_here(isa)) return {};
  return Error(ErrorCode::kUnsupported,
               "no kernels for " + std::string(name(isa)) + " on this CPU or in this build");
}

Status check_sizes(std::initializer_list<NamedSize> sizes, int64_t least) {
  for (const NamedSize& s : sizes) {
    if (s.value >= least) continue;
    return Error(ErrorCode::kInvalidArgument, std::string(s.name) + " is " +
                                                  std::to_string(s.value) + ", expected at least " +
                                                  std::to_string(least));
  }
  return {};
}

Status check_product(std::string_view what, std::initializer_list<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes) {
    const auto next = checked_mul(product, size);
    if (!next || *next > kMaxFloats) {
      return Error(ErrorCode::kUnsupported, std::string(what) + " has more than 2^40 values");
    }
    product = *next;
  }
  return {};
}

Status check_window(const WindowAxis& a) {
  const std::string axis(a.name);
  const NamedSize sizes[] = {{"input size", a.in},
                             {"output size", a.out},
                             {"kernel size", a.kernel},
                             {"stride", a.stride},
                             {"dilation", a.dilation}};
  for (const NamedSize& s : sizes) {
    if (s.value < 1 || s.value > kMaxOffset) {
      return Error(ErrorCode::kInvalidArgument, axis + ": " + std::string(s.name) + " is " +
                                                    std::to_string(s.value) +
                                                    ", expected 1 to 2147483647");
    }
  }
  // Each factor fits 31 bits, so these products fit 62.
  const int64_t reach = (a.kernel - 1) * a.dilation + 1;
  const int64_t last = (a.out - 1) * a.stride + reach;
  if (a.pad_before < 0 || a.pad_before > kMaxOffset || reach > kMaxOffset || last > kMaxOffset) {
    return Error(ErrorCode::kUnsupported, axis + ": padding " + std::to_string(a.pad_before) +
                                              ", a window of " + std::to_string(reach) + " and " +
                                              std::to_string(a.out) + " outputs with stride " +
                                              std::to_string(a.stride) +
                                              " reach beyond what 31 bits address");
  }
  return {};
}

}  // namespace pome::cpu
