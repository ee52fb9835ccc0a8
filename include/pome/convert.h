// Models of other frameworks become Core ML models.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pome/model_description.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// The element type of weights and activations in the written model.
enum class ConvertPrecision : int { kFloat32, kFloat16 };

/// What convert() is told. A plain value; the defaults suit a network that takes one picture.
struct ConvertOptions {
  /// "keras", or empty: found from the content of the source.
  std::string from;

  /// With labels the model becomes a classifier; their number must be that of the output's values
  /// (two labels also fit one sigmoid value p, which becomes [1-p, p]).
  std::vector<std::string> class_labels;
  /// Names of a classifier's two outputs.
  std::string predicted_feature_name = "classLabel";
  std::string probabilities_name = "classLabelProbs";

  /// New names in the source's order; empty keeps the source's (a single picture input is then
  /// named "image").
  std::vector<std::string> input_names;
  std::vector<std::string> output_names;

  /// Inputs that become pictures, by their new or their old names. Unset: the only input that looks
  /// like a picture, if there is exactly one (a note says so); an empty list: none.
  std::optional<std::vector<std::string>> image_inputs;
  /// A picture's channel becomes image_scale * value + bias, value in 0..255.
  float image_scale = 1;
  float red_bias = 0;
  float green_bias = 0;
  float blue_bias = 0;
  float gray_bias = 0;
  /// The network wants blue first.
  bool bgr = false;

  ConvertPrecision precision = ConvertPrecision::kFloat32;
  ModelMetadata metadata;

  /// Extents that the source leaves open, by input name, batch included, in the source's axis
  /// order: {"input_1", {1, 224, 224, 3}}.
  std::map<std::string, std::vector<int64_t>> input_shapes;
  /// The batch extent of inputs that leave it open; -1 keeps it open.
  int64_t batch = 1;

  /// The most bytes of weights that are read, and twice that for the process that reads HDF5.
  uint64_t memory_limit = uint64_t{4} << 30;

  /// Called with a stage ("reading", "translating", "writing") and the share done, 0 to 1, on the
  /// calling thread.
  std::function<void(std::string_view stage, double share)> progress;
};

/// What convert() did. A plain value.
struct ConversionReport {
  /// "Keras 2.4.0 model in HDF5", ...
  std::string source;
  /// The written model's description.
  ModelDescription description;
  /// Layers translated, nested ones included, each once; and their weights' number of values.
  int64_t layers = 0;
  int64_t parameters = 0;
  /// Whole sentences that a person should read: which input was taken for a picture, what could not
  /// be carried over exactly.
  std::vector<std::string> notes;
};

/// Converts the model file `source` and writes `destination`: its suffix chooses a neural network
/// (.mlmodel) or an ML program (.mlpackage). Nothing half-written is left behind, and an older
/// destination stays as it was unless all went well. The same source and options give the same
/// bytes. Runs no code from the source. Array inputs and outputs keep the source's shapes and axis
/// order, batch included; picture inputs are Core ML images. In libpome_convert.
/// Threads: calls may run side by side.
/// Errors: a layer that is not supported (named, with its place), a source that is damaged, holds
/// weights alone or is of no known kind, labels or names that do not fit, over the memory limit.
///
/// Example: `ConvertOptions o; o.class_labels = {"cat", "dog"}; o.image_scale = 2 / 255.f;
///           o.red_bias = o.green_bias = o.blue_bias = -1;
///           auto report = pome::convert("model.h5", "CatDog.mlmodel", o);`
Result<ConversionReport> convert(const std::filesystem::path& source,
                                 const std::filesystem::path& destination,
                                 const ConvertOptions& options = {});

}  // namespace pome

#pragma GCC visibility pop
