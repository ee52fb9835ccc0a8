// Load a Core ML model and predict: start here.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pome/compute_plan.h"
#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"
#include "pome/state.h"

#pragma GCC visibility push(default)

namespace pome {

/// Weight files in memory, by name.
using WeightBlobs = std::map<std::string, std::vector<std::byte>>;

/// A loaded model, ready to predict. Immutable: copies share it, and predict() may be called from
/// many threads at once.
///
/// Example:
///   auto model = pome::Model::load("CatDog.mlmodel").value();
///   auto out = model.predict({{"image", photo}}).value();
///   std::cout << out["classLabel"].string() << '\n';
class Model {
 public:
  /// Loads and compiles a `.mlmodel` file or `.mlpackage` folder. Runs no code from it and touches
  /// no path outside it. Errors: no such file, not a Core ML model (says what it is instead),
  /// damaged, a layer or op that is not supported (named, with its place), over a limit of the
  /// configuration.
  static Result<Model> load(const std::filesystem::path& path,
                            const ModelConfiguration& configuration = {});

  /// The same from memory: the bytes of an .mlmodel (or of a package's model file), and the weight
  /// files that it refers to, by the path below the model's folder ("weights/weight.bin") or by
  /// plain name. Both are copied.
  static Result<Model> load(std::span<const std::byte> specification, const WeightBlobs& weights,
                            const ModelConfiguration& configuration = {});

  /// What the model takes and gives, and how it was loaded; both live as long as any copy of the
  /// model.
  const ModelDescription& description() const;
  const ModelConfiguration& configuration() const;

  /// One prediction. Every input that is not optional must be there; a multi-array must have the
  /// declared shape (any element type, it is converted); a picture of any size is fitted by
  /// options.crop_and_scale. Outputs come in the description's order. Thread-safe. Errors: a
  /// missing, unknown or ill-shaped input, named, with both values; kMissingInput for a model with
  /// states, which predicts with a State.
  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options = {}) const;
  /// A fresh state of a stateful model, all zeros; without buffers for others. kLimitExceeded when
  /// it is over the configuration's memory_limit.
  Result<State> make_state() const;
  /// One prediction that reads `state` and leaves in it what the model wrote; where it fails the
  /// state stays as it was (but for parts of a pipeline that were through). The state may come from
  /// another model whose states have the same names, types and shapes: another function of the
  /// program, say. Errors: as above; kInvalidArgument while another prediction uses the state.
  Result<FeatureProvider> predict(const FeatureProvider& inputs, State& state,
                                  const PredictionOptions& options = {}) const;
  /// One prediction for each element; the first error names its index. Not for models with states.
  Result<std::vector<FeatureProvider>> predict(std::span<const FeatureProvider> batch,
                                               const PredictionOptions& options = {}) const;

  /// What runs where: one entry a step, with the kernel chosen and why faster ones were not.
  ComputePlan compute_plan() const;
  /// Predicts `runs` times (at least 1) and returns the plan's steps with the median milliseconds
  /// of each.
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options = {}) const;
  /// Inputs of the right types and shapes: arrays of small numbers, a gray picture, empty texts and
  /// dictionaries. For benchmarks and self-checks.
  Result<FeatureProvider> example_inputs() const;

 private:
  struct Impl;
  explicit Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace pome

#pragma GCC visibility pop
