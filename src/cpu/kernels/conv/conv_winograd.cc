// Convolution by Winograd's algorithm: transform tiles of the input, one matrix product per
// point, transform back.
#include "cpu/kernels/conv/conv_impl.h"
#include "cpu/kernels/conv/winograd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_winograd.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "cpu/cache.h"
#include "cpu/kernels/conv/gemm-inl.h"
#include "cpu/kernels/conv/winograd-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// A chunk is a run of tiles that goes through all three phases. Where all weights of all points
// stay in a core's cache, every task takes whole chunks; larger weights are read once for as many
// tiles as possible, and each phase is shared out by itself.
struct Shape {
  int64_t points;
  int64_t in_blocks;
  int64_t out_blocks;
  int64_t tiles;
  int64_t chunk;  // tiles of the largest chunk
  int64_t chunks;
  bool whole;         // a task takes whole chunks
  int64_t in_point;   // floats from one point's transformed inputs to the next
  int64_t out_point;  // and of its sums
  int64_t chunk_floats() const { return points * (in_point + out_point); }
};

// An odd number of cache lines, so that a tile's vectors of all points fall into different sets.
int64_t odd_lines(int64_t floats) { return (ceil_div(floats, 16) | 1) * 16; }

Shape shape_of(const ConvParams& p, int threads) {
  const int64_t own_weights = 3 * second_cache_floats();
  const int64_t whole_floats = second_cache_floats() * 3 / 8;
  const int64_t shared_floats = 4 * second_cache_floats();
  Shape s;
  const WinogradForms forms = winograd_forms(p, p.algorithm);
  s.points = forms.points();
  s.in_blocks = ceil_div(p.in_channels, kLanes);
  s.out_blocks = ceil_div(p.out_channels, kLanes);
  s.tiles = forms.tiles(p);
  const int64_t weights = s.points * p.in_channels * s.out_blocks * kLanes;
  s.whole = weights <= own_weights;
  const int64_t per_tile = s.points * (s.in_blocks + s.out_blocks) * kLanes;
  const int64_t fits =
      std::max<int64_t>((s.whole ? whole_floats : shared_floats) / per_tile, 2 * kTilePixels);
  s.chunks = ceil_div(s.tiles, fits);
  if (s.whole && threads > 1) {
    s.chunks = std::min(std::max<int64_t>(s.chunks, threads), ceil_div(s.tiles, kTilePixels / 2));
    if (s.chunks < 8 * threads) s.chunks = std::min(s.tiles, round_up(s.chunks, threads));
  }
  s.chunk = ceil_div(s.tiles, s.chunks);
  s.in_point = odd_lines(s.in_blocks * s.chunk * kLanes);
  s.out_point = odd_lines(s.out_blocks * s.chunk * kLanes);
  return s;
}

template <class Y, class X>
void transform_input(const ConvJob& job, const Shape& s, Range tiles, int64_t block, float* to) {
  const int64_t plane = int64_t{job.p.in_height} * job.p.in_width * kLanes;
  for (int64_t t = tiles.begin; t < tiles.end; ++t) {
    const WinogradTile tile = winograd_tile<Y, X>(job.p, t);
    const float* from = job.input + tile.image * job.in_image + block * plane;
    winograd_input<Y, X>(job.p, from, tile, to + (block * tiles.size() + t - tiles.begin) * kLanes,
                         s.in_point);
  }
}

// Panels [which) of one point's product.
void multiply(const ConvJob& job, const Shape& s, int64_t point, int64_t tiles, Range which,
              const float* inputs, float* outputs) {
  const ConvParams& p = job.p;
  const Reduction k{p.in_channels, 1};
  const int64_t matrix = s.out_blocks * kLanes * p.in_channels;
  const float* zeros = job.weights;
  const Panels panels{zeros + conv_bias_floats(p) + point * matrix, zeros, s.out_blocks,
                      p.in_channels};
  Sums sums;
  sums.c = outputs + point * s.out_point;
  sums.c_vector = tiles * kLanes;
  const float* a = inputs + point * s.in_point;
  gemm_slice(slice_of(k, {0, k.segments()}, a, tiles * kLanes), panels, sums, tiles, which);
}

template <class Y, class X>
void transform_output(const ConvJob& job, const Shape& s, Range tiles, int64_t block,
                      const float* from) {
  const ConvParams& p = job.p;
  const int64_t plane = int64_t{p.out_height} * p.out_width * kLanes;
  WinogradSink sink{load(job.bias + block * kLanes),
                    make_activation(p.epilogue.activation, p.epilogue.alpha, p.epilogue.beta),
                    nullptr, nullptr};
  for (int64_t t = tiles.begin; t < tiles.end; ++t) {
    const WinogradTile tile = winograd_tile<Y, X>(p, t);
    sink.out = job.output + tile.image * job.out_image + block * plane;
    sink.residual = job.residual == nullptr
                        ? nullptr
                        : job.residual + tile.image * job.residual_image + block * plane;
    winograd_output<Y, X>(p, from + (block * tiles.size() + t - tiles.begin) * kLanes, s.out_point,
                          tile, sink);
  }
}

