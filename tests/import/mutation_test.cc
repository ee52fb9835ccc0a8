// Damaged models that parse still: importing them neither crashes nor hangs.
//
// POME_MUTATIONS says how many per kind of model; 5,000 is the long form.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <iostream>

#include "base/file.h"
#include "format/model_file.h"
#include "format/save.h"
#include "import/description.h"
#include "import/mil/import_mil.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/import/mil/messages.h"
#include "tests/support/mutate.h"
#include "tests/support/mutate_message.h"
#include "tests/support/test_data.h"

namespace pome::import {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

// Of the processor's time, which does not grow when the machine is busy.
constexpr std::clock_t kLongest = 2 * CLOCKS_PER_SEC;

int mutations() {
  const char* wanted = std::getenv("POME_MUTATIONS");
  return wanted != nullptr ? std::atoi(wanted) : 300;
}

struct Outcome {
  int parsed = 0;
  int described = 0;
  int imported = 0;
};

void attempt(const Bytes& bytes, const format::WeightFiles& weights, Outcome& outcome) {
  const std::clock_t start = std::clock();
  const auto file = format::ModelFile::parse(bytes, nullptr);
  if (!file) return;
  ++outcome.parsed;
  auto description = read_description(file->model());
  if (!description) return;
  ++outcome.described;
  const std::string_view type = file->type_name();
  if (type == "mlProgram")
    outcome.imported += import_mil(file->model(), weights, *std::move(description)).ok();
  else if (type.starts_with("neuralNetwork"))
    outcome.imported +=
        import_neural_network(file->model(), file->share(), *std::move(description)).ok();
  ASSERT_LT(std::clock() - start, kLongest);
}

void attack(const Bytes& good, const format::WeightFiles& weights, const std::string& what) {
  testing::Mutator mutate_bytes(4);
  testing::MessageMutator mutate_fields(good, 5);
  Outcome outcome;
  const int n = mutations();
  for (int i = 0; i < n && !::testing::Test::HasFatalFailure(); ++i)
    attempt(i % 4 == 0 ? mutate_bytes(good) : mutate_fields(), weights, outcome);
  std::cout << what << ": " << n << " damaged models, " << outcome.parsed << " parsed, "
            << outcome.described << " described, " << outcome.imported << " imported\n";
  EXPECT_GE(outcome.parsed * 3, n) << "too few reach the importer";
}

TEST(Mutation, SmallProgram) {
  testing::MilModel m({1, 4, 6, 6});
  const auto type = testing::tensor_type(testing::mil::FLOAT32, {1, 4, 6, 6});
  m.add_const("w", testing::floats_value({4, 4, 1, 1}, std::vector<float>(16, 0.5f)));
  m.add("conv", "a", type, {{"x", "x"}, {"weight", "w"}});
  m.add("relu", "b", type, {{"x", "a"}});
  m.add("add", "c", type, {{"x", "b"}, {"y", "x"}});
  m.set_output("c");
  attack(format::serialize(m.model).value(), format::WeightFiles(), "small program");
}

TEST(Mutation, Superpoint) {
  const fs::path path = testing::test_data("models/mlpackage/superpoint.mlpackage");
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto file = format::ModelFile::load(path);
  ASSERT_TRUE(file);
  attack({file->bytes().begin(), file->bytes().end()}, file->weights(), "superpoint");
}

TEST(Mutation, NeuralNetworks) {
  const fs::path root = testing::test_data("models/mlmodel");
  if (!fs::exists(root)) GTEST_SKIP() << root << " is not there";
  for (const char* name : {"TinyDrawingEmbedding.mlmodel", "r4ghu_mnistCNN.mlmodel"})
    attack(read_file(root / name, 1u << 30).value(), format::WeightFiles(), name);
}

}  // namespace
}  // namespace pome::import
