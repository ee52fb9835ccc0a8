// What one predict() costs beside the network: ten values through one ReLU. Prints microseconds.
// Usage: overhead_bench   (writes the model to the temporary folder by itself)
#include <benchmark/benchmark.h>

#include <filesystem>

#include "export/export.h"
#include "ops/builder.h"
#include "pome/model.h"

namespace {

std::filesystem::path write_model() {
  pome::ir::Program program;
  pome::ir::Function* main = program.add_function("main", pome::ir::Opset::kIos15);
  pome::ir::Value* x =
      main->body.add_input("x", pome::ir::Type::tensor(pome::ir::DType::kFp32, {1, 10}));
  pome::ops::Builder builder(*main, main->body);
  main->body.outputs().push_back(builder.add("relu", "y", {{"x", x}}));
  pome::ModelDescription description;
  pome::FeatureDescription feature;
  feature.type = pome::FeatureType::kMultiArray;
  feature.multi_array.shape = {1, 10};
  feature.name = "x";
  description.inputs = {feature};
  feature.name = "y";
  description.outputs = {feature};
  const auto exported = pome::exporter::to_mil({program, description, {}, false}).value();
  const auto path = std::filesystem::temp_directory_path() / "pome-overhead.mlpackage";
  pome::exporter::save(exported, path).value();
  return path;
}

void predict(benchmark::State& state) {
  const auto path = write_model();
  pome::ModelConfiguration configuration;
  configuration.threads = 1;
  const auto model = pome::Model::load(path, configuration).value();
  const auto inputs = model.example_inputs().value();
  for (auto _ : state) benchmark::DoNotOptimize(model.predict(inputs).value());
  std::filesystem::remove_all(path);
}
BENCHMARK(predict)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
