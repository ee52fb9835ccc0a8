// Layers against numbers from NumPy and ONNX Runtime (tools/goldens/neural_network.py).
#include <gtest/gtest.h>

#include "format/model_file.h"
#include "import/description.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/support/evaluate.h"
#include "tests/support/network_case.h"

namespace pome::testing {
namespace {

using nlohmann::json;

class NeuralNetworkLayer : public ::testing::TestWithParam<NetworkCase> {};

TEST_P(NeuralNetworkLayer, GivesTheExpectedNumbers) {
  const json& record = GetParam().record;
  const auto bytes = GetParam().model();
  const auto file = format::ModelFile::parse(std::as_bytes(std::span<const char>(*bytes)), bytes);
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  auto description = import::read_description(file->model());
  ASSERT_TRUE(description.ok()) << description.error().to_string();
  Tensors inputs;
  InputShapes shapes;
  for (const auto& [name, value] : record["inputs"].items()) {
    const auto& tensor = inputs.emplace(name, read_tensor(value)).first->second;
    shapes.emplace(name, tensor.type.shape());
  }
  const auto imported = import::import_neural_network(file->model(), nullptr, *description, shapes);
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  const auto outputs = evaluate(*imported->program->function("main"), inputs);
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  const double tolerance = GetParam().tolerance();
  for (const auto& [name, value] : record["outputs"].items()) {
    ASSERT_TRUE(outputs->count(name)) << name;
    const ops::OwnedTensor want = read_tensor(value);
    EXPECT_EQ(difference(outputs->at(name).view(), want.view(), tolerance, tolerance), "") << name;
  }
}

const auto kName = [](const auto& test) { return test.param.name(); };
INSTANTIATE_TEST_SUITE_P(Rank5, NeuralNetworkLayer,
                         ::testing::ValuesIn(read_network_cases("rank5.json")), kName);
INSTANTIATE_TEST_SUITE_P(Exact, NeuralNetworkLayer,
                         ::testing::ValuesIn(read_network_cases("exact.json")), kName);

}  // namespace
}  // namespace pome::testing
