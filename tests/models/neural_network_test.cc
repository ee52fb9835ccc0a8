// Real neural networks, imported and run by the references, against recorded outputs.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "format/model_file.h"
#include "import/description.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/models/expect_recorded.h"
#include "tests/support/evaluate.h"
#include "tests/support/reference_case.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

struct Model {
  const char* name;
  size_t cases;  // the references are slow: that many of the recorded ones
  bool slow = false;
};

std::ostream& operator<<(std::ostream& out, const Model& m) { return out << m.name; }

std::function<double(int64_t)> elements_of(const ops::TensorView& t) {
  return [t](int64_t i) { return t.real(i); };
}

Probabilities by_label(const ops::TensorView& t, const ModelDescription& d) {
  const auto& labels = std::get<std::vector<std::string>>(d.class_labels.value());
  Probabilities result;
  for (size_t i = 0; i < labels.size() && static_cast<int64_t>(i) < t.elements(); ++i)
    result[labels[i]] = t.real(static_cast<int64_t>(i));
  return result;
}

class NeuralNetworks : public ::testing::TestWithParam<Model> {};

TEST_P(NeuralNetworks, GiveTheRecordedOutputsByTheReferences) {
  const auto folder = test_data(std::string("reference/") + GetParam().name);
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
#ifdef POME_SANITIZED
  if (GetParam().slow)
    GTEST_SKIP() << "minutes under the sanitizers, which see the same kernels "
                    "in smaller networks";
#endif
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
        expect_array(elements_of(got), got.shape, *array, *cases);
      } else {
        expect_probabilities(by_label(got, *description), std::get<Probabilities>(want), *cases);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Real, NeuralNetworks,
    ::testing::Values(Model{"TinyDrawingEmbedding", 99}, Model{"r4ghu_mnistCNN", 99},
                      Model{"umerzia_MNISTClassifier", 99}, Model{"khawaja_dense_mnist", 99},
                      Model{"model_hourglass", 5}, Model{"waifu2x_anime_noise0_model", 1, true},
                      Model{"waifu2x_photo_noise3_model", 1, true},
                      Model{"waifu2x_up_anime_noise0_scale2x_model", 1, true},
                      Model{"waifu2x_up_photo_scale2x_model", 1, true}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace pome::testing
