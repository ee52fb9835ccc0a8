// Real neural networks, imported and run by the references, against recorded outputs.
#include <gtest/gtest.h>

#include <algorithm>

#include "format/model_file.h"
#include "import/description.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/support/evaluate.h"
#include "tests/support/reference_case.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

struct Model {
  const char* name;
  size_t cases;  // the references are slow: that many of the recorded ones
};

std::ostream& operator<<(std::ostream& out, const Model& m) { return out << m.name; }

/// The elements that were recorded of a whole output, in the recorded shape.
std::vector<double> pick(const ops::TensorView& t, const RecordedArray& want) {
  std::vector<double> picked;
  const Shape strides = t.shape.strides();
  for (int64_t i = 0; i < want.shape.elements(); ++i) {
    int64_t rest = i;
    int64_t at = 0;
    for (int d = want.shape.rank() - 1; d >= 0; --d) {
      at += rest % want.shape[d] * want.step[static_cast<size_t>(d)] * strides[d];
      rest /= want.shape[d];
    }
    picked.push_back(t.real(at));
  }
  return picked;
}

void expect_near(double got, double want, const ReferenceCases& c, const std::string& what) {
  EXPECT_LE(std::abs(got - want), c.abs + c.rel * std::abs(want)) << what << " is " << got;
}

void expect_array(const ops::TensorView& got, const RecordedArray& want, const ReferenceCases& c) {
  ASSERT_EQ(got.shape.to_string(), want.full.to_string());
  const auto picked = pick(got, want);
  for (size_t i = 0; i < picked.size() && !::testing::Test::HasFailure(); ++i)
    expect_near(picked[i], want.values[i], c, "element " + std::to_string(i));
}

void expect_probabilities(const ops::TensorView& got, const Probabilities& want,
                          const ModelDescription& d, const ReferenceCases& c) {
  const auto& labels = std::get<std::vector<std::string>>(d.class_labels.value());
  ASSERT_EQ(static_cast<size_t>(got.elements()), want.size());
  ASSERT_EQ(labels.size(), want.size());
  for (size_t i = 0; i < labels.size(); ++i)
    expect_near(got.real(static_cast<int64_t>(i)), want.at(labels[i]), c, labels[i]);
}

class NeuralNetworks : public ::testing::TestWithParam<Model> {};

TEST_P(NeuralNetworks, GiveTheRecordedOutputsByTheReferences) {
  const auto folder = test_data(std::string("reference/") + GetParam().name);
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const auto cases = read_reference_cases(folder);
  ASSERT_TRUE(cases.ok()) << cases.error().to_string();
  const auto file = format::ModelFile::load(cases->model);
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  auto description = import::read_description(file->model());
  ASSERT_TRUE(description.ok()) << description.error().to_string();
  const auto imported = import::import_neural_network(file->model(), nullptr, *description);
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();

  for (size_t i = 0; i < std::min(GetParam().cases, cases->inputs.size()); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    Tensors inputs;
    for (const auto& [name, value] : cases->inputs[i]) {
      const auto& array = std::get<RecordedArray>(value);
      const std::vector<float> values(array.values.begin(), array.values.end());
      inputs.emplace(name, tensor(array.shape, values));
    }
    const auto outputs = evaluate(*imported->program->function("main"), inputs);
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    for (const auto& [name, want] : cases->expected[i]) {
      SCOPED_TRACE(name);
      if (name == description->predicted_feature_name) continue;  // the host's part
      ASSERT_TRUE(outputs->count(name)) << "there is no output of that name";
      const ops::TensorView got = outputs->at(name).view();
      if (const auto* array = std::get_if<RecordedArray>(&want)) {
        expect_array(got, *array, *cases);
      } else {
        expect_probabilities(got, std::get<Probabilities>(want), *description, *cases);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Real, NeuralNetworks,
    ::testing::Values(Model{"TinyDrawingEmbedding", 99}, Model{"r4ghu_mnistCNN", 99},
                      Model{"umerzia_MNISTClassifier", 99}, Model{"khawaja_dense_mnist", 99},
                      Model{"model_hourglass", 5}, Model{"waifu2x_anime_noise0_model", 1},
                      Model{"waifu2x_photo_noise3_model", 1},
                      Model{"waifu2x_up_anime_noise0_scale2x_model", 1},
                      Model{"waifu2x_up_photo_scale2x_model", 1}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace pome::testing
