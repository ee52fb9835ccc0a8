// What classes rely on: every model of the test data gives outputs of the types that its
// description states.
#include <gtest/gtest.h>

#include <algorithm>

#include "pome/model.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> models_below(const fs::path& folder) {
  std::vector<fs::path> models;
  for (auto at = fs::recursive_directory_iterator(folder); at != fs::end(at); ++at) {
    const std::string suffix = at->path().extension().string();
    if (suffix == ".mlmodel" || suffix == ".mlpackage") models.push_back(at->path());
    if (suffix == ".mlpackage") at.disable_recursion_pending();
  }
  std::sort(models.begin(), models.end());
  return models;
}

/// Dictionaries and sequences are told apart by their keys as well.
bool is_described(const FeatureValue& value, const FeatureDescription& f) {
  switch (f.type) {
    case FeatureType::kMultiArray: {
      const auto* array = value.get_if<MultiArray>();
      return array != nullptr && array->type() == f.multi_array.data_type;
    }
    case FeatureType::kDictionary:
      return f.int64_keys ? value.get_if<Int64Dictionary>() != nullptr
                          : value.get_if<StringDictionary>() != nullptr;
    case FeatureType::kSequence:
      return f.int64_keys ? value.get_if<std::vector<int64_t>>() != nullptr
                          : value.get_if<std::vector<std::string>>() != nullptr;
    default:
      return value.type() == f.type;
  }
}

TEST(TypedOutputs, AreOfTheDescribedTypes) {
  const fs::path folder = test_data("models");
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there";
  int predicted = 0;
  for (const fs::path& path : models_below(folder)) {
    auto model = Model::load(path);
    if (!model.ok()) continue;  // not every model can run
    auto inputs = model->example_inputs();
    auto outputs = inputs.ok() ? model->predict(*inputs) : std::move(inputs);
    if (!outputs.ok()) continue;
    ++predicted;
    for (const FeatureDescription& f : model->description().outputs) {
      const FeatureValue* value = outputs->find(f.name);
      ASSERT_NE(value, nullptr) << path << ": " << f.name;
      EXPECT_TRUE(is_described(*value, f)) << path << ": " << f.name << " is " << f.type_text();
    }
  }
  EXPECT_GE(predicted, 15);
}

}  // namespace
}  // namespace pome::testing
