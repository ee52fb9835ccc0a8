// Elementwise functions of one value.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"

namespace pome::exporter {
namespace {

using Unary = spec::UnaryFunctionLayerParams;

/// An epsilon that reads back as itself: 0 in the file would mean the format's default.
float epsilon(LayerWriter& w) { return std::max(static_cast<float>(w.real("epsilon")), 1e-45f); }

Status unary(LayerWriter& w, Unary::Operation type, float alpha = 0, float eps = 0) {
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  Unary& p = *layer->mutable_unary();
  p.set_type(type);
  p.set_alpha(alpha);
  p.set_epsilon(eps);
  p.set_scale(1);
  return w.result();
}

Status square(LayerWriter& w) {
  POME_ASSIGN(std::string x, w.input("x"));
  w.add({x, x}).mutable_multiply();
  return w.result();
}

template <auto Set>
Status simple(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("this function before specification version 4");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  (layer->*Set)();
  return w.result();
}

/// Numbers, flags and indices are all floats in a neural network.
Status cast(LayerWriter& w) {
  const ir::DType from = w.op().input("x") ? w.op().input("x")->dtype() : ir::DType::kFp32;
  const std::string_view to = w.text("dtype");
  POME_ASSIGN(std::string x, w.input("x"));
  w.set_current(x);
  if (to == "bool" && from != ir::DType::kBool) {
    if (!w.exact()) return w.unsupported("a cast to bool before specification version 4");
    w.add({x}).mutable_notequal()->set_alpha(0);
  } else if (to.substr(0, 3) == "int" && ir::is_float(from)) {
    return w.unsupported("a cast of floats to integers");
  }
  return w.result();
}

Status identity(LayerWriter& w) {
  POME_ASSIGN(std::string x, w.input("x"));
  w.set_current(x);
  return w.result();
}

using Layer = spec::NeuralNetworkLayer;

constexpr auto kUnaryRows = std::to_array<OpRow>({
    {"sqrt", [](LayerWriter& w) { return unary(w, Unary::SQRT); }},
    {"rsqrt", [](LayerWriter& w) { return unary(w, Unary::RSQRT, 0, epsilon(w)); }},
    {"inverse", [](LayerWriter& w) { return unary(w, Unary::INVERSE, 0, epsilon(w)); }},
    {"exp", [](LayerWriter& w) { return unary(w, Unary::EXP); }},
    {"log", [](LayerWriter& w) { return unary(w, Unary::LOG, 0, epsilon(w)); }},
    {"abs", [](LayerWriter& w) { return unary(w, Unary::ABS); }},
    {"threshold",
     [](LayerWriter& w) {
       return unary(w, Unary::THRESHOLD, static_cast<float>(w.real("alpha")));
     }},
    {"square", square},
    {"cast", cast},
    {"identity", identity},
    {"ceil", simple<&Layer::mutable_ceil>},
    {"floor", simple<&Layer::mutable_floor>},
    {"round", simple<&Layer::mutable_round>},
    {"sign", simple<&Layer::mutable_sign>},
    {"exp2", simple<&Layer::mutable_exp2>},
    {"erf", simple<&Layer::mutable_erf>},
    {"sin", simple<&Layer::mutable_sin>},
    {"cos", simple<&Layer::mutable_cos>},
    {"tan", simple<&Layer::mutable_tan>},
    {"asin", simple<&Layer::mutable_asin>},
    {"acos", simple<&Layer::mutable_acos>},
    {"atan", simple<&Layer::mutable_atan>},
    {"sinh", simple<&Layer::mutable_sinh>},
    {"cosh", simple<&Layer::mutable_cosh>},
    {"atanh", simple<&Layer::mutable_atanh>},
    {"logical_not", simple<&Layer::mutable_logicalnot>},
});

}  // namespace

std::span<const OpRow> unary_writers() { return kUnaryRows; }

}  // namespace pome::exporter
