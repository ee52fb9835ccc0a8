// What the machine can do at best: multiply-adds in registers, reading and copying.
#include <cstring>

#include "benchmarks/kernels/bench.h"
#include "benchmarks/kernels/peak.h"
#include "cpu/kernels/partition.h"

namespace pome::cpu::bench {
namespace {

void peak(benchmark::State& state, Isa isa, int threads) {
  ThreadPool pool(threads);
  double flops = 0;
  const double best = fastest(state, [&] {
    pool.parallel_for(threads, [&](int, int) noexcept { flops = multiply_adds(isa, 200000); });
  });
  state.counters["GFLOP/s"] = flops * threads / best * 1e-9;
  state.counters["best_ms"] = best * 1e3;
}

/// Calls body(first, count) with each thread's part of `values`.
template <typename Body>
void share(int64_t values, ThreadPool& pool, Body&& body) {
  pool.parallel_for(pool.threads(), [&](int task, int) noexcept {
    const Range mine = part_of(values, pool.threads(), task, 16);
    body(mine.begin, mine.size());
  });
}

}  // namespace

void add_machine(Isa isa) {
  add("peak", [=](benchmark::State& s, int threads) { peak(s, isa, threads); });
  for (const Size& size : kSizes) {
    const int64_t n = size.values;
    const auto bytes = static_cast<double>(n) * 4;
    add_moving(std::string("machine/read/") + size.name, bytes, static_cast<double>(n),
               [=](int) -> Call {
                 auto from = std::make_shared<AlignedBuffer>(random_buffer(n));
                 return [=](ThreadPool& pool) {
                   share(n, pool, [&](int64_t first, int64_t count) {
                     benchmark::DoNotOptimize(sum_of(isa, from->as<float>() + first, count));
                   });
                 };
               });
    add_moving(std::string("machine/copy/") + size.name, 2 * bytes, static_cast<double>(n),
               [=](int) -> Call {
                 auto from = std::make_shared<AlignedBuffer>(random_buffer(n));
                 auto to = std::make_shared<AlignedBuffer>(random_buffer(n));
                 return [=](ThreadPool& pool) {
                   share(n, pool, [&](int64_t first, int64_t count) {
                     std::memcpy(to->as<float>() + first, from->as<float>() + first,
                                 static_cast<size_t>(count) * 4);
                   });
                 };
               });
  }
}

}  // namespace pome::cpu::bench
