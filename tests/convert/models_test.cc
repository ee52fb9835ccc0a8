// Every model below tests/data/keras gives Keras' own numbers.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/convert/golden.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> model_files() {
  std::vector<std::string> files;
  for (const char* folder : {"keras1", "keras2", "keras224", "keras3"}) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(keras_data(folder), missing)) {
      fs::path golden = entry.path();
      golden.replace_extension(".golden");
      if (entry.path().extension() == ".golden" || !fs::exists(golden)) continue;
      files.push_back(std::string(folder) + "/" + entry.path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

class KerasModel : public ::testing::TestWithParam<std::string> {};

TEST_P(KerasModel, GivesKerasOwnNumbers) {
  const fs::path model = keras_data(GetParam());
  fs::path golden = model;
  golden.replace_extension(".golden");
  EXPECT_EQ(compare_with_keras(model, read_golden(golden)), "");
}

INSTANTIATE_TEST_SUITE_P(All, KerasModel, ::testing::ValuesIn(model_files()), test_name);

}  // namespace
}  // namespace pome::testing
