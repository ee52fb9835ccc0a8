// What a picture costs in a batch: one network, asked for one picture at a time, for several inputs
// in one call, and, as copies of the model whose input has a batch, for several pictures in one
// input. All in turns within one process.
//   build/release/benchmarks/batch_bench ROUNDS THREADS MODEL [MODEL_OF_A_BATCH ...]
// Prints milliseconds a picture, the least and the median of the rounds, and the median over the
// rounds of the ratio to one picture at a time (above 1: slower). Processor time on one thread, so
// that other work on the machine counts little; the clock on more.
#include <pome/model.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "benchmarks/turns.h"

namespace {

/// A turn takes at least this many pictures, so that all variants see as much of the machine.
constexpr int64_t kPicturesOfATurn = 8;

pome::Model load(const char* path, int threads) {
  pome::ModelConfiguration configuration;
  configuration.threads = threads;
  return pome::Model::load(path, configuration).value();
}

struct Variant {
  pome::bench::Turns turns;
  const pome::Model* model;
  /// Of one call; none is a call without a vector.
  std::vector<pome::FeatureProvider> inputs;
  pome::FeatureProvider input;
  int64_t pictures;
};

void call(const Variant& v) {
  if (v.inputs.empty()) {
    (void)v.model->predict(v.input).value();
  } else {
    (void)v.model->predict(v.inputs).value();
  }
}

/// Of a picture.
double time_of(const Variant& v, clockid_t clock) {
  const int64_t calls = std::max<int64_t>(1, kPicturesOfATurn / v.pictures);
  const double start = pome::bench::milliseconds(clock);
  for (int64_t i = 0; i < calls; ++i) call(v);
  return (pome::bench::milliseconds(clock) - start) / static_cast<double>(calls * v.pictures);
}

std::vector<Variant> variants_of(const std::vector<pome::Model>& models) {
  const pome::FeatureProvider one = models[0].example_inputs().value();
  std::vector<Variant> variants;
  variants.push_back({{"1 input", {}, {}}, &models[0], {}, one, 1});
  for (const size_t n : {8, 32}) {
    variants.push_back({{std::to_string(n) + " inputs of one call", {}, {}},
                        &models[0],
                        std::vector<pome::FeatureProvider>(n, one),
                        one,
                        static_cast<int64_t>(n)});
  }
  for (size_t m = 1; m < models.size(); ++m) {
    const auto inputs = models[m].example_inputs().value();
    const int64_t pictures = models[m].description().inputs.at(0).multi_array.shape.at(0);
    variants.push_back({{"an input of " + std::to_string(pictures) + " pictures", {}, {}},
                        &models[m],
                        {},
                        inputs,
                        pictures});
  }
  return variants;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 3 ? std::atoi(argv[1]) : 0;
  const int threads = argc > 3 ? std::atoi(argv[2]) : 0;
  if (rounds < 1 || threads < 1) {
    std::fprintf(stderr, "usage: batch_bench ROUNDS THREADS MODEL [MODEL_OF_A_BATCH ...]\n");
    return 2;
  }
  std::vector<pome::Model> models;
  for (int i = 3; i < argc; ++i) models.push_back(load(argv[i], threads));
  std::vector<Variant> variants = variants_of(models);
  const clockid_t clock = pome::bench::clock_for(threads);
  pome::bench::take_turns(variants, rounds, 1,
                          [clock](const Variant& v) { return time_of(v, clock); });
  return 0;
}
