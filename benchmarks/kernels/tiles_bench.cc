// GFLOP/s of register tiles by their shape, inputs and weights near: pixels x vectors of outputs.
//   ninja tiles_bench && build/release/benchmarks/tiles_bench
// The fastest of many rounds, one thread. POME_FORCE_ISA chooses the instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "benchmarks/kernels/tiles_bench.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "base/aligned_buffer.h"
#include "cpu/kernels/conv/tile-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

constexpr int kPixelTiles = 8;  // side by side, under one panel of weights
constexpr int kValues = 256;    // of the reduction
constexpr int kVectors = 12;    // of outputs in all
constexpr int kRounds = 400;
constexpr int64_t kPixels = 32 * kPixelTiles;

struct Memory {
  AlignedBuffer input = AlignedBuffer::allocate(kPixels * kValues * 4).value();
  AlignedBuffer weights = AlignedBuffer::allocate(size_t{kVectors} * kLanes * kValues * 4).value();
  AlignedBuffer output = AlignedBuffer::allocate(kPixels * kVectors * kLanes * 4).value();
  AlignedBuffer bias = AlignedBuffer::allocate(size_t{kVectors} * kLanes * 4).value();
};

template <int pixels, int vectors>
void measure(Memory& m) {
  Tile t;
  t.segment_stride = kPixels * kLanes;
  t.full_segments = kValues / kLanes;
  t.c_pixel = kLanes;
  t.c_vector = kPixels * kLanes;
  t.bias = m.bias.as<float>();
  t.high = 1;
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int v = 0; v + vectors <= kVectors; v += vectors) {
      t.b = m.weights.as<float>() + v * kLanes * kValues;
      t.b_third = t.b + 2 * kLanes * kValues;
      for (int i = 0; i < kPixelTiles; ++i) {
        t.a = m.input.as<float>() + i * pixels * kLanes;
        t.c = m.output.as<float>() + i * pixels * kLanes + v * t.c_vector;
        run_tile_of<pixels, vectors, kLanes>(t);
      }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count());
  }
  const double flops = 2.0 * kPixelTiles * pixels * (kVectors / vectors * vectors) * kLanes;
  std::printf("%2d x %d  %6.1f GFLOP/s\n", pixels, vectors, flops * kValues / best * 1e-9);
}

// The shapes whose sums fit into 32 or 16 registers.
void measure_all() {
  Memory m;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
  measure<14, 1>(m);
  measure<28, 1>(m);
  measure<12, 2>(m);
  measure<14, 2>(m);
  measure<9, 3>(m);
  measure<6, 4>(m);
  measure<7, 4>(m);
#else
  measure<6, 1>(m);
  measure<12, 1>(m);
  measure<6, 2>(m);
  measure<4, 3>(m);
#endif
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kMeasure, measure_all);
}  // namespace
}  // namespace pome::cpu

int main() {
  const auto isa = pome::cpu::choose_isa();
  if (!isa.ok() || *isa == pome::cpu::Isa::kNone) {
    std::fprintf(stderr, "no kernels to measure: %s\n",
                 isa.ok() ? "none for this CPU" : isa.error().to_string().c_str());
    return 1;
  }
  pome::cpu::select(pome::cpu::kMeasure, *isa)();
  return 0;
}
#endif
