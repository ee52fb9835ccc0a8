// What a fused step brings: one model, with everything and with kernels switched off, in turns.
//   build/release/benchmarks/steps_bench MODEL ROUNDS THREADS [KERNEL,KERNEL ... | OTHER_MODEL]
// OTHER_MODEL, a path that ends in .mlmodel or .mlpackage, takes the same inputs.
// Prints the least and the median milliseconds of each, and the median over the rounds of the ratio
// to the first, which has everything. Processor time on one thread, so that other work on the
// machine counts little; the clock on more. A name that no kernel has shows how far the noise goes.
#include <pome/model.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "benchmarks/turns.h"

namespace {

struct Variant {
  pome::Model model;
  pome::bench::Turns turns;
};

Variant load(const char* path, int threads, const std::string& without) {
  pome::ModelConfiguration configuration;
  configuration.threads = threads;
  std::stringstream names(without);
  for (std::string name; std::getline(names, name, ',');)
    configuration.without_kernels.push_back(name);
  const std::string name = without.empty() ? "everything" : "without " + without;
  return {pome::Model::load(path, configuration).value(), {name, {}, {}}};
}

Variant variant(const char* path, int threads, const std::string& name) {
  if (!name.ends_with(".mlmodel") && !name.ends_with(".mlpackage"))
    return load(path, threads, name);
  Variant other = load(name.c_str(), threads, "");
  other.turns.name = name;
  return other;
}

/// The best of three predictions behind one that brings the caches in order.
double time_of(const Variant& v, const pome::FeatureProvider& inputs, clockid_t clock) {
  (void)v.model.predict(inputs).value();
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double start = pome::bench::milliseconds(clock);
    (void)v.model.predict(inputs).value();
    best = std::min(best, pome::bench::milliseconds(clock) - start);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 0;
  const int threads = argc > 3 ? std::atoi(argv[3]) : 0;
  if (rounds < 1 || threads < 1) {
    std::fprintf(stderr,
                 "usage: steps_bench MODEL ROUNDS THREADS [KERNEL,KERNEL ... | OTHER_MODEL]\n");
    return 2;
  }
  std::vector<Variant> variants;
  variants.push_back(load(argv[1], threads, ""));
  for (int i = 4; i < argc; ++i) variants.push_back(variant(argv[1], threads, argv[i]));
  const auto inputs = variants[0].model.example_inputs().value();
  const clockid_t clock = pome::bench::clock_for(threads);
  pome::bench::take_turns(variants, rounds, 2,
                          [&](const Variant& v) { return time_of(v, inputs, clock); });
  return 0;
}
