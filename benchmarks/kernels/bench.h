// What the benchmarks of kernels share.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>
#include <string>

#include "base/aligned_buffer.h"
#include "base/thread_pool.h"
#include "cpu/isa.h"

namespace pome::cpu::bench {

/// Numbers in [-0.5, 0.5), the same every time.
AlignedBuffer random_buffer(int64_t floats);

/// Seconds of the fastest iteration. `body` takes no arguments.
template <typename Body>
double fastest(benchmark::State& state, Body&& body) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (auto _ : state) {
    const auto start = Clock::now();
    body();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

/// Registers `function` as NAME/threads:1 and NAME/threads:2.
void add(const std::string& name, std::function<void(benchmark::State&, int threads)> function);

/// One call of a kernel, with the memory that it works on.
using Call = std::function<void(ThreadPool&)>;

/// A kernel that is judged by the memory it moves. `bytes` are read or written by a call and
/// `values` made by it: they become the counters GB/s and values/ns of the fastest call, beside
/// best_ns. `make` is called when the benchmark runs.
void add_moving(const std::string& name, double bytes, double values,
                std::function<Call(int threads)> make);

/// The tensors of add_moving() come in two sizes: "near" stays in the second-level cache, "far" in
/// memory alone. No stride between channels is a power of two, which would fight for cache lines.
struct Size {
  const char* name;
  int64_t values;  // of a flat tensor
  int channels;    // of a blocked one
  int width;       // and height
};
inline constexpr Size kSizes[] = {{"near", 1 << 16, 64, 28}, {"far", 1 << 24, 1152, 120}};

// The files' benchmarks.
void add_machine(Isa isa);
void add_convolutions(Isa isa);
void add_functions(Isa isa);
void add_movements(Isa isa);
void add_recurrent(Isa isa);

}  // namespace pome::cpu::bench
