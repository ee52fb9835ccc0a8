// What a model takes and gives.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pome/image.h"
#include "pome/multi_array.h"

#pragma GCC visibility push(default)

namespace pome {

/// The kinds of features Core ML knows.
enum class FeatureType : int {
  kInvalid = 0,
  kInt64,
  kDouble,
  kString,
  kImage,
  kMultiArray,
  kDictionary,
  kSequence,
  kState,
};
/// "Int64", "Double", "String", "Image", "MultiArray", "Dictionary", "Sequence", "State".
std::string_view to_string(FeatureType type);

/// Inclusive bounds of an extent; `upper` < 0 is unbounded.
struct SizeRange {
  int64_t lower = 1;
  int64_t upper = 1;
  bool contains(int64_t n) const { return n >= lower && (upper < 0 || n <= upper); }
};

/// What arrays a multi-array feature takes: exactly `shape`, or one of `enumerated`, or any in
/// `ranges` (one per axis).
struct MultiArrayConstraint {
  MultiArrayDataType data_type = MultiArrayDataType::kFloat32;
  /// The default shape; may be empty for outputs, whose shape the file need not state.
  std::vector<int64_t> shape;
  std::vector<std::vector<int64_t>> enumerated;
  std::vector<SizeRange> ranges;
  /// What an optional input that is not given is filled with.
  double default_value = 0;
};

/// The colour layout of an image feature.
enum class ColorLayout : int { kGrayscale = 10, kRgb = 20, kBgr = 30, kGrayscaleFloat16 = 40 };
std::string_view to_string(ColorLayout layout);

/// What pictures an image feature takes: width x height by default, or one of `enumerated` (width,
/// height), or within the ranges.
struct ImageConstraint {
  int64_t width = 0;
  int64_t height = 0;
  ColorLayout color = ColorLayout::kRgb;
  std::vector<std::pair<int64_t, int64_t>> enumerated;
  std::optional<SizeRange> width_range;
  std::optional<SizeRange> height_range;
};

/// One input or output. A plain value.
struct FeatureDescription {
  std::string name;
  std::string short_description;
  FeatureType type = FeatureType::kInvalid;
  bool optional = false;
  MultiArrayConstraint multi_array;  // of kMultiArray and kState
  ImageConstraint image;             // of kImage
  /// Of kDictionary and kSequence: true when keys (or elements) are int64, false for strings.
  bool int64_keys = false;
  /// Of kSequence: how many elements.
  SizeRange sequence_size{0, -1};

  /// "MultiArray (Float32, 1 x 224 x 224 x 3)", "Image (Color 224 x 224)", "Dictionary (String ->
  /// Double)": Xcode's way.
  std::string type_text() const;
};

/// Author, licence and the like.
struct ModelMetadata {
  std::string short_description;
  std::string version;
  std::string author;
  std::string license;
  std::map<std::string, std::string> user_defined;
};

/// The labels of a classifier: texts or numbers.
using ClassLabels = std::variant<std::vector<std::string>, std::vector<int64_t>>;

/// What one function of a multi-function ML program takes and gives. A plain value.
struct FunctionDescription {
  std::string name;
  std::vector<FeatureDescription> inputs;
  std::vector<FeatureDescription> outputs;
  std::vector<FeatureDescription> states;
  std::string predicted_feature_name;
  std::string predicted_probabilities_name;
};

/// Everything a model says of itself. A plain value.
struct ModelDescription {
  std::vector<FeatureDescription> inputs;
  std::vector<FeatureDescription> outputs;
  std::string predicted_feature_name;        // of classifiers and regressors
  std::string predicted_probabilities_name;  // of classifiers
  ModelMetadata metadata;
  int specification_version = 1;
  /// "neuralNetworkClassifier", "mlProgram", ...: the name of the format's Type member.
  std::string model_type;
  std::optional<ClassLabels> class_labels;

  /// Buffers that live from one prediction to the next.
  std::vector<FeatureDescription> states;
  /// True when the model may be trained further, with these inputs.
  bool updatable = false;
  std::vector<FeatureDescription> training_inputs;
  /// Of a multi-function ML program; empty otherwise. inputs, outputs and states above are then
  /// those of the default function (the first, when none is named).
  std::vector<FunctionDescription> functions;
  std::string default_function_name;

  /// Null when there is none of that name.
  const FeatureDescription* input(std::string_view name) const;
  const FeatureDescription* output(std::string_view name) const;
};

}  // namespace pome

#pragma GCC visibility pop
