// Models that Keras wrote, with Keras' own outputs beside them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "convert/translate_file.h"
#include "tests/support/evaluate.h"

namespace pome::testing {

/// One input or output of a golden.
struct GoldenTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

/// What tools/goldens/keras_golden.py wrote.
struct Golden {
  std::vector<GoldenTensor> inputs;
  std::vector<GoldenTensor> outputs;
  double tolerance = 1e-4;  // relative
};

/// tests/data/keras/`name`
std::filesystem::path keras_data(const std::string& name);
/// All models there that have a golden: "keras3/conv2d.h5", ...
std::vector<std::string> golden_models();
/// The same as the name of a test.
std::string golden_test_name(const ::testing::TestParamInfo<std::string>& info);
Golden read_golden(const std::filesystem::path& path);

/// Options that leave every input an array.
ConvertOptions as_arrays();

/// Translates the model, runs it with the references on the golden's inputs, and compares every
/// output (or those named in `only`) with Keras' own: "" when all are within the tolerance, else
/// what differs.
std::string compare_with_keras(const std::filesystem::path& model, const Golden& golden,
                               const std::set<std::string>& only = {});

/// A name as the converter writes it.
std::string mil_name(std::string name);

}  // namespace pome::testing
