// Recorded inputs and outputs of a real model (data/reference/<model>/case.json).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/shape.h"
#include "pome/result.h"

namespace pome::testing {

/// Numbers with a shape, row-major. Of an expected output `step` tells which elements of the whole
/// output they are: every step[i]-th along axis i; `full` is the whole output's shape.
struct RecordedArray {
  Shape shape;
  std::vector<double> values;
  Shape full;
  std::vector<int64_t> step;
};

using Probabilities = std::map<std::string, double>;
/// An array (also of a picture: [1,C,H,W], 0..255, channels red, green, blue), a dictionary, a text
/// or a number.
using RecordedValue = std::variant<RecordedArray, Probabilities, std::string, double>;
using RecordedFeatures = std::map<std::string, RecordedValue>;

struct ReferenceCases {
  std::filesystem::path model;
  double abs = 0;
  double rel = 0;
  std::vector<RecordedFeatures> inputs;
  std::vector<RecordedFeatures> expected;
  /// Paths of the inputs' pictures: one map per case, by feature.
  std::vector<std::map<std::string, std::filesystem::path>> pictures;
};

/// Reads `folder`/case.json and the files it names.
Result<ReferenceCases> read_reference_cases(const std::filesystem::path& folder);

/// A .npy file of fp32 or fp64 numbers, in C or Fortran order.
Result<RecordedArray> read_npy(const std::filesystem::path& file);
/// A .png file as [1,C,H,W], C 1 or 3, 0..255.
Result<RecordedArray> read_png(const std::filesystem::path& file);

}  // namespace pome::testing
