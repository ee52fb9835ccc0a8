// Damaged models of the learned types that parse still: making and running them neither crashes nor
// hangs.
//
// POME_MUTATIONS says how many per type; 5,000 is the long form.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <iostream>

#include "format/model_file.h"
#include "tests/classic/learned.h"
#include "tests/support/mutate_message.h"

namespace pome::testing {
namespace {

// Of the processor's time, which does not grow when the machine is busy.
constexpr std::clock_t kLongest = 2 * CLOCKS_PER_SEC;

int mutations() {
  const char* wanted = std::getenv("POME_MUTATIONS");
  return wanted != nullptr ? std::atoi(wanted) : 300;
}

/// Something for every input: small numbers.
/// Damaged shapes may multiply to more than there is memory, or than 64 bits.
double elements_of(const std::vector<int64_t>& shape) {
  double elements = 1;
  for (const int64_t extent : shape) elements *= static_cast<double>(extent);
  return elements;
}

FeatureValue some_value(const FeatureDescription& input) {
  switch (input.type) {
    case FeatureType::kMultiArray: {
      if (elements_of(input.multi_array.shape) > 1 << 20) return MultiArray();
      auto array = MultiArray::create(MultiArrayDataType::kFloat32, input.multi_array.shape);
      if (!array.ok()) return MultiArray();
      for (int64_t i = 0; i < array->size(); ++i) array->set(i, static_cast<double>(i % 3));
      return *std::move(array);
    }
    case FeatureType::kDictionary:
      if (input.int64_keys) return Int64Dictionary{{10, 1.0}, {20, 2.0}};
      return StringDictionary{{"apple", 1.0}, {"flour", 2.0}};
    case FeatureType::kSequence:
      if (input.int64_keys) return std::vector<int64_t>{10, 30};
      return std::vector<std::string>{"bread"};
    default:
      return 1;
  }
}

struct Outcome {
  int parsed = 0;
  int made = 0;
  int predicted = 0;
};

void attempt(std::span<const std::byte> bytes, Outcome& outcome) {
  const std::clock_t start = std::clock();
  const auto file = format::ModelFile::parse(bytes, nullptr);
  if (!file.ok()) return;
  ++outcome.parsed;
  const auto predictor = make_predictor(file->model());
  if (predictor.ok()) {
    ++outcome.made;
    FeatureProvider inputs;
    for (const FeatureDescription& input : (*predictor)->description().inputs)
      inputs.set(input.name, some_value(input));
    outcome.predicted += (*predictor)->predict(inputs, {}).ok();
    const std::vector<FeatureProvider> batch(10, inputs);
    outcome.predicted += (*predictor)->predict_batch(batch, {}).ok();
  }
  ASSERT_LT(std::clock() - start, kLongest);
}

class LearnedMutation : public ::testing::TestWithParam<const char*> {};

TEST_P(LearnedMutation, NeitherCrashesNorHangs) {
  const std::string text = read_model(std::string(GetParam()) + ".mlmodel").SerializeAsString();
  MessageMutator mutate(std::as_bytes(std::span(text.data(), text.size())), 5);
  Outcome outcome;
  const int n = mutations();
  for (int i = 0; i < n && !HasFatalFailure(); ++i) attempt(mutate(), outcome);
  std::cout << GetParam() << ": " << n << " damaged models, " << outcome.parsed << " parsed, "
            << outcome.made << " made, " << outcome.predicted / 2 << " predicted\n";
  EXPECT_GE(outcome.parsed * 3, n) << "too few reach the type";
}

INSTANTIATE_TEST_SUITE_P(Types, LearnedMutation,
                         ::testing::Values("linear_regression", "logistic_3_texts", "multinomial_3",
                                           "svr_poly", "libsvm_rbf_3", "boosting_regressor",
                                           "forest_classifier_3", "xgboost_2", "neighbours_inverse",
                                           "tables/bayesian", "tables/recommender_texts",
                                           "tables/recommender_numbers"),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (char& c : name) c = c == '/' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace pome::testing