// The two transforms of a pair of axes.
struct Transforms {
  void (*input)(const ConvJob&, const Shape&, Range tiles, int64_t block, float* to);
  void (*output)(const ConvJob&, const Shape&, Range tiles, int64_t block, const float* from);
};

template <int my, int ry, int mx, int rx>
constexpr Transforms transforms() {
  using Y = WinogradAxis<my, ry>;
  using X = WinogradAxis<mx, rx>;
  return {transform_input<Y, X>, transform_output<Y, X>};
}

// Requires is_winograd().
Transforms transforms_of(const ConvParams& p) {
  const bool f4 = p.algorithm == ConvAlgorithm::kWinogradF4;
  if (p.kernel_height == 1) {
    if (p.kernel_width == 7) return transforms<1, 1, 2, 7>();
    if (p.kernel_width == 5) return transforms<1, 1, 2, 5>();
    return f4 ? transforms<1, 1, 4, 3>() : transforms<1, 1, 2, 3>();
  }
  if (p.kernel_width == 1) {
    if (p.kernel_height == 7) return transforms<2, 7, 1, 1>();
    if (p.kernel_height == 5) return transforms<2, 5, 1, 1>();
    return f4 ? transforms<4, 3, 1, 1>() : transforms<2, 3, 1, 1>();
  }
  if (p.kernel_height == 5) return transforms<2, 5, 2, 5>();
  return f4 ? transforms<4, 3, 4, 3>() : transforms<2, 3, 2, 3>();
}

void run_whole(const ConvJob& job, const Shape& s, ThreadPool& pool) {
  const Transforms transform = transforms_of(job.p);
  const int64_t panels = ceil_div(s.out_blocks, 2);
  pool.parallel_for(static_cast<int>(s.chunks), [&](int task, int thread) HWY_ATTR {
    const Range tiles = part_of(s.tiles, s.chunks, task);
    float* inputs = job.scratch + thread * s.chunk_floats();
    float* outputs = inputs + s.points * s.in_point;
    for (int64_t b = 0; b < s.in_blocks; ++b) transform.input(job, s, tiles, b, inputs);
    for (int64_t q = 0; q < s.points; ++q) {
      multiply(job, s, q, tiles.size(), {0, panels}, inputs, outputs);
    }
    for (int64_t b = 0; b < s.out_blocks; ++b) transform.output(job, s, tiles, b, outputs);
  });
}

void run_phases(const ConvJob& job, const Shape& s, ThreadPool& pool) {
  const Transforms transform = transforms_of(job.p);
  const int64_t panels = ceil_div(s.out_blocks, 2);
  float* inputs = job.scratch;
  float* outputs = inputs + s.points * s.in_point;
  for (int64_t chunk = 0; chunk < s.chunks; ++chunk) {
    const Range tiles = part_of(s.tiles, s.chunks, chunk);
    pool.parallel_for(static_cast<int>(s.in_blocks), [&](int block, int) HWY_ATTR {
      transform.input(job, s, tiles, block, inputs);
    });
    // Point by point: an even share of the points for every thread, since they are all alike.
    pool.parallel_for(static_cast<int>(s.points), [&](int point, int) HWY_ATTR {
      multiply(job, s, point, tiles.size(), {0, panels}, inputs, outputs);
    });
    pool.parallel_for(static_cast<int>(s.out_blocks), [&](int block, int) HWY_ATTR {
      transform.output(job, s, tiles, block, outputs);
    });
  }
}

void winograd_target(const ConvJob& job, ThreadPool& pool) {
  const Shape s = shape_of(job.p, pool.threads());
  s.whole ? run_whole(job, s, pool) : run_phases(job, s, pool);
}

int64_t scratch_target(const ConvParams& p, int threads) {
  const Shape s = shape_of(p, threads);
  return s.chunk_floats() * (s.whole ? threads : 1);
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kWinograd, winograd_target);
POME_ISA_TABLE(kScratch, scratch_target);
}  // namespace

int64_t conv_winograd_scratch(const ConvParams& params, int threads) {
  return select(kScratch, params.isa)(params, threads);
}

void conv_winograd(const ConvJob& job, ThreadPool& pool) noexcept {
  select(kWinograd, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
