#include "convert/keras/activation.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "convert/keras/keras1.h"

namespace pome::keras {
namespace {

using ops::Arg;

/// What a function of the table may read.
struct Given {
  LayerContext& c;
  Writer& w;
  Config& config;
};
using Function = Result<Tensor> (*)(Given& g, const Tensor& x);

/// Ops of MIL that take x alone and mean the same.
constexpr std::pair<std::string_view, std::string_view> kDirect[] = {
    {"relu6", "relu6"}, {"softplus", "softplus"}, {"softsign", "softsign"},
    {"tanh", "tanh"},   {"sigmoid", "sigmoid"},   {"silu", "silu"},
    {"swish", "silu"},  {"exponential", "exp"},   {"exp", "exp"},
};

Result<Tensor> linear(Given&, const Tensor& x) { return x; }

Result<Tensor> relu_by_name(Given& g, const Tensor& x) {
  const double slope = g.config.number("negative_slope", g.config.number("alpha", 0));
  std::optional<double> most;
  if (g.config.has("max_value")) most = g.config.number("max_value", 0);
  return relu(g.w, x, slope, most, g.config.number("threshold", 0));
}

Result<Tensor> leaky_relu(Given& g, const Tensor& x) {
  return relu(g.w, x, g.config.number("negative_slope", g.config.number("alpha", 0.2)), {}, 0);
}

Result<Tensor> softmax_by_name(Given& g, const Tensor& x) {
  auto axes = g.config.integers("axis", -Shape::kMaxRank, Shape::kMaxRank);
  if (axes.empty()) axes = {-1};
  return softmax(g.w, x, axes);
}

Result<Tensor> log_softmax(Given& g, const Tensor& x) {
  const int64_t axis = g.config.integer("axis", -1, -Shape::kMaxRank, Shape::kMaxRank);
  const Tensor at = g.w.not_flat(x);
  const auto place = normalize_axis(axis, Writer::shape(at).rank());
  if (!place)
    return Error(ErrorCode::kInvalidModel, "axis " + std::to_string(axis) + " is outside");
  const Tensor sum = {
      g.w.op("reduce_log_sum_exp", {{"x", at.value},
                                    {"axes", Arg::ints({Writer::place_of(at, *place)})},
                                    {"keep_dims", true}}),
      at.layout,
      {}};
  return g.w.binary("sub", at, sum);
}

Result<Tensor> elu_by_name(Given& g, const Tensor& x) {
  return elu(g.w, x, g.config.number("alpha", 1));
}

Result<Tensor> selu(Given& g, const Tensor& x) {
  return g.w.binary("mul", elu(g.w, x, 1.6732632423543772), 1.0507009873554805);
}

Result<Tensor> celu(Given& g, const Tensor& x) {
  // alpha * elu(x / alpha) for x < 0, and x above: the same on both sides.
  const double alpha = g.config.number("alpha", 1);
  if (alpha == 1) return elu(g.w, x, 1);
  return g.w.binary("mul", elu(g.w, g.w.binary("mul", x, 1 / alpha), 1), alpha);
}

Result<Tensor> gelu(Given& g, const Tensor& x) {
  const bool approximate = g.config.flag("approximate", false);
  return g.w.each("gelu", x, {{"mode", approximate ? "TANH_APPROXIMATION" : "EXACT"}});
}

Tensor hard(Given& g, const Tensor& x, double alpha, double beta) {
  return g.w.each("sigmoid_hard", x, {{"alpha", alpha}, {"beta", beta}});
}

Result<Tensor> hard_sigmoid(Given& g, const Tensor& x) {
  // One name, two functions: Keras 3 took over relu6(x + 3) / 6.
  return g.c.source.generation >= 3 ? hard(g, x, 1.0 / 6, 0.5) : hard(g, x, 0.2, 0.5);
}

Result<Tensor> hard_silu(Given& g, const Tensor& x) {
  return g.w.binary("mul", x, hard(g, x, 1.0 / 6, 0.5));
}

Result<Tensor> sparse_sigmoid(Given& g, const Tensor& x) { return hard(g, x, 0.5, 0.5); }

Tensor clip(Writer& w, const Tensor& x, double low, double high) {
  return w.each("clip", x, {{"alpha", low}, {"beta", high}});
}

Result<Tensor> hard_tanh(Given& g, const Tensor& x) { return clip(g.w, x, -1, 1); }

Result<Tensor> mish(Given& g, const Tensor& x) {
  return g.w.binary("mul", x, g.w.each("tanh", g.w.each("softplus", x)));
}

Result<Tensor> log_sigmoid(Given& g, const Tensor& x) {
  return g.w.binary("mul", g.w.each("softplus", g.w.binary("mul", x, -1)), -1);
}

Result<Tensor> glu(Given& g, const Tensor& x) {
  const int64_t axis = g.config.integer("axis", -1, -Shape::kMaxRank, Shape::kMaxRank);
  const Tensor at = g.w.not_flat(x);
  const Shape s = Writer::shape(at);
  const auto place = normalize_axis(axis, s.rank());
  if (!place || s[*place] % 2 != 0)
    return Error(ErrorCode::kInvalidModel,
                 "glu halves axis " + std::to_string(axis) + " of shape " + s.to_string());
  ir::Op* split = g.w.builder().add_op(
      "split", g.w.name(),
      {{"x", at.value}, {"num_splits", 2}, {"axis", Writer::place_of(at, *place)}});
  if (split == nullptr) return Tensor{};
  const Tensor gate = g.w.each("sigmoid", {split->output(1), at.layout, {}});
  return g.w.binary("mul", Tensor{split->output(0), at.layout, {}}, gate);
}

Result<Tensor> squareplus(Given& g, const Tensor& x) {
  const Tensor root =
      g.w.each("sqrt", g.w.binary("add", g.w.each("square", x), g.config.number("b", 4)));
  return g.w.binary("mul", g.w.binary("add", x, root), 0.5);
}

Result<Tensor> sparse_plus(Given& g, const Tensor& x) {
  // 0 below -1, (x + 1)^2 / 4 up to 1, x above.
  const Tensor middle = g.w.each("square", g.w.binary("add", clip(g.w, x, -1, 1), 1.0));
  const Tensor above = g.w.each("relu", g.w.binary("sub", x, 1.0));
  return g.w.binary("add", g.w.binary("mul", middle, 0.25), above);
}

Result<Tensor> soft_shrink(Given& g, const Tensor& x) {
  const double by = g.config.number("threshold", 0.5);
  return g.w.binary("sub", x, clip(g.w, x, -by, by));
}

/// x where `keep` is true, else the number.
Tensor where(Writer& w, ir::Value* keep, const Tensor& x, double otherwise) {
  return {w.op("select", {{"cond", keep}, {"a", x.value}, {"b", otherwise}}), x.layout, x.flat};
}

Result<Tensor> hard_shrink(Given& g, const Tensor& x) {
  const Tensor size = g.w.each("abs", x);
  ir::Value* keep =
      g.w.op("greater", {{"x", size.value}, {"y", g.config.number("threshold", 0.5)}});
  return where(g.w, keep, x, 0);
}

Result<Tensor> tanh_shrink(Given& g, const Tensor& x) {
  return g.w.binary("sub", x, g.w.each("tanh", x));
}

Result<Tensor> threshold(Given& g, const Tensor& x) {
  ir::Value* keep = g.w.op("greater", {{"x", x.value}, {"y", g.config.number("threshold", 0)}});
  return where(g.w, keep, x, g.config.number("default_value", 0));
}

struct Row {
  std::string_view name;
  Function apply;
};

constexpr Row kFunctions[] = {
    {"linear", linear},
    {"relu", relu_by_name},
    {"leaky_relu", leaky_relu},
    {"softmax", softmax_by_name},
    {"log_softmax", log_softmax},
    {"log_softmax_v2", log_softmax},  // as Keras 2 writes TensorFlow's own
    {"softmax_v2", softmax_by_name},
    {"elu", elu_by_name},
    {"selu", selu},
    {"celu", celu},
    {"gelu", gelu},
    {"hard_sigmoid", hard_sigmoid},
    {"hard_silu", hard_silu},
    {"hard_swish", hard_silu},
    {"sparse_sigmoid", sparse_sigmoid},
    {"hard_tanh", hard_tanh},
    {"mish", mish},
    {"log_sigmoid", log_sigmoid},
    {"glu", glu},
    {"squareplus", squareplus},
    {"sparse_plus", sparse_plus},
    {"soft_shrink", soft_shrink},
    {"hard_shrink", hard_shrink},
    {"tanh_shrink", tanh_shrink},
    {"threshold", threshold},
};

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const Row& row : kFunctions) names.emplace_back(row.name);
  for (const auto& [name, kind] : kDirect) names.emplace_back(name);
  return names;
}

}  // namespace

