// Embeddings: columns of a matrix, picked by numbers.
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

/// The vectors for `indices` (of any shape), along a new last axis. weights are [size, vocabulary],
/// scales of quantized ones run along size.
template <typename Params>
ir::Value* look_up(Lowering& l, const Params& p, int64_t vocabulary, int64_t size,
                   ir::Value* indices) {
  ir::Value* columns = l.weights(p.weights(), {size, vocabulary}, "weight");
  ir::Value* rows = l.add("transpose", {{"x", columns}, {"perm", ops::Arg::ints({1, 0})}});
  ir::Value* y = l.add("gather", {{"x", rows}, {"indices", l.cast(indices, "int32")}, {"axis", 0}});
  if (!p.hasbias()) return y;
  return l.add("add", {{"x", y}, {"y", l.weights(p.bias(), {size}, "bias")}});
}

/// [..,1,1,1] -> [..,C,1,1].
void embedding(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const auto& p = l.layer().embedding();
  const int64_t vocabulary = l.size(p.inputdim(), "inputDim", 1);
  const int64_t size = l.size(p.outputchannels(), "outputChannels", 1);
  const Shape& s = l.shape();
  for (int axis = -3; axis < 0; ++axis)
    if (s.at(axis) != 1 && s.at(axis) >= 0)
      return l.fail(ErrorCode::kInvalidModel, "the input has shape " + s.to_string() +
                                                  ", a last extent of 1 three times "
                                                  "(one number for each vector) is expected");
  ir::Value* indices = l.add("squeeze", {{"x", l.in()}, {"axes", ops::Arg::ints({-3, -2, -1})}});
  ir::Value* y = look_up(l, p, vocabulary, size, indices);
  l.out(l.add("expand_dims", {{"x", y}, {"axes", ops::Arg::ints({-2, -1})}}));
}

/// [..,1] -> [..,size].
void embedding_nd(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(1)) return;
  const auto& p = l.layer().embeddingnd();
  const int64_t vocabulary = l.size(p.vocabsize(), "vocabSize", 1);
  const int64_t size = l.size(p.embeddingsize(), "embeddingSize", 1);
  if (l.shape().back() != 1 && l.shape().back() >= 0)
    return l.fail(ErrorCode::kInvalidModel, "the input has shape " + l.shape().to_string() +
                                                ", a last extent of 1 is expected");
  ir::Value* indices = l.add("squeeze", {{"x", l.in()}, {"axes", ops::Arg::ints({-1})}});
  l.out(look_up(l, p, vocabulary, size, indices));
}

constexpr auto kEmbeddingRows = std::to_array<LayerRow>({
    {Layer::kEmbedding, embedding},
    {Layer::kEmbeddingND, embedding_nd},
});

}  // namespace

std::span<const LayerRow> embedding_layers() { return kEmbeddingRows; }

}  // namespace pome::import
