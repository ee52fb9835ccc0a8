// Keras files that people published, and the Core ML models that their authors made of them.
#include <gtest/gtest.h>

#include <cmath>

#include "pome/convert.h"
#include "pome/model.h"
#include "tests/convert/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

class RealModel : public ::testing::TestWithParam<const char*> {};

TEST_P(RealModel, ConvertsAndPredicts) {
  const fs::path source = test_data(GetParam());
  if (!fs::exists(source)) GTEST_SKIP() << source << " is not there";
  const TemporaryFolder folder;
  std::vector<float> first;
  for (const char* name : {"m.mlmodel", "m.mlpackage"}) {
    const auto report = convert(source, folder.path() / name);
    ASSERT_TRUE(report.ok()) << report.error().to_string();
    const auto model = Model::load(folder.path() / name);
    ASSERT_TRUE(model.ok()) << model.error().to_string();
    const auto inputs = model->example_inputs();
    ASSERT_TRUE(inputs.ok());
    const auto outputs = model->predict(*inputs);
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    const auto values = outputs->begin()->second.multi_array().to_floats();
    for (float v : values) EXPECT_TRUE(std::isfinite(v)) << v;
    if (first.empty()) first = values;
    ASSERT_EQ(values.size(), first.size());
    for (size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(values[i], first[i], 1e-5 * std::max(1.f, std::abs(first[i])));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Published, RealModel,
    ::testing::Values("models/keras/catdog/layan_tm_mobilenetv2_035_224_catdog.h5",
                      "models/keras/catdog/saleh_tm_mobilenetv2_035_224_catdog.h5",
                      "models/keras/catdog/jeanxl_cnn112gray_catdog.h5",
                      "models/keras/tm_helmet_mobilenetv2_035_224.h5",
                      "models/keras/khawaja_my_model.h5", "models/keras/r4ghu_mnistCNN.h5",
                      "models/keras/face/fer2013_mini_XCEPTION.102-0.66.hdf5"));

/// Our conversion and the author's give the same numbers for random inputs.
class Pair : public ::testing::Test {
 protected:
  Result<Model> ours(const char* keras, const ConvertOptions& options) {
    const auto report = convert(test_data(keras), folder_.path() / "ours.mlmodel", options);
    if (!report.ok()) return report.error();
    return Model::load(folder_.path() / "ours.mlmodel");
  }

  static std::vector<float> probabilities(const FeatureProvider& outputs) {
    for (const auto& [name, value] : outputs) {
      if (const auto* array = value.get_if<MultiArray>()) return array->to_floats();
      if (const auto* byText = value.get_if<StringDictionary>()) {
        std::vector<float> values;
        for (const auto& [label, p] : *byText) values.push_back(static_cast<float>(p));
        return values;
      }
      if (const auto* byNumber = value.get_if<Int64Dictionary>()) {
        std::vector<float> values;
        for (const auto& [label, p] : *byNumber) values.push_back(static_cast<float>(p));
        return values;
      }
    }
    return {};
  }

  static void expect_near(const std::vector<float>& a, const std::vector<float>& b) {
    ASSERT_FALSE(a.empty());
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-4) << i;
  }

  TemporaryFolder folder_;
};

TEST_F(Pair, KhawajaDense) {
  const auto theirs_path = test_data("models/mlmodel/khawaja_dense_mnist.mlmodel");
  if (!fs::exists(theirs_path)) GTEST_SKIP() << theirs_path << " is not there";
  const auto theirs = Model::load(theirs_path);
  ASSERT_TRUE(theirs.ok()) << theirs.error().to_string();
  const auto mine = ours("models/keras/khawaja_my_model.h5", as_arrays());
  ASSERT_TRUE(mine.ok()) << mine.error().to_string();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto x = random_tensor({1, 784}, seed, 0, 1);
    const auto values = std::span(x.view().as<const float>(), 784);
    const auto flat = MultiArray::from_floats({784}, values);
    const auto batch = MultiArray::from_floats({1, 784}, values);
    const auto a = theirs->predict({{theirs->description().inputs[0].name, *flat}});
    const auto b = mine->predict({{mine->description().inputs[0].name, *batch}});
    ASSERT_TRUE(a.ok() && b.ok());
    expect_near(probabilities(*a), probabilities(*b));
  }
}

TEST_F(Pair, R4ghuConvolutions) {
  const auto theirs_path = test_data("models/mlmodel/r4ghu_mnistCNN.mlmodel");
  if (!fs::exists(theirs_path)) GTEST_SKIP() << theirs_path << " is not there";
  const auto theirs = Model::load(theirs_path);
  ASSERT_TRUE(theirs.ok()) << theirs.error().to_string();
  ConvertOptions options;
  options.image_scale = 1 / 255.f;
  const auto mine = ours("models/keras/r4ghu_mnistCNN.h5", options);
  ASSERT_TRUE(mine.ok()) << mine.error().to_string();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto x = random_tensor({28 * 28}, seed, 0, 255);
    std::vector<std::byte> pixels;
    for (int64_t i = 0; i < 28 * 28; ++i)
      pixels.push_back(static_cast<std::byte>(static_cast<int>(x.view().real(i))));
    const auto picture = Image::from_pixels(PixelFormat::kGray8, 28, 28, pixels);
    ASSERT_TRUE(picture.ok());
    const auto a = theirs->predict({{theirs->description().inputs[0].name, *picture}});
    const auto b = mine->predict({{"image", *picture}});
    ASSERT_TRUE(a.ok() && b.ok());
    expect_near(probabilities(*a), probabilities(*b));
  }
}

}  // namespace
}  // namespace pome::testing
