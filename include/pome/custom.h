// Layers and models whose code is the caller's own: Core ML's MLCustomLayer and MLCustomModel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/multi_array.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// One parameter that a file states for a custom layer or model.
using CustomParameter = std::variant<double, std::string, int64_t, bool, std::vector<std::byte>>;
/// Parameters by name.
using CustomParameters = std::map<std::string, CustomParameter, std::less<>>;

/// What a custom layer is made from. A plain value.
struct CustomLayerSource {
  /// The class that the file names, and the layer's own name.
  std::string class_name;
  std::string layer_name;
  CustomParameters parameters;
  /// As the file stores them, each of one axis: float32 or float16 numbers; quantised or raw bytes
  /// as int8.
  std::vector<MultiArray> weights;
};

/// An input of a custom layer: row-major numbers that live until evaluate() returns.
struct CustomInput {
  std::span<const float> values;
  std::span<const int64_t> shape;
};

/// An output of a custom layer: zeros that evaluate() writes over. Its shape is the one that
/// output_shapes() gave.
struct CustomOutput {
  std::span<float> values;
  std::span<const int64_t> shape;
};

/// A layer of a neural network that the caller evaluates. Shapes have the axes of the network that
/// the layer stands in: [Seq, Batch, C, H, W] in networks of five axes, else as many as the inputs
/// have. Threads: both functions may be called from many threads at once. Errors, exceptions
/// included, end the load or the prediction and carry the layer's name.
///
/// Example:
///   struct Swish : pome::CustomLayer {
///     pome::Result<std::vector<std::vector<int64_t>>> output_shapes(
///         const std::vector<std::vector<int64_t>>& inputs) const override { return inputs; }
///     pome::Status evaluate(std::span<const pome::CustomInput> in,
///                           std::span<const pome::CustomOutput> out) const override {
///       for (size_t i = 0; i < in[0].values.size(); ++i)
///         out[0].values[i] = in[0].values[i] / (1 + std::exp(-in[0].values[i]));
///       return {};
///     }
///   };
///   pome::ModelConfiguration c;
///   c.custom_layers["Swish"] = [](const pome::CustomLayerSource&) {
///     return std::make_unique<Swish>(); };
class CustomLayer {
 public:
  virtual ~CustomLayer() = default;
  /// The shape of each output for inputs of these shapes. Asked at load, and again for inputs of
  /// other shapes.
  virtual Result<std::vector<std::vector<int64_t>>> output_shapes(
      const std::vector<std::vector<int64_t>>& input_shapes) const = 0;
  /// Computes all outputs.
  virtual Status evaluate(std::span<const CustomInput> inputs,
                          std::span<const CustomOutput> outputs) const = 0;
};

/// What a custom model is made from. A plain value.
struct CustomModelSource {
  /// The class that the file names.
  std::string class_name;
  ModelDescription description;
  CustomParameters parameters;
};

/// A model that the caller evaluates, alone or as part of a pipeline. Threads: predict() may be
/// called from many threads at once. Errors, exceptions included, end the prediction.
class CustomModel {
 public:
  virtual ~CustomModel() = default;
  /// Inputs are checked against the description before; every output that it names must be made.
  virtual Result<FeatureProvider> predict(const FeatureProvider& inputs) const = 0;
};

/// Makes a layer or a model that a file holds, while it is loaded; a layer is made again when its
/// network is compiled for inputs of other shapes. Null is an error.
using CustomLayerFactory =
    std::function<Result<std::unique_ptr<CustomLayer>>(const CustomLayerSource& source)>;
/// Factories by the class names that files state.
using CustomLayerFactories = std::map<std::string, CustomLayerFactory>;
using CustomModelFactory =
    std::function<Result<std::unique_ptr<CustomModel>>(const CustomModelSource& source)>;

}  // namespace pome

#pragma GCC visibility pop
