// Every model below tests/data/keras gives Keras' own numbers.
#include <gtest/gtest.h>

#include "tests/convert/golden.h"

namespace pome::testing {
namespace {

class KerasModel : public ::testing::TestWithParam<std::string> {};

TEST_P(KerasModel, GivesKerasOwnNumbers) {
  const std::filesystem::path model = keras_data(GetParam());
  std::filesystem::path golden = model;
  golden.replace_extension(".golden");
  EXPECT_EQ(compare_with_keras(model, read_golden(golden)), "");
}

INSTANTIATE_TEST_SUITE_P(All, KerasModel, ::testing::ValuesIn(golden_models()), golden_test_name);

}  // namespace
}  // namespace pome::testing
