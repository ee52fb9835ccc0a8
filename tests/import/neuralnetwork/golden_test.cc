// Layers against numbers from NumPy and ONNX Runtime (tools/goldens/neural_network.py).
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "format/model_file.h"
#include "import/description.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/support/evaluate.h"

namespace pome::testing {
namespace {

using nlohmann::json;

struct Case {
  json record;
  std::string name() const { return record["name"].get<std::string>(); }
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name(); }

std::vector<Case> read_cases(const std::string& file) {
  std::ifstream in(std::string(POME_SOURCE_DIR) + "/tests/data/nn/" + file);
  std::vector<Case> cases;
  for (json& record : json::parse(in)) cases.push_back({std::move(record)});
  return cases;
}

std::string from_base64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const size_t digit = alphabet.find(c);
    if (digit == std::string::npos) break;
    buffer = buffer << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(buffer >> bits & 0xff);
  }
  return bytes;
}

ops::OwnedTensor read_tensor(const json& record) {
  const auto dims = record["shape"].get<std::vector<int64_t>>();
  return tensor(Shape(std::span<const int64_t>(dims)), record["data"].get<std::vector<float>>());
}

class NeuralNetworkLayer : public ::testing::TestWithParam<Case> {};

TEST_P(NeuralNetworkLayer, GivesTheExpectedNumbers) {
  const json& record = GetParam().record;
  const auto bytes =
      std::make_shared<const std::string>(from_base64(record["model"].get<std::string>()));
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
  const auto tolerance = record["tolerance"].get<double>();
  for (const auto& [name, value] : record["outputs"].items()) {
    ASSERT_TRUE(outputs->count(name)) << name;
    const ops::OwnedTensor want = read_tensor(value);
    EXPECT_EQ(difference(outputs->at(name).view(), want.view(), tolerance, tolerance), "") << name;
  }
}

const auto kName = [](const auto& test) { return test.param.name(); };
INSTANTIATE_TEST_SUITE_P(Rank5, NeuralNetworkLayer, ::testing::ValuesIn(read_cases("rank5.json")),
                         kName);
INSTANTIATE_TEST_SUITE_P(Exact, NeuralNetworkLayer, ::testing::ValuesIn(read_cases("exact.json")),
                         kName);

}  // namespace
}  // namespace pome::testing
