#include "cpu/kernels/norm/norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/norm/norm.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "cpu/blocked.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// Vectors that are added up before they join the sum: what a long sum rounds away stays small.
constexpr int64_t kRun = 64;

// f(x) of `count` vectors, `step` floats apart, added up lane by lane. In four sums, so that
// additions do not wait for one another.
template <class F>
HWY_INLINE V sum_vectors(const float* x, int64_t count, F f) {
  V total = hn::Zero(D());
  for (int64_t first = 0; first < count; first += kRun) {
    const int64_t end = std::min(first + kRun, count);
    V sum[4] = {hn::Zero(D()), hn::Zero(D()), hn::Zero(D()), hn::Zero(D())};
    int64_t i = first;
    for (; i + 4 <= end; i += 4) {
      POME_UNROLL for (int u = 0; u < 4; ++u) {
        sum[u] = hn::Add(sum[u], f(load(x + (i + u) * kLanes)));
      }
    }
    for (; i < end; ++i) sum[0] = hn::Add(sum[0], f(load(x + i * kLanes)));
    total = hn::Add(total, hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3])));
  }
  return total;
}

HWY_INLINE float add_lanes(V x) { return hn::GetLane(hn::SumOfLanes(D(), x)); }

struct Affine {
  const float* gamma;
  const float* beta;
};

// Everything is taken from the first value: where all lie close together but far from 0, their
// differences are what counts, and those are exact.
void layer_norm_row(const LayerNormParams& p, const float* x, const Affine& a, float* y) {
  const int64_t n = p.length;
  const int64_t whole = n / kLanes;
  const auto count = static_cast<float>(n);
  const float first = x[0];
  const V f = splat(first);
  float sum = add_lanes(sum_vectors(x, whole, [f](V v) HWY_ATTR { return hn::Sub(v, f); }));
  for (int64_t i = whole * kLanes; i < n; ++i) sum += x[i] - first;
  const float mean = sum / count;
  const V m = splat(mean);
  const auto apart = [f, m](V v) HWY_ATTR { return hn::Sub(hn::Sub(v, f), m); };
  float squares = add_lanes(sum_vectors(x, whole, [apart](V v) HWY_ATTR {
    const V d = apart(v);
    return hn::Mul(d, d);
  }));
  for (int64_t i = whole * kLanes; i < n; ++i) {
    const float d = x[i] - first - mean;
    squares += d * d;
  }
  const V scale = splat(1.0f / std::sqrt(squares / count + p.epsilon));
  const auto normal = [&](V v, int64_t i) HWY_ATTR {
    return hn::MulAdd(hn::Mul(apart(v), scale), load(a.gamma + i), load(a.beta + i));
  };
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(normal(load(x + i), i), y + i);
  if (i < n) store_tail(normal(load_tail(x + i, n - i), i), y + i, n - i);
}

void layer_norm_target(const LayerNormParams& p, const float* in, const float* packed, float* out,
                       ThreadPool& pool) {
  const Affine a{packed, packed + round_up(p.length, kLanes)};
  const int tasks = task_count(p.rows, p.length, 1 << 13, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(p.rows, tasks, task);
    for (int64_t r = mine.begin; r < mine.end; ++r)
      layer_norm_row(p, in + r * p.length, a, out + r * p.length);
  });
}

void instance_norm_target(const InstanceNormParams& p, const float* in, const float* packed,
                          float* out, ThreadPool& pool) {
  const int64_t blocks = ceil_div(p.channels, kLanes);
  const V share = splat(1.0f / static_cast<float>(p.plane));
  pool.parallel_for(static_cast<int>(p.batch * blocks), [&](int task, int) HWY_ATTR {
    const int64_t block = task % blocks * kLanes;
    const float* x = in + task * p.plane * kLanes;
    float* y = out + task * p.plane * kLanes;
    const V first = load(x);
    const V mean = hn::Mul(
        sum_vectors(x, p.plane, [first](V v) HWY_ATTR { return hn::Sub(v, first); }), share);
    const auto apart = [first, mean](V v) HWY_ATTR { return hn::Sub(hn::Sub(v, first), mean); };
    const V squares = sum_vectors(x, p.plane, [apart](V v) HWY_ATTR {
      const V d = apart(v);
      return hn::Mul(d, d);
    });
    const V variance = hn::MulAdd(squares, share, splat(p.epsilon));
    const V scale = hn::Div(load(packed + block), hn::Sqrt(variance));
    const V beta = load(packed + blocks * kLanes + block);
    for (int64_t i = 0; i < p.plane * kLanes; i += kLanes)
      store(hn::MulAdd(apart(load(x + i)), scale, beta), y + i);
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kLayerNorm, layer_norm_target);
POME_ISA_TABLE(kInstanceNorm, instance_norm_target);
}  // namespace

Status layer_norm_check(const LayerNormParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"row length", p.length}}, 1));
  POME_TRY(check_sizes({{"rows", p.rows}}, 0));
  return check_product("layer norm's input", {p.rows, p.length});
}

Status instance_norm_check(const InstanceNormParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"batch", p.batch}, {"channels", p.channels}, {"plane", p.plane}}, 1));
  return check_product("instance norm's input",
                       {p.batch, round_up(p.channels, channel_block(p.isa)), p.plane});
}

int64_t norm_packed_floats(Isa isa, int64_t count) {
  return 2 * round_up(count, channel_block(isa));
}

void norm_pack(Isa isa, int64_t count, const Weights& gamma, const Weights& beta, float* packed) {
  const int64_t each = round_up(count, channel_block(isa));
  for (int64_t i = 0; i < each; ++i) {
    packed[i] = i < count && !gamma.empty() ? gamma.at(i) : 1.0f;
    packed[each + i] = i < count && !beta.empty() ? beta.at(i) : 0.0f;
  }
}

void layer_norm_run(const LayerNormParams& params, const float* input, const float* packed,
                    float* output, ThreadPool& pool) noexcept {
  select(kLayerNorm, params.isa)(params, input, packed, output, pool);
}

void instance_norm_run(const InstanceNormParams& params, const float* input, const float* packed,
                       float* output, ThreadPool& pool) noexcept {
  select(kInstanceNorm, params.isa)(params, input, packed, output, pool);
}

}  // namespace pome::cpu
#endif
