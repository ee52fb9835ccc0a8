// Arrays of every element type in and out of a network, whatever its own numbers are.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "base/half.h"
#include "pome/model.h"
#include "tests/pipeline/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

constexpr int kCount = 77;  // vectors and what is left of one

/// y = x, with arrays of those types declared.
spec::Model identity(spec::ArrayFeatureType::ArrayDataType in,
                     spec::ArrayFeatureType::ArrayDataType out) {
  spec::Model model = model_with({{"x", vector(kCount)}}, {{"y", vector(kCount)}});
  model.set_specificationversion(7);
  auto* description = model.mutable_description();
  description->mutable_input(0)->mutable_type()->mutable_multiarraytype()->set_datatype(in);
  description->mutable_output(0)->mutable_type()->mutable_multiarraytype()->set_datatype(out);
  auto* network = model.mutable_neuralnetwork();
  network->set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
  auto* layer = network->add_layers();
  layer->set_name("l");
  layer->add_input("x");
  layer->add_output("y");
  layer->mutable_activation()->mutable_linear()->set_alpha(1);
  return model;
}

std::vector<double> numbers() {
  std::vector<double> values = {0, -0.0, 1, -2, 1e-7, -3.0517578125e-5, 65504, -70000, 1e9};
  while (values.size() < kCount)
    values.push_back(std::ldexp(static_cast<double>(values.size()) - 40, 1) / 3);
  return values;
}

/// A number as an array of the type holds it.
double held(double x, MultiArrayDataType type) {
  switch (type) {
    case MultiArrayDataType::kFloat16:
      return half_to_float(float_to_half(static_cast<float>(x)));
    case MultiArrayDataType::kFloat32:
      return static_cast<float>(x);
    case MultiArrayDataType::kInt32:
      return std::clamp(std::trunc(x), -2147483648.0, 2147483647.0);
    default:
      return x;
  }
}

TEST(ArrayTypes, EveryTypeGoesInAndOut) {
  const TemporaryFolder folder;
  const std::vector<double> values = numbers();
  constexpr std::pair<MultiArrayDataType, spec::ArrayFeatureType::ArrayDataType> kTypes[] = {
      {MultiArrayDataType::kFloat16, spec::ArrayFeatureType::FLOAT16},
      {MultiArrayDataType::kFloat32, spec::ArrayFeatureType::FLOAT32},
      {MultiArrayDataType::kFloat64, spec::ArrayFeatureType::DOUBLE},
      {MultiArrayDataType::kInt32, spec::ArrayFeatureType::INT32}};
  for (const auto& [out, declared_out] : kTypes) {
    const auto path = folder.path() / "m.mlmodel";
    std::ofstream(path, std::ios::binary)
        << identity(spec::ArrayFeatureType::FLOAT32, declared_out).SerializeAsString();
    const auto model = Model::load(path);
    ASSERT_TRUE(model.ok()) << model.error().to_string();
    for (const auto& [in, declared_in] : kTypes) {
      MultiArray x = MultiArray::create(in, {kCount}).value();
      for (int64_t i = 0; i < kCount; ++i) x.set(i, held(values[static_cast<size_t>(i)], in));
      const auto result = model->predict({{"x", std::move(x)}});
      ASSERT_TRUE(result.ok()) << result.error().to_string();
      const MultiArray& y = (*result)["y"].multi_array();
      EXPECT_EQ(y.type(), out);
      for (int64_t i = 0; i < kCount; ++i) {
        const auto given = static_cast<float>(held(values[static_cast<size_t>(i)], in));
        EXPECT_EQ(y.at(i), held(given, out)) << "number " << i << ", from " << static_cast<int>(in)
                                             << " to " << static_cast<int>(out);
      }
    }
  }
}

}  // namespace
}  // namespace pome::testing
