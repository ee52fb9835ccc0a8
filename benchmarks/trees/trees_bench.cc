// Pome's side of compare.py: predicts the rows of a file with a tree ensemble and says how long it
// took.
//
//   trees_bench MODEL ROWS WIDTH THREADS
//
// ROWS holds float32 rows of WIDTH features. For each line of stdin, one line of stdout:
//   batch        milliseconds of Predictor::predict_batch over one provider a row (what
//                Model::predict(batch) calls)
//   dense        milliseconds of the same trees over the rows as they lie, with as many threads
//   row          nanoseconds of one Predictor::predict
//   write FILE   0; the predictions of the batch, as doubles
//   clock cpu    0; from now on processor time of all threads counts, not the time of day
#include <time.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "classic/classic.h"
#include "classic/trees/forest.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"
#include "import/description.h"

namespace pome {
namespace {

using Time = std::chrono::nanoseconds;

/// Of the clock that is asked for.
struct Stopwatch {
  clockid_t clock = CLOCK_MONOTONIC;
  Time now() const {
    timespec t{};
    clock_gettime(clock, &t);
    return std::chrono::seconds(t.tv_sec) + Time(t.tv_nsec);
  }
  double milliseconds_since(Time start) const {
    return std::chrono::duration<double, std::milli>(now() - start).count();
  }
};

struct Bench {
  Stopwatch watch;
  std::unique_ptr<Predictor> predictor;
  std::unique_ptr<classic::Forest> forest;
  std::vector<float> rows;
  size_t width = 0;
  std::vector<FeatureProvider> batch;
  std::unique_ptr<ThreadPool> pool;

  double run_batch() const {
    const auto start = watch.now();
    const auto outputs = predictor->predict_batch(batch, {}).value();
    const double took = watch.milliseconds_since(start);
    return outputs.size() == batch.size() ? took : -1;
  }

  double run_dense() const {
    constexpr size_t kPart = 1024;
    const size_t n = rows.size() / width;
    std::vector<double> scores(n * forest->dimensions());
    const auto start = watch.now();
    pool->parallel_for(static_cast<int>((n + kPart - 1) / kPart), [&](int part, int) noexcept {
      const KeepDenormals keep;
      const size_t first = static_cast<size_t>(part) * kPart;
      const size_t count = std::min(kPart, n - first);
      forest->predict(classic::Rows<float>{rows.data() + first * width, count, width},
                      std::span(scores).subspan(first, count));
    });
    return watch.milliseconds_since(start);
  }

  double run_row() const {
    constexpr int kTimes = 20000;
    const auto start = watch.now();
    for (int i = 0; i < kTimes; ++i)
      if (!predictor->predict(batch[static_cast<size_t>(i) % batch.size()], {}).ok()) return -1;
    return watch.milliseconds_since(start) * 1e6 / kTimes;
  }

  double write(const std::string& file) const {
    std::ofstream out(file, std::ios::binary);
    const auto outputs = predictor->predict_batch(batch, {}).value();
    for (const FeatureProvider& o : outputs) {
      const double v = o.begin()->second.number();
      out.write(reinterpret_cast<const char*>(&v), sizeof(v));
    }
    return 0;
  }
};

/// One array a row, or a number a feature where the model has an input for each.
FeatureProvider provider(const ModelDescription& description, std::span<const float> row) {
  FeatureProvider inputs;
  if (description.inputs.size() == 1) {
    inputs.set(description.inputs[0].name,
               MultiArray::from_floats({static_cast<int64_t>(row.size())}, row).value());
  } else {
    for (size_t f = 0; f < row.size(); ++f)
      inputs.set(description.inputs[f].name, static_cast<double>(row[f]));
  }
  return inputs;
}

Bench load(char** argv) {
  Bench bench;
  const auto file = format::ModelFile::load(argv[1]).value();
  const ModelDescription description = import::read_description(file.model()).value();
  ModelConfiguration configuration;
  configuration.threads = std::stoi(argv[4]);
  bench.predictor = classic::make_predictor({file.share(), description, configuration}).value();
  bench.forest = classic::Forest::make(
      classic::read_ensemble(file.model().treeensembleregressor().treeensemble()).value());
  bench.width = static_cast<size_t>(std::stoi(argv[3]));
  std::ifstream in(argv[2], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  bench.rows.resize(bytes.size() / sizeof(float));
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(bench.rows.data()));
  for (size_t at = 0; at + bench.width <= bench.rows.size(); at += bench.width)
    bench.batch.push_back(provider(description, std::span(bench.rows).subspan(at, bench.width)));
  bench.pool = std::make_unique<ThreadPool>(configuration.threads);
  return bench;
}

}  // namespace
}  // namespace pome

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: trees_bench MODEL ROWS WIDTH THREADS\n";
    return 2;
  }
  pome::Bench bench = pome::load(argv);
  for (std::string line; std::getline(std::cin, line);) {
    double answer = -1;
    if (line == "batch") answer = bench.run_batch();
    if (line == "dense") answer = bench.run_dense();
    if (line == "row") answer = bench.run_row();
    if (line.rfind("write ", 0) == 0) answer = bench.write(line.substr(6));
    if (line == "clock cpu") {
      bench.watch.clock = CLOCK_PROCESS_CPUTIME_ID;
      answer = 0;
    }
    std::cout << answer << std::endl;
  }
  return 0;
}
