// What the steps of LSTMs and GRUs share. Internal to this folder.
#pragma once

#include <algorithm>

#include "cpu/kernels/partition.h"
#include "cpu/kernels/recurrent/recurrent.h"

namespace pome::cpu {

/// A product with packed weights, of `rows` rows.
struct Product {
  LinearParams params;
  int64_t packed_at = 0;  // bytes from the beginning of the direction's block

  void run(const std::byte* packed, const float* x, int64_t rows, const float* added, float* y,
           void* scratch, ThreadPool& pool) const noexcept {
    LinearParams p = params;
    p.rows = rows;
    p.epilogue.has_residual = added != nullptr;
    linear_run(p, {x, packed + packed_at, added, y, scratch}, pool);
  }
};

/// Of `rows` rows at a time.
inline Product product(const RecurrentParams& of, int64_t rows, int64_t in, int64_t out,
                       bool has_bias, int64_t& packed_at) {
  Product p;
  p.params.isa = of.isa;
  p.params.half_weights = of.half_weights && linear_keeps_halves(of.isa, rows);
  p.params.in_features = in;
  p.params.out_features = out;
  p.params.epilogue.has_bias = has_bias;
  p.packed_at = packed_at;
  packed_at += round_up(linear_packed_bytes(p.params), 64);
  return p;
}

/// Scratch of a product of up to `rows` rows, in bytes.
inline int64_t product_scratch(const Product& p, int64_t rows, int threads) {
  LinearParams params = p.params;
  params.rows = rows;
  return linear_scratch_bytes(params, threads);
}

/// Hands out parts of scratch memory, each aligned to 64 bytes; counts alone where it is null.
class Scratch {
 public:
  explicit Scratch(void* memory) : memory_(static_cast<std::byte*>(memory)) {}
  float* floats(int64_t n) {
    float* part = memory_ == nullptr ? nullptr : reinterpret_cast<float*>(memory_ + used_);
    used_ += round_up(n * 4, 64);
    return part;
  }
  int64_t used() const { return used_; }

 private:
  std::byte* memory_;
  int64_t used_ = 0;
};

/// f of `count` numbers in place, their arguments held within `clip` (0: none).
inline void apply(const RecurrentParams& p, const GateFunction& f, float clip, float* x,
                  int64_t count, ThreadPool& pool) noexcept {
  if (clip > 0)
    for (int64_t i = 0; i < count; ++i) x[i] = std::min(std::max(x[i], -clip), clip);
  unary_run({p.isa, f.op, f.alpha, f.beta, count}, x, x, pool);
}

/// Where step t of a direction reads x, and where it writes y.
struct Step {
  int64_t from, row;
};
inline Step step_of(const RecurrentParams& p, int direction, int64_t t) {
  const int64_t from = p.reverse || direction == 1 ? p.steps - 1 - t : t;
  return {from, direction == 1 ? from : t};
}

/// Rows of H numbers to or from columns of rows of directions * H.
inline void copy_state(const RecurrentParams& p, int direction, const float* rows, float* columns) {
  for (int64_t b = 0; b < p.batch; ++b)
    std::copy_n(rows + b * p.hidden, p.hidden, columns + (b * p.directions + direction) * p.hidden);
}
inline void load_state(const RecurrentParams& p, int direction, const float* columns, float* rows) {
  for (int64_t b = 0; b < p.batch; ++b)
    std::copy_n(columns + (b * p.directions + direction) * p.hidden, p.hidden, rows + b * p.hidden);
}

}  // namespace pome::cpu
