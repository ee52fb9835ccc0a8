// Operators that stand in a graph as layers: Python arithmetic and keras.ops of Keras 3, and the
// TFOpLambda of Keras 2.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "convert/keras/activation.h"
#include "convert/keras/layers/common.h"
#include "convert/keras/names.h"

namespace pome::keras {
namespace {

using ops::Arg;

/// An operand as a tensor or as a constant with its shape.
struct Side {
  std::optional<Tensor> tensor;
  Array constant;
};

Result<Side> operand(const LayerContext& c, size_t position, std::string_view one,
                     std::string_view other) {
  const Argument* given = c.argument(position, one);
  if (given == nullptr) given = c.argument(position, other);
  Side operand;
  if (given != nullptr && given->tensor) {
    operand.tensor = given->tensor;
    return operand;
  }
  const Json* value = given == nullptr ? nullptr : given->constant;
  if (value != nullptr && !value->is_null()) {
    const Json holder = {{"value", *value}};
    Config config(holder);
    std::vector<int64_t> dims;
    const std::vector<float> values = config.numbers("value", dims);
    if (config.status().ok()) {
      POME_ASSIGN(operand.constant, Array::from(dims, values));
      return operand;
    }
  }
  return Error(ErrorCode::kUnsupported,
               "its operand " + std::to_string(position + 1) +
                   (value == nullptr ? " is missing" : " is " + excerpt(*value)) +
                   ", a tensor, a number or a list of numbers is supported");
}

Result<Tensor> arithmetic(LayerContext& c, std::string_view kind) {
  POME_ASSIGN(const Side x, operand(c, 0, "x1", "x"));
  POME_ASSIGN(const Side y, operand(c, 1, "x2", "y"));
  if (x.tensor && y.tensor) return c.w.binary(kind, *x.tensor, *y.tensor);
  if (x.tensor) return c.w.binary(kind, *x.tensor, y.constant);
  if (!y.tensor) return Error(ErrorCode::kInvalidModel, "none of its operands is a tensor");
  if (x.constant.size() == 1)
    return c.w.binary(kind, static_cast<double>(x.constant.values()[0]), *y.tensor);
  return c.w.binary(kind, x.constant, *y.tensor);
}

Result<Tensor> add(LayerContext& c) { return arithmetic(c, "add"); }
Result<Tensor> subtract(LayerContext& c) { return arithmetic(c, "sub"); }
Result<Tensor> multiply(LayerContext& c) { return arithmetic(c, "mul"); }
Result<Tensor> divide(LayerContext& c) { return arithmetic(c, "real_div"); }
Result<Tensor> maximum(LayerContext& c) { return arithmetic(c, "maximum"); }
Result<Tensor> minimum(LayerContext& c) { return arithmetic(c, "minimum"); }
Result<Tensor> power(LayerContext& c) { return arithmetic(c, "pow"); }

Result<Tensor> only(const LayerContext& c) {
  POME_ASSIGN(const Side x, operand(c, 0, "x", "features"));
  if (!x.tensor) return Error(ErrorCode::kInvalidModel, "its operand is no tensor");
  return *x.tensor;
}

Result<Tensor> unary(LayerContext& c, std::string_view kind) {
  POME_ASSIGN(const Tensor x, only(c));
  return c.w.each(kind, x);
}

Result<Tensor> absolute(LayerContext& c) { return unary(c, "abs"); }
Result<Tensor> square_root(LayerContext& c) { return unary(c, "sqrt"); }
Result<Tensor> exponential(LayerContext& c) { return unary(c, "exp"); }
Result<Tensor> square(LayerContext& c) { return unary(c, "square"); }

Result<Tensor> logarithm(LayerContext& c) {
  POME_ASSIGN(const Tensor x, only(c));
  return c.w.each("log", x, {{"epsilon", 0.0}});
}

Result<Tensor> negative(LayerContext& c) {
  POME_ASSIGN(const Tensor x, only(c));
  return c.w.binary("mul", x, -1.0);
}

/// Any activation function under its operator's name.
Result<Tensor> function(LayerContext& c) {
  POME_ASSIGN(const Tensor x, only(c));
  return activation(c, snake_case(c.layer.class_name), c.config, x);
}

Result<Tensor> clip(LayerContext& c) {
  POME_ASSIGN(const Tensor x, only(c));
  const double low = c.config.number("x_min", -3.4e38);
  const double high = c.config.number("x_max", 3.4e38);
  POME_TRY(c.config.status());
  return c.w.each("clip", x, {{"alpha", low}, {"beta", high}});
}

Result<Tensor> reduce(LayerContext& c, std::string_view kind) {
  POME_ASSIGN(const Tensor given, only(c));
  auto axes = c.config.integers("axis", -Shape::kMaxRank, Shape::kMaxRank);
  const bool keep = c.config.flag("keepdims", false);
  POME_TRY(c.config.status());
  Tensor x = c.w.not_flat(given);
  if (!keep) x = c.w.plain(x);
  if (!c.w.ok()) return Tensor{};
  const int rank = Writer::shape(x).rank();
  std::vector<int64_t> places;
  for (int axis = 0; axes.empty() && axis < rank; ++axis) places.push_back(axis);
  for (int64_t axis : axes) {
    const auto place = normalize_axis(axis, rank);
    if (!place)
      return Error(ErrorCode::kInvalidModel, "axis " + std::to_string(axis) + " is outside");
    places.push_back(Writer::place_of(x, *place));
  }
  std::sort(places.begin(), places.end());
  return Tensor{c.w.op(kind, {{"x", x.value}, {"axes", Arg::ints(places)}, {"keep_dims", keep}}),
                x.layout,
                {}};
}

Result<Tensor> mean(LayerContext& c) { return reduce(c, "reduce_mean"); }
Result<Tensor> sum(LayerContext& c) { return reduce(c, "reduce_sum"); }
Result<Tensor> largest(LayerContext& c) { return reduce(c, "reduce_max"); }
Result<Tensor> smallest(LayerContext& c) { return reduce(c, "reduce_min"); }

Result<Tensor> reshape(LayerContext& c) {
  POME_ASSIGN(const Tensor x, only(c));
  const auto wanted = c.config.integers("newshape", -1, int64_t{1} << 40);
  POME_TRY(c.config.status());
  const Shape s = Writer::shape(x);
  const auto extents = s.known() ? fill_extents(s.elements(), wanted) : std::vector<int64_t>();
  if (extents.empty() || extents.size() > Shape::kMaxRank) {
    return Error(ErrorCode::kUnsupported, "a tensor of shape " + s.to_string() +
                                              " cannot be given the shape " +
                                              translate::extents_text(wanted));
  }
  return c.w.reshape(x, Shape(std::span<const int64_t>(extents)));
}

Result<Tensor> transpose(LayerContext& c) {
  POME_ASSIGN(const Tensor x, only(c));
  auto perm = c.config.integers("axes", -Shape::kMaxRank, Shape::kMaxRank);
  POME_TRY(c.config.status());
  const int rank = Writer::shape(x).rank();
  for (int i = rank - 1; !c.config.has("axes") && i >= 0; --i) perm.push_back(i);
  return c.w.transpose(x, perm);
}

Result<Tensor> concatenate(LayerContext& c) {
  for (const LayerKind& row : merge_layers())
    if (row.class_name == "Concatenate") return row.translate(c);
  return Error(ErrorCode::kInternal, "the table of layers has no Concatenate");
}

/// What TensorFlow's functions are called in the table below.
constexpr std::pair<std::string_view, std::string_view> kTensorFlow[] = {
    {"__operators__.add", "Add"},
    {"math.add", "Add"},
    {"math.subtract", "Subtract"},
    {"math.multiply", "Multiply"},
    {"math.truediv", "TrueDivide"},
    {"math.divide", "TrueDivide"},
    {"math.maximum", "Maximum"},
    {"math.minimum", "Minimum"},
    {"math.pow", "Power"},
    {"math.negative", "Negative"},
    {"math.abs", "Absolute"},
    {"math.sqrt", "Sqrt"},
    {"math.exp", "Exp"},
    {"math.square", "Square"},
    {"math.sigmoid", "Sigmoid"},
    {"nn.sigmoid", "Sigmoid"},
    {"math.tanh", "Tanh"},
    {"nn.tanh", "Tanh"},
    {"nn.relu", "Relu"},
    {"nn.relu6", "Relu6"},
    {"nn.silu", "Silu"},
    {"nn.swish", "Silu"},
    {"nn.elu", "Elu"},
    {"nn.selu", "Selu"},
    {"nn.softplus", "Softplus"},
    {"math.softplus", "Softplus"},
    {"nn.softsign", "Softsign"},
};

Result<Tensor> tensorflow_function(LayerContext& c) {
  const std::string name = c.config.text("function", "");
  const auto* const found = std::find_if(std::begin(kTensorFlow), std::end(kTensorFlow),
                                         [&](const auto& row) { return row.first == name; });
  if (found == std::end(kTensorFlow))
    return Error(ErrorCode::kUnsupported,
                 "the TensorFlow function " + pome::quoted(name) + " is not supported");
  for (const auto& [keyword, value] : c.kwargs) {
    const bool operand_name = keyword == "x" || keyword == "y" || keyword == "features";
    const bool absent = value.constant != nullptr && value.constant->is_null();
    if (!operand_name && !absent && keyword != "name")
      return Error(ErrorCode::kUnsupported, "the TensorFlow function " + pome::quoted(name) +
                                                " with " + pome::quoted(keyword) +
                                                " is not supported");
  }
  Layer inner;
  inner.name = c.layer.name;
  inner.class_name = found->second;
  inner.config = Json::object();
  for (const LayerKind& row : operator_layers()) {
    if (row.class_name != inner.class_name) continue;
    LayerContext within{c.w,      c.source, inner,    Config(inner.config),
                        c.inputs, c.args,   c.kwargs, c.notes};
    return row.translate(within);
  }
  return Error(ErrorCode::kInternal, "the table of operators has no " + inner.class_name);
}

constexpr LayerKind kOperators[] = {
    {"Add", add, nullptr, 0},
    {"Subtract", subtract, nullptr, 0},
    {"Multiply", multiply, nullptr, 0},
    {"TrueDivide", divide, nullptr, 0},
    {"Divide", divide, nullptr, 0},
    {"Maximum", maximum, nullptr, 0},
    {"Minimum", minimum, nullptr, 0},
    {"Power", power, nullptr, 0},
    {"Negative", negative, nullptr, 0},
    {"Absolute", absolute, nullptr, 0},
    {"Abs", absolute, nullptr, 0},
    {"Sqrt", square_root, nullptr, 0},
    {"Exp", exponential, nullptr, 0},
    {"Log", logarithm, nullptr, 0},
    {"Square", square, nullptr, 0},
    {"Clip", clip, nullptr, 0},
    {"Mean", mean, nullptr, 0},
    {"Sum", sum, nullptr, 0},
    {"Max", largest, nullptr, 0},
    {"Min", smallest, nullptr, 0},
    {"Reshape", reshape, nullptr, 0},
    {"Transpose", transpose, nullptr, 0},
    {"Concatenate", concatenate, nullptr, 0},
    {"Relu", function, nullptr, 0},
    {"Relu6", function, nullptr, 0},
    {"LeakyRelu", function, nullptr, 0},
    {"Elu", function, nullptr, 0},
    {"Selu", function, nullptr, 0},
    {"Celu", function, nullptr, 0},
    {"Gelu", function, nullptr, 0},
    {"Glu", function, nullptr, 0},
    {"Sigmoid", function, nullptr, 0},
    {"LogSigmoid", function, nullptr, 0},
    {"HardSigmoid", function, nullptr, 0},
    {"HardSilu", function, nullptr, 0},
    {"HardTanh", function, nullptr, 0},
    {"HardShrink", function, nullptr, 0},
    {"SoftShrink", function, nullptr, 0},
    {"TanhShrink", function, nullptr, 0},
    {"Silu", function, nullptr, 0},
    {"Mish", function, nullptr, 0},
    {"Softplus", function, nullptr, 0},
    {"Softsign", function, nullptr, 0},
    {"SparsePlus", function, nullptr, 0},
    {"SparseSigmoid", function, nullptr, 0},
    {"Squareplus", function, nullptr, 0},
    {"Tanh", function, nullptr, 0},
    {"Softmax", function, nullptr, 0},
    {"LogSoftmax", function, nullptr, 0},
    {"TFOpLambda", tensorflow_function, nullptr, 0},
};

}  // namespace

std::span<const LayerKind> operator_layers() { return kOperators; }

}  // namespace pome::keras
