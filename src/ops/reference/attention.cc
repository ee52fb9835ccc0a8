// Attention by its definition, in double; one row of weights is kept at a time.
#include "ops/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/aligned_buffer.h"
#include "base/try.h"
#include "ops/checks.h"
#include "ops/reference/broadcast.h"
#include "ops/reference/reals.h"

namespace pome::ops::reference {
namespace {

/// The part of a problem that one matrix of each operand makes.
struct Matrices {
  const AttentionShape& shape;
  Reals query, key, value;
  const TensorView* mask;  // null where there is none
  int64_t mask_row = 0, mask_column = 0;
};

double mask_of(const Matrices& m, int64_t i) {
  if (m.mask->dtype != ir::DType::kBool) return m.mask->real(i);
  return m.mask->integer(i) != 0 ? 0 : -std::numeric_limits<double>::infinity();
}

/// The weights of the sources for one target.
void weigh(const Matrices& m, int64_t query, int64_t key, int64_t mask, double* weights) {
  const AttentionShape& a = m.shape;
  const double scale = 1 / std::sqrt(static_cast<double>(a.features));
  double largest = -std::numeric_limits<double>::infinity();
  for (int64_t s = 0; s < a.sources; ++s) {
    double product = 0;
    for (int64_t e = 0; e < a.features; ++e)
      product += m.query[query + e] * m.key[key + s * a.features + e];
    weights[s] = product * scale;
    if (m.mask != nullptr) weights[s] += mask_of(m, mask + s * m.mask_column);
    largest = std::max(largest, weights[s]);
  }
  double sum = 0;
  for (int64_t s = 0; s < a.sources; ++s) sum += weights[s] = std::exp(weights[s] - largest);
  for (int64_t s = 0; s < a.sources; ++s) weights[s] /= sum;
}

}  // namespace

Status scaled_dot_product_attention(const Args& args, Outputs outputs) {
  POME_ASSIGN(const AttentionShape a, attention_shape(args));
  const TensorView mask =
      args.has(kAttentionMask) ? args.tensor(kAttentionMask) : TensorView{ir::DType::kFp32, {1, 1}};
  Shape mask_shape = mask.shape;
  while (mask_shape.rank() < 2) mask_shape.insert(0, 1);
  Matrices m{a, Reals(args.tensor(kAttentionQuery)), Reals(args.tensor(kAttentionKey)),
             Reals(args.tensor(kAttentionValue)), args.has(kAttentionMask) ? &mask : nullptr};
  m.mask_column = mask_shape.back() == 1 ? 0 : 1;
  m.mask_row = mask_shape.at(-2) == 1 ? 0 : mask_shape.back();
  const Shape query = batch_of(args.shape(kAttentionQuery));
  const Shape key = batch_of(args.shape(kAttentionKey));
  const Shape value = batch_of(args.shape(kAttentionValue));
  const Shape masks = batch_of(mask_shape);
  const int64_t mask_size = mask_shape.at(-2) * mask_shape.back();
  if (outputs[0].elements() == 0) return {};
  // Both are extents of tensors with elements: no sum or product overflows.
  const auto bytes = static_cast<size_t>(a.sources + a.values) * sizeof(double);
  POME_ASSIGN(AlignedBuffer row, AlignedBuffer::allocate(bytes));
  double* weights = row.as<double>();
  double* sums = weights + a.sources;
  const auto one = [&](int64_t out, int64_t q, int64_t k, int64_t v, int64_t mask_at) {
    for (int64_t t = 0; t < a.targets; ++t) {
      weigh(m, (q * a.targets + t) * a.features, k * a.sources * a.features,
            mask_at * mask_size + t * m.mask_row, weights);
      std::fill_n(sums, a.values, 0.0);
      for (int64_t s = 0; s < a.sources; ++s)
        for (int64_t e = 0; e < a.values; ++e)
          sums[e] += weights[s] * m.value[(v * a.sources + s) * a.values + e];
      write_reals(outputs[0], (out * a.targets + t) * a.values, sums, a.values);
    }
  };
  BroadcastAxes<4>({&query, &key, &value, &masks}, a.batch)
      .for_each_row([&](int64_t out, const auto& at, int64_t n, const auto& step) {
        for (int64_t i = 0; i < n; ++i)
          one(out + i, at[0] + i * step[0], at[1] + i * step[1], at[2] + i * step[2],
              at[3] + i * step[3]);
      });
  return {};
}

}  // namespace pome::ops::reference
