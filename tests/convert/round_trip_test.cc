// Converted, written, loaded and predicted: every model below tests/data/keras still gives Keras'
// own numbers, through the library's public face alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "pome/convert.h"
#include "pome/model.h"
#include "tests/convert/golden.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

std::string compare(const GoldenTensor& want, const MultiArray& got, double tolerance) {
  if (got.shape() != want.shape) return want.name + ": another shape\n";
  const std::vector<float> values = got.to_floats();
  double largest = 1e-3;
  for (float v : want.values) largest = std::max(largest, std::abs(static_cast<double>(v)));
  for (size_t i = 0; i < values.size(); ++i) {
    const double off = std::abs(static_cast<double>(values[i]) - want.values[i]);
    if (off <= tolerance * largest) continue;
    return want.name + ": element " + std::to_string(i) + " is " + std::to_string(values[i]) +
           " instead of " + std::to_string(want.values[i]) + "\n";
  }
  return "";
}

class RoundTrip : public ::testing::TestWithParam<std::string> {};

std::string predict_and_compare(const fs::path& source, const fs::path& target,
                                const ConvertOptions& options, double factor) {
  const auto report = convert(source, target, options);
  if (!report.ok()) return report.error().to_string();
  const auto model = Model::load(target);
  if (!model.ok()) return model.error().to_string();
  fs::path file = source;
  const Golden golden = read_golden(file.replace_extension(".golden"));
  FeatureProvider inputs;
  for (const GoldenTensor& input : golden.inputs) {
    auto array = MultiArray::from_floats(input.shape, input.values);
    if (!array.ok()) return array.error().to_string();
    inputs.set(mil_name(input.name), *array);
  }
  const auto outputs = model->predict(inputs);
  if (!outputs.ok()) return outputs.error().to_string();
  std::string wrong;
  for (const GoldenTensor& want : golden.outputs) {
    const FeatureValue* value = outputs->find(mil_name(want.name));
    if (value == nullptr) return "no output " + want.name;
    wrong += compare(want, value->multi_array(), golden.tolerance * factor);
  }
  return wrong;
}

TEST_P(RoundTrip, GivesKerasOwnNumbers) {
  const TemporaryFolder folder;
  const fs::path source = keras_data(GetParam());
  EXPECT_EQ(predict_and_compare(source, folder.path() / "m.mlmodel", as_arrays(), 1), "");
  EXPECT_EQ(predict_and_compare(source, folder.path() / "m.mlpackage", as_arrays(), 1), "");
}

INSTANTIATE_TEST_SUITE_P(All, RoundTrip, ::testing::ValuesIn(golden_models()), golden_test_name);

}  // namespace
}  // namespace pome::testing
