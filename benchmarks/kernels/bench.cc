#include "benchmarks/kernels/bench.h"

namespace pome::cpu::bench {

AlignedBuffer random_buffer(int64_t floats) {
  AlignedBuffer buffer =
      std::move(AlignedBuffer::allocate(static_cast<size_t>(floats) * 4).value());
  uint32_t random = 1;  // Numerical Recipes' generator: these buffers are large
  for (int64_t i = 0; i < floats; ++i) {
    random = random * 1664525u + 1013904223u;
    buffer.as<float>()[i] = static_cast<float>(random >> 8) * 0x1p-24f - 0.5f;
  }
  return buffer;
}

void add(const std::string& name, std::function<void(benchmark::State&, int threads)> function) {
  for (int threads : {1, 2}) {
    benchmark::RegisterBenchmark((name + "/threads:" + std::to_string(threads)).c_str(),
                                 [=](benchmark::State& state) { function(state, threads); })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
}

void add_moving(const std::string& name, double bytes, double values,
                std::function<Call(int threads)> make) {
  add(name, [=](benchmark::State& state, int threads) {
    ThreadPool pool(threads);
    const FlushDenormals flush;
    const Call call = make(threads);
    const double best = fastest(state, [&] { call(pool); });
    state.counters["GB/s"] = bytes / best * 1e-9;
    state.counters["values/ns"] = values / best * 1e-9;
    state.counters["best_ns"] = best * 1e9;
  });
}

}  // namespace pome::cpu::bench