Tensor relu(Writer& w, const Tensor& x, double slope, std::optional<double> most,
            double threshold) {
  Tensor above = x;
  if (threshold != 0) {
    ir::Value* keep = w.op("greater", {{"x", x.value}, {"y", threshold}});
    above = where(w, keep, x, 0);
    if (most) above = clip(w, above, 0, *most);
  } else if (slope != 0 && !most) {
    return w.each("leaky_relu", x, {{"alpha", slope}});
  } else if (most && *most == 6) {
    above = w.each("relu6", x);
  } else if (most) {
    above = clip(w, x, 0, *most);
  } else {
    above = w.each("relu", x);
  }
  if (slope == 0) return above;
  // What lies below the threshold, as a number from 0 downwards.
  const Tensor below = w.binary("minimum", w.binary("sub", x, threshold), 0.0);
  return w.binary("add", above, w.binary("mul", below, slope));
}

Tensor elu(Writer& w, const Tensor& x, double alpha) {
  return w.each("elu", x, {{"alpha", alpha}});
}

Result<Tensor> softmax(Writer& w, const Tensor& x, std::vector<int64_t> axes) {
  const Tensor at = w.not_flat(x);
  const int rank = Writer::shape(at).rank();
  std::vector<int64_t> places;
  for (int64_t axis : axes) {
    const auto place = normalize_axis(axis, rank);
    if (!place)
      return Error(ErrorCode::kInvalidModel, "softmax over axis " + std::to_string(axis) +
                                                 " of shape " + Writer::shape(at).to_string());
    places.push_back(Writer::place_of(at, *place));
  }
  if (places.size() == 1) return w.each("softmax", at, {{"axis", static_cast<int>(places[0])}});
  std::sort(places.begin(), places.end());
  const Tensor sum = {w.op("reduce_log_sum_exp",
                           {{"x", at.value}, {"axes", Arg::ints(places)}, {"keep_dims", true}}),
                      at.layout,
                      {}};
  return w.each("exp", w.binary("sub", at, sum));
}

