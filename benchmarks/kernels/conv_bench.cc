// Convolution kernels on the shapes of real networks, and whole networks' convolutions in a row.
#include <algorithm>

#include "benchmarks/kernels/bench.h"
#include "benchmarks/kernels/networks.h"
#include "cpu/blocked.h"

namespace pome::cpu::bench {
namespace {

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
  const double best = fastest(state, [&] {
    bool flip = false;
    for (const Prepared& l : prepared) {
      run(l, arena, flip, pool);
      flip = !flip;
    }
  });
  state.counters["GFLOP/s"] = flops / best * 1e-9;
  state.counters["best_ms"] = best * 1e3;
}

}  // namespace

void add_convolutions(Isa isa) {
  for (const char* name : {"mobilenet_v1", "mobilenet_v2", "resnet50"}) {
    const Network net = network(name, isa);
    add(std::string(name) + "/all",
        [=](benchmark::State& s, int threads) { run_layers(s, net.layers, threads); });
    std::vector<std::string> seen;
    for (const Layer& l : net.layers) {
      if (std::find(seen.begin(), seen.end(), l.name) != seen.end()) continue;
      seen.push_back(l.name);
      add(std::string(name) + "/" + l.name,
          [=](benchmark::State& s, int threads) { run_layers(s, {l}, threads); });
    }
  }
}

}  // namespace pome::cpu::bench
