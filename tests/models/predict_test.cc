// Real neural networks through the public interface, against all recorded outputs.
#include <gtest/gtest.h>

#include "pome/model.h"
#include "tests/models/expect_recorded.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

/// A picture of the recorded pixels.
Image to_image(const RecordedArray& array) {
  const int64_t channels = array.shape[1];
  const int64_t area = array.shape[2] * array.shape[3];
  std::vector<std::byte> pixels(static_cast<size_t>(channels * area));
  for (int64_t i = 0; i < area; ++i)
    for (int64_t c = 0; c < channels; ++c)
      pixels[static_cast<size_t>(i * channels + c)] =
          static_cast<std::byte>(array.values[static_cast<size_t>(c * area + i)]);
  return Image::from_pixels(channels == 3 ? PixelFormat::kRgb8 : PixelFormat::kGray8,
                            static_cast<int>(array.shape[3]), static_cast<int>(array.shape[2]),
                            pixels)
      .value();
}

MultiArray to_multi_array(const RecordedArray& array) {
  const std::vector<float> values(array.values.begin(), array.values.end());
  return MultiArray::from_floats({array.shape.begin(), array.shape.end()}, values).value();
}

FeatureProvider inputs_of(const ReferenceCases& cases, size_t i) {
  FeatureProvider inputs;
  for (const auto& [name, value] : cases.inputs[i]) {
    const auto& array = std::get<RecordedArray>(value);
    if (cases.pictures[i].count(name)) {
      inputs.set(name, to_image(array));
    } else {
      inputs.set(name, to_multi_array(array));
    }
  }
  return inputs;
}

void expect_value(const FeatureValue& got, const RecordedValue& want, const ReferenceCases& c) {
  if (const auto* array = std::get_if<RecordedArray>(&want)) {
    const MultiArray& a = got.multi_array();
    expect_array([&](int64_t i) { return a.at(i); }, Shape(std::span<const int64_t>(a.shape())),
                 *array, c);
  } else if (const auto* label = std::get_if<std::string>(&want)) {
    EXPECT_EQ(got.string(), *label);
  } else {
    const StringDictionary& d = got.dictionary();
    expect_probabilities({d.begin(), d.end()}, std::get<Probabilities>(want), c);
  }
}

class RealModel : public ::testing::TestWithParam<const char*> {};

TEST_P(RealModel, PredictsWhatWasRecorded) {
  const auto folder = test_data(std::string("reference/") + GetParam());
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const auto cases = read_reference_cases(folder);
  ASSERT_TRUE(cases.ok()) << cases.error().to_string();
  const auto model = Model::load(cases->model);
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  for (size_t i = 0; i < cases->inputs.size(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const auto outputs = model->predict(inputs_of(*cases, i));
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    for (const auto& [name, want] : cases->expected[i]) {
      SCOPED_TRACE(name);
      const FeatureValue* got = outputs->find(name);
      ASSERT_NE(got, nullptr) << "there is no output of that name";
      expect_value(*got, want, *cases);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    NeuralNetworks, RealModel,
    ::testing::Values("TinyDrawingEmbedding", "r4ghu_mnistCNN", "umerzia_MNISTClassifier",
                      "khawaja_dense_mnist", "model_hourglass", "waifu2x_anime_noise0_model",
                      "waifu2x_photo_noise3_model", "waifu2x_up_anime_noise0_scale2x_model",
                      "waifu2x_up_photo_scale2x_model", "DTLN_AEC_128_Part1_fp32"),
    [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace pome::testing