Result<Tensor> activation(LayerContext& c, std::string_view name, Config& config, const Tensor& x) {
  for (const auto& [own, kind] : kDirect)
    if (own == name) return c.w.each(kind, x);
  for (const Row& row : kFunctions) {
    if (row.name != name) continue;
    Given given{c, c.w, config};
    Result<Tensor> y = row.apply(given, x);
    POME_TRY(config.status());
    return y;
  }
  const auto names = known_names();
  return Error(ErrorCode::kUnsupported,
               "the activation function " + pome::quoted(name) + " is not supported." +
                   did_you_mean(name, names) +
                   " Functions that a model brings along are Python code, which is never run");
}

Result<Tensor> apply_activation(LayerContext& c, const Json& value, const Tensor& x) {
  if (value.is_null()) return x;
  static const Json kNone = Json::object();
  if (value.is_string()) {
    Config none(kNone);
    return activation(c, value.get<std::string>(), none, x);
  }
  const std::string class_name = text_member(value, "class_name");
  const std::string module = text_member(value, "module");
  const Json* config = member(value, "config");
  if (class_name.empty() || config == nullptr || !keras_module(module)) {
    return Error(ErrorCode::kUnsupported,
                 "the activation " + excerpt(value) +
                     " is not one of Keras' own; code that a model brings along is never run");
  }
  // {"class_name": "function", "config": "relu"}
  if (config->is_string()) {
    Config none(kNone);
    return activation(c, config->get<std::string>(), none, x);
  }
  // A layer as activation.
  Layer inner;
  inner.name = text_member(*config, "name", class_name);
  inner.outer = c.layer.outer + c.layer.name + " / ";
  inner.class_name = class_name;
  inner.module = module;
  inner.config = *config;
  inner.kind = find_kind(inner);
  if (inner.kind == nullptr || inner.kind->weights != nullptr) {
    return Error(ErrorCode::kUnsupported,
                 "the activation " + pome::quoted(class_name) + " is not supported");
  }
  LayerContext within{c.w, c.source, inner, Config(inner.config), {x}, {}, {}, c.notes};
  return inner.kind->translate(within);
}

Result<Tensor> apply_activation(LayerContext& c, const Tensor& x) {
  const Json* value = c.config.raw("activation");
  return value == nullptr ? Result<Tensor>(x) : apply_activation(c, *value, x);
}

}  // namespace pome::keras
