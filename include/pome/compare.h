// Does a model give what another one, or a record, gives? And which op is the first that does not?
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// How compare() measures.
struct CompareOptions {
  /// The largest difference allowed, as a share of the largest magnitude in the reference's value.
  double tolerance = 1e-3;
  /// Rounds what each op of the model makes to float16 (not what the reference's ops make).
  bool emulate_float16 = false;
  /// Of both models.
  ModelConfiguration configuration;
};

/// How a value differs from the reference's. Over several inputs, the worst.
struct ValueDifference {
  std::string name;
  /// Of an array or picture; empty for others.
  std::vector<int64_t> shape;
  double max_absolute = 0;
  /// max_absolute over the largest magnitude in the reference; infinite where the reference is all
  /// zero and the value is not, or where one of the two is not finite and the other is.
  double max_relative = 0;
  /// Peak signal-to-noise ratio in dB: 10 log10(peak^2 / mean square error), peak the largest
  /// magnitude in the reference; infinite where they are equal.
  double psnr = 0;
  /// Whether the largest elements (of dictionaries: keys; of texts: the texts) are the same.
  bool argmax_agrees = true;
  bool within = true;
  /// Elements that are finite in neither of the two: where all are, equality says nothing.
  int64_t not_finite = 0;
};

/// Smallest and largest of the finite elements of a value, and how many are not finite.
struct ValueRange {
  std::string name;
  double min = 0;
  double max = 0;
  int64_t not_finite = 0;
};

/// The first op, in the order in which they run, whose result departs from the reference's.
struct Departure {
  /// Position among the ops that ran, from 0.
  int64_t position = 0;
  std::string op;
  std::string kind;
  ValueDifference difference;
  /// Of what the op read.
  std::vector<ValueRange> inputs;
  /// Where the result is not finite, what can be told of the cause: "input "x" reaches 12.4; 3
  /// elements of the result are not finite: float16 ends at 65504". Empty otherwise.
  std::string reason;
};

/// The result of compare(). A plain value.
struct Comparison {
  std::vector<ValueDifference> outputs;
  /// Set when an output departs and an op could be found.
  std::optional<Departure> first;
  /// Intermediate values that both have by name; 0 when none was looked at.
  int64_t matched_values = 0;
  /// Why no op could be found, where an output departs and `first` is empty.
  std::string no_first_reason;
  /// All outputs are within the tolerance.
  bool within = true;
};

/// Predicts each element of `inputs` (at least one) with both and compares outputs of the same
/// name, or the only outputs where both have one. Where one departs and both are networks, runs
/// both op by op on the element that departs most and finds the first value, matched by name, that
/// departs. Models with states start from zero and keep them from element to element; ops are
/// looked into where the first element departs. Errors: as Model::load() and predict(), with the
/// path as place; no output in common; float16 emulated of a model with states on several elements.
Result<Comparison> compare(const std::filesystem::path& model,
                           const std::filesystem::path& reference,
                           std::span<const FeatureProvider> inputs,
                           const CompareOptions& options = {});

/// The same against recorded values of one prediction: outputs, and intermediate ones by the names
/// that the model's ops have.
Result<Comparison> compare(const std::filesystem::path& model, const FeatureProvider& recorded,
                           const FeatureProvider& inputs, const CompareOptions& options = {});

/// Inputs that fit a description: arrays uniform in [-1, 1), whole numbers for integer arrays,
/// pictures of noise; other types as Model::example_inputs() has them. The same seed gives the same
/// inputs. Errors: an input of a type that no example can be made for.
Result<FeatureProvider> random_inputs(const ModelDescription& description, uint64_t seed);

}  // namespace pome

#pragma GCC visibility pop
