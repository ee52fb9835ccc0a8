// Layers that code of the caller's evaluates.
#include <array>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "base/user_code.h"
#include "import/neuralnetwork/layers.h"
#include "ops/custom.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Value = spec::CustomLayerParams::CustomLayerParamValue;

/// The caller's layer behind the op's interface: exceptions become Errors, shapes are checked.
class BoundLayer final : public ops::CustomFunction {
 public:
  BoundLayer(const std::string& class_name, std::string name, size_t outputs, int axes,
             std::unique_ptr<CustomLayer> layer)
      : who_("the custom layer " + quoted(class_name)),
        name_(std::move(name)),
        outputs_(outputs),
        axes_(axes),
        layer_(std::move(layer)) {}

  Result<std::vector<Shape>> output_shapes(std::span<const Shape> inputs) const override {
    std::vector<std::vector<int64_t>> given;
    for (const Shape& shape : inputs) given.emplace_back(shape.begin(), shape.end());
    POME_ASSIGN(const auto made,
                call_user_code(who_, [&] { return layer_->output_shapes(given); }));
    if (made.size() != outputs_) {
      return Error(ErrorCode::kInvalidArgument, who_ + " gives the shapes of " +
                                                    std::to_string(made.size()) +
                                                    " outputs, it has " + std::to_string(outputs_));
    }
    std::vector<Shape> shapes;
    for (const std::vector<int64_t>& extents : made) {
      POME_ASSIGN(Shape shape, checked(extents));
      shapes.push_back(shape);
    }
    return shapes;
  }

  Status evaluate(std::span<const ops::TensorView> inputs, ops::Outputs outputs) const override {
    std::vector<CustomInput> in;
    std::vector<CustomOutput> out;
    for (const ops::TensorView& x : inputs)
      in.push_back({{x.as<float>(), static_cast<size_t>(x.elements())}, x.shape.dims()});
    for (const ops::TensorView& y : outputs) {
      const auto count = static_cast<size_t>(y.elements());
      if (count > 0) std::memset(y.data, 0, count * sizeof(float));
      out.push_back({{y.as<float>(), count}, y.shape.dims()});
    }
    Status status = call_user_code(who_, [&] { return layer_->evaluate(in, out); });
    if (!status.ok()) return std::move(status).error().at("layer " + quoted(name_));
    return status;
  }

 private:
  Result<Shape> checked(const std::vector<int64_t>& extents) const {
    const size_t rank = extents.size();
    const bool fits = axes_ > 0 ? rank == static_cast<size_t>(axes_)
                                : rank >= 1 && rank <= static_cast<size_t>(Shape::kMaxRank);
    if (!fits) {
      return Error(ErrorCode::kInvalidArgument,
                   who_ + " gives an output of " + std::to_string(rank) + " axes, " +
                       (axes_ > 0 ? std::to_string(axes_) + " (Seq, Batch, C, H, W) are expected"
                                  : "1 to " + std::to_string(Shape::kMaxRank) + " are expected"));
    }
    Shape shape(std::span<const int64_t>(extents.data(), rank));
    if (!shape.checked_elements()) {
      return Error(ErrorCode::kInvalidArgument,
                   who_ + " gives an output of shape " + shape.to_string() +
                       ", which is negative or has more elements than 64 bits count");
    }
    return shape;
  }

  std::string who_;
  std::string name_;  // the layer's
  size_t outputs_;
  int axes_;  // that every output must have; 0: any number
  std::unique_ptr<CustomLayer> layer_;
};

Result<CustomParameter> parameter_of(const Value& value) {
  switch (value.value_case()) {
    case Value::kDoubleValue:
      return CustomParameter(value.doublevalue());
    case Value::kStringValue:
      return CustomParameter(value.stringvalue());
    case Value::kIntValue:
      return CustomParameter(int64_t{value.intvalue()});
    case Value::kLongValue:
      return CustomParameter(int64_t{value.longvalue()});
    case Value::kBoolValue:
      return CustomParameter(value.boolvalue());
    default:
      return Error(ErrorCode::kInvalidModel, "the parameter has no value");
  }
}

