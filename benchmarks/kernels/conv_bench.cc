// Convolution kernels on the shapes of real networks, and whole networks' convolutions in a row.
//   ninja kernels_bench && build/release/benchmarks/kernels_bench --benchmark_filter=resnet50
// The counter GFLOP/s is of the fastest iteration. POME_FORCE_ISA chooses the instruction set.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>

#include "base/aligned_buffer.h"
#include "base/thread_pool.h"
#include "benchmarks/kernels/networks.h"
#include "benchmarks/kernels/peak.h"
#include "cpu/blocked.h"

namespace pome::cpu::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

AlignedBuffer random_buffer(int64_t floats) {
  AlignedBuffer buffer =
      std::move(AlignedBuffer::allocate(static_cast<size_t>(floats) * 4).value());
  std::mt19937 engine(1);
  for (int64_t i = 0; i < floats; ++i) {
    buffer.as<float>()[i] = static_cast<float>(engine() >> 8) * 0x1p-24f - 0.5f;
  }
  return buffer;
}

// A layer with its packed weights; activations are shared by all layers, as in an arena.
struct Prepared {
  ConvParams params;
  AlignedBuffer packed;
};

struct Arena {
  AlignedBuffer input;
  AlignedBuffer output;
  AlignedBuffer residual;
  AlignedBuffer scratch;
};

Prepared prepare(Layer& layer) {
  ConvParams& p = layer.params;
  conv_choose(p).value();
  const int64_t elements =
      int64_t{p.out_channels} * (p.in_channels / p.groups) * p.kernel_height * p.kernel_width;
  const AlignedBuffer weight = random_buffer(elements);
  const AlignedBuffer bias = random_buffer(p.out_channels);
  Prepared prepared{
      p, std::move(AlignedBuffer::allocate(static_cast<size_t>(conv_packed_bytes(p))).value())};
  conv_pack(p, {ir::DType::kFp32, weight.bytes().first(static_cast<size_t>(elements) * 4)},
            {ir::DType::kFp32, bias.bytes().first(static_cast<size_t>(p.out_channels) * 4)},
            prepared.packed.bytes())
      .value();
  return prepared;
}

Arena make_arena(const std::vector<Prepared>& layers, int threads) {
  int64_t in = 0;
  int64_t out = 0;
  int64_t scratch = 64;
  for (const Prepared& l : layers) {
    const ConvParams& p = l.params;
    in = std::max(in, blocked_elements(1, p.in_channels, p.in_height, p.in_width, p.isa));
    out = std::max(out, blocked_elements(1, p.out_channels, p.out_height, p.out_width, p.isa));
    scratch = std::max(scratch, conv_scratch_bytes(p, threads));
  }
  return {random_buffer(in), random_buffer(out), random_buffer(out), random_buffer(scratch / 4)};
}

void run(const Prepared& l, Arena& a, bool flip, ThreadPool& pool) {
  // Layers take turns in two buffers, so that a layer finds its input where the last one left it.
  AlignedBuffer& in = flip && a.output.size() >= a.input.size() ? a.output : a.input;
  AlignedBuffer& out = &in == &a.input ? a.output : a.input;
  conv_run(
      l.params,
      {in.as<float>(), l.packed.data(), a.residual.as<float>(), out.as<float>(), a.scratch.data()},
      pool);
}

void report(benchmark::State& state, double flops, double best) {
  state.counters["GFLOP/s"] = flops / best * 1e-9;
  state.counters["best_ms"] = best * 1e3;
}

void run_layers(benchmark::State& state, std::vector<Layer> layers, int threads) {
  std::vector<Prepared> prepared;
  double flops = 0;
  for (Layer& l : layers) {
    flops += l.flops();
    prepared.push_back(prepare(l));
  }
  Arena arena = make_arena(prepared, threads);
  if (arena.output.size() > arena.input.size())
    arena.input = random_buffer(static_cast<int64_t>(arena.output.size() / 4));
  if (arena.input.size() > arena.output.size())
    arena.output = random_buffer(static_cast<int64_t>(arena.input.size() / 4));
  ThreadPool pool(threads);
  FlushDenormals flush;
  double best = 1e9;
  for (auto _ : state) {
    const auto start = Clock::now();
    bool flip = false;
    for (const Prepared& l : prepared) {
      run(l, arena, flip, pool);
      flip = !flip;
    }
    best = std::min(best, seconds_since(start));
  }
  report(state, flops, best);
}

void peak(benchmark::State& state, Isa isa, int threads) {
  ThreadPool pool(threads);
  double best = 1e9;
  double flops = 0;
  for (auto _ : state) {
    const auto start = Clock::now();
    pool.parallel_for(threads, [&](int, int) noexcept { flops = multiply_adds(isa, 200000); });
    best = std::min(best, seconds_since(start));
  }
  report(state, flops * threads, best);
}

void register_all(Isa isa) {
  for (int threads : {1, 2}) {
    const std::string suffix = "/threads:" + std::to_string(threads);
    const auto add = [&](const std::string& name, auto function) {
      benchmark::RegisterBenchmark((name + suffix).c_str(), function)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    };
    add("peak", [=](benchmark::State& s) { peak(s, isa, threads); });
    for (const char* name : {"mobilenet_v1", "mobilenet_v2", "resnet50"}) {
      const Network net = network(name, isa);
      add(std::string(name) + "/all",
          [=](benchmark::State& s) { run_layers(s, net.layers, threads); });
      std::vector<std::string> seen;
      for (const Layer& l : net.layers) {
        if (std::find(seen.begin(), seen.end(), l.name) != seen.end()) continue;
        seen.push_back(l.name);
        add(std::string(name) + "/" + l.name,
            [=](benchmark::State& s) { run_layers(s, {l}, threads); });
      }
    }
  }
}

}  // namespace
}  // namespace pome::cpu::bench

int main(int argc, char** argv) {
  const auto isa = pome::cpu::choose_isa();
  if (!isa.ok() || *isa == pome::cpu::Isa::kNone) {
    std::fprintf(stderr, "no kernels to measure: %s\n",
                 isa.ok() ? "none for this CPU" : isa.error().to_string().c_str());
    return 1;
  }
  pome::cpu::bench::register_all(*isa);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
