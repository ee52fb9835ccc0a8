// Kernels alone: convolutions of real networks and the other families, beside what the machine can.
//   ninja kernels_bench && build/release/benchmarks/kernels_bench --benchmark_filter=resnet50
// Counters are of the fastest iteration. POME_FORCE_ISA chooses the instruction set.
#include <cstdio>

#include "benchmarks/kernels/bench.h"

int main(int argc, char** argv) {
  const auto isa = pome::cpu::choose_isa();
  if (!isa.ok() || *isa == pome::cpu::Isa::kNone) {
    std::fprintf(stderr, "no kernels to measure: %s\n",
                 isa.ok() ? "none for this CPU" : isa.error().to_string().c_str());
    return 1;
  }
  pome::cpu::bench::add_machine(*isa);
  pome::cpu::bench::add_convolutions(*isa);
  pome::cpu::bench::add_functions(*isa);
  pome::cpu::bench::add_movements(*isa);
  pome::cpu::bench::add_recurrent(*isa);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