/// As the file stores them.
Result<MultiArray> weights_of(const spec::WeightParams& w) {
  const auto bytes = [](MultiArrayDataType type, size_t size, const std::string& text) {
    return MultiArray::from_bytes(type, {static_cast<int64_t>(text.size() / size)},
                                  std::as_bytes(std::span(text)));
  };
  if (!w.float16value().empty()) return bytes(MultiArrayDataType::kFloat16, 2, w.float16value());
  if (!w.rawvalue().empty()) return bytes(MultiArrayDataType::kInt8, 1, w.rawvalue());
  if (!w.int8rawvalue().empty()) return bytes(MultiArrayDataType::kInt8, 1, w.int8rawvalue());
  return MultiArray::from_floats({w.floatvalue_size()},
                                 {w.floatvalue().data(), static_cast<size_t>(w.floatvalue_size())});
}

Result<CustomLayerSource> source_of(const Layer& layer) {
  const spec::CustomLayerParams& message = layer.custom();
  CustomLayerSource source{message.classname(), layer.name(), {}, {}};
  for (const auto& [name, value] : message.parameters()) {
    Result<CustomParameter> parameter = parameter_of(value);
    if (!parameter.ok()) return std::move(parameter).error().at("parameter " + quoted(name));
    source.parameters.emplace(name, *std::move(parameter));
  }
  for (int i = 0; i < message.weights_size(); ++i) {
    Result<MultiArray> weights = weights_of(message.weights(i));
    if (!weights.ok()) return std::move(weights).error().at("weights " + std::to_string(i));
    source.weights.push_back(*std::move(weights));
  }
  return source;
}

Error unregistered(const std::string& class_name, const CustomLayerFactories* factories) {
  std::vector<std::string> names;
  if (factories != nullptr)
    for (const auto& [name, factory] : *factories) names.push_back(name);
  return Error(ErrorCode::kUnsupported,
               "the layer is evaluated by code of its author's, class " + quoted(class_name) +
                   "; register it in ModelConfiguration::custom_layers. Registered are " +
                   quoted_list(names) + "." + did_you_mean(class_name, names));
}

Result<std::shared_ptr<const ops::CustomFunction>> bind(const Layer& layer, bool exact,
                                                        const CustomLayerFactories* factories) {
  const std::string& class_name = layer.custom().classname();
  if (factories == nullptr || factories->count(class_name) == 0)
    return unregistered(class_name, factories);
  POME_ASSIGN(const CustomLayerSource source, source_of(layer));
  const std::string who = "the custom layer " + quoted(class_name);
  POME_ASSIGN(std::unique_ptr<CustomLayer> made,
              call_user_code(who, [&] { return factories->at(class_name)(source); }));
  if (made == nullptr)
    return Error(ErrorCode::kInvalidArgument, "what makes " + who + " made none");
  return std::shared_ptr<const ops::CustomFunction>(std::make_shared<BoundLayer>(
      class_name, layer.name(), static_cast<size_t>(layer.output_size()), exact ? 0 : 5,
      std::move(made)));
}

void custom(Lowering& l) {
  if (!l.check_inputs(1, 1024)) return;
  auto function = bind(l.layer(), l.exact(), l.custom_layers());
  if (!function.ok()) return l.builder().fail(std::move(function).error());
  std::vector<ir::Operand> inputs;
  for (int i = 0; i < l.inputs(); ++i) {
    ir::Value* x = l.exact() ? l.in(i) : l.sequence(l.in(i));
    if (x != nullptr && x->type().dtype() != ir::DType::kFp32) x = l.cast(x, "fp32");
    if (x == nullptr) return;
    inputs.emplace_back(x);
  }
  ir::Op* op = l.add_op(
      "pome.custom", {{"x", ops::Arg(std::move(inputs))},
                      {"layer", ops::custom_function(l.layer().custom().classname(), *function)}});
  if (op == nullptr) return;
  for (size_t i = 0; i < op->outputs().size(); ++i) {
    ir::Value* y = op->output(i);
    l.out(l.exact() ? y : l.from_sequence(y), static_cast<int>(i));
  }
}

constexpr auto kCustomRows = std::to_array<LayerRow>({{Layer::kCustom, custom}});

}  // namespace

std::span<const LayerRow> custom_layers() { return kCustomRows; }

}  // namespace pome::import
