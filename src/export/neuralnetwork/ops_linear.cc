// Matrix products.
#include <array>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"
#include "export/neuralnetwork/weights.h"

namespace pome::exporter {
namespace {

/// y = x W^T + bias, W [out,in], over the last axis of x.
Status inner_product(LayerWriter& w, int64_t in, int64_t out, std::span<const float> weight,
                     const ir::Literal* bias) {
  if (!w.exact() && w.shape("x").rank() > 2)
    return w.unsupported("a product over the last axis of a value of shape " +
                         w.shape("x").to_string());
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_innerproduct();
  p.set_inputchannels(static_cast<uint64_t>(in));
  p.set_outputchannels(static_cast<uint64_t>(out));
  write_weights(weight, w.halves(), *p.mutable_weights());
  p.set_hasbias(bias != nullptr);
  if (bias != nullptr) write_weights(*bias, w.halves(), *p.mutable_bias());
  return w.result();
}

Status linear(LayerWriter& w) {
  const ir::Literal* weight = w.literal("weight");
  const ir::Literal* bias = w.literal("bias");
  if (weight == nullptr || (w.has("bias") && bias == nullptr))
    return w.unsupported("a linear op with computed weights");
  const Shape& s = weight->type().shape();
  return inner_product(w, s[1], s[0], weight->to_floats(), bias);
}

Status matmul(LayerWriter& w) {
  const ir::Literal* y = w.literal("y");
  if (y != nullptr && y->type().shape().rank() == 2 && !w.flag("transpose_x")) {
    const Shape& s = y->type().shape();
    const std::vector<float> given = y->to_floats();
    if (w.flag("transpose_y")) return inner_product(w, s[1], s[0], given, nullptr);
    std::vector<float> turned;
    turned.reserve(given.size());
    for (int64_t o = 0; o < s[1]; ++o)
      for (int64_t i = 0; i < s[0]; ++i) turned.push_back(given[static_cast<size_t>(i * s[1] + o)]);
    return inner_product(w, s[0], s[1], turned, nullptr);
  }
  if (!w.exact()) return w.unsupported("a product of two values before specification version 4");
  POME_ASSIGN(std::string a, w.input("x"));
  POME_ASSIGN(std::string b, w.input("y"));
  auto& p = *w.add({std::move(a), std::move(b)}).mutable_batchedmatmul();
  p.set_transposea(w.flag("transpose_x"));
  p.set_transposeb(w.flag("transpose_y"));
  return w.result();
}

constexpr auto kLinearRows = std::to_array<OpRow>({{"linear", linear}, {"matmul", matmul}});

}  // namespace

std::span<const OpRow> linear_writers() { return kLinearRows; }

}  // namespace pome::exporter
