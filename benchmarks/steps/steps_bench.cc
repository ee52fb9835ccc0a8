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
#include <ctime>
#include <sstream>
#include <string>
#include <vector>

namespace {

double milliseconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6;
}

struct Variant {
  std::string name;
  pome::Model model;
  std::vector<double> times;
  std::vector<double> ratios;
};

Variant load(const char* path, int threads, const std::string& without) {
  pome::ModelConfiguration configuration;
  configuration.threads = threads;
  std::stringstream names(without);
  for (std::string name; std::getline(names, name, ',');)
    configuration.without_kernels.push_back(name);
  return {without.empty() ? "everything" : "without " + without,
          pome::Model::load(path, configuration).value(),
          {},
          {}};
}

Variant variant(const char* path, int threads, const std::string& name) {
  if (!name.ends_with(".mlmodel") && !name.ends_with(".mlpackage"))
    return load(path, threads, name);
  Variant other = load(name.c_str(), threads, "");
  other.name = name;
  return other;
}

/// The best of three predictions behind one that brings the caches in order.
double time_of(const Variant& v, const pome::FeatureProvider& inputs, clockid_t clock) {
  (void)v.model.predict(inputs).value();
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double start = milliseconds(clock);
    (void)v.model.predict(inputs).value();
    best = std::min(best, milliseconds(clock) - start);
  }
  return best;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
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
  const clockid_t clock = threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
  for (int round = -2; round < rounds; ++round) {
    double first = 0;
    for (Variant& v : variants) {
      const double ms = time_of(v, inputs, clock);
      if (&v == &variants[0]) first = ms;
      if (round < 0) continue;  // warming up
      v.times.push_back(ms);
      v.ratios.push_back(ms / first);
    }
  }
  for (const Variant& v : variants) {
    std::printf("least %8.3f ms  median %8.3f ms  x %.3f  %s\n",
                *std::min_element(v.times.begin(), v.times.end()), median(v.times),
                median(v.ratios), v.name.c_str());
  }
  return 0;
}
