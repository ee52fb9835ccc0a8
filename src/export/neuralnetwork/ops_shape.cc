// Ops that move elements or change shapes.
#include <algorithm>
#include <array>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"

namespace pome::exporter {
namespace {

using Four = LayerWriter::Four;

/// In the rank-5 world the elements stay in order: result() adds a reshape where their places
/// differ.
Status same_elements(LayerWriter& w) {
  POME_ASSIGN(std::string x, w.input("x"));
  POME_ASSIGN(const Four from, w.four(w.shape("x")));
  POME_ASSIGN(const Four to, w.four(w.out_shape()));
  w.set_current(x);
  if (from != to && from[0] == to[0] && to[0] == 1 && to[2] == 1 && to[3] == 1) {
    w.add({x}).mutable_flatten()->set_mode(spec::FlattenLayerParams::CHANNEL_FIRST);
    return w.result();
  }
  return w.result(from);
}

Status reshape(LayerWriter& w) {
  if (!w.exact()) return same_elements(w);
  const ir::Literal* shape = w.literal("shape");
  if (shape == nullptr && !w.out_shape().known())
    return w.unsupported("a reshape to a computed shape");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& target = *layer->mutable_reshapestatic()->mutable_targetshape();
  if (w.out_shape().known()) {
    target.Add(w.out_shape().begin(), w.out_shape().end());
  } else {
    const auto values = shape->to_ints();
    if (std::count(values.begin(), values.end(), 0) > 0)
      return w.unsupported("a reshape that copies an open extent");
    target.Add(values.begin(), values.end());
  }
  if (target.empty()) target.Add(1);
  return w.result();
}

Status expand_dims(LayerWriter& w) {
  if (!w.exact()) return same_elements(w);
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  const auto axes = w.integers("axes");
  layer->mutable_expanddims()->mutable_axes()->Add(axes.begin(), axes.end());
  return w.result();
}

Status squeeze(LayerWriter& w) {
  if (!w.exact()) return same_elements(w);
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  const auto axes = w.integers("axes");
  auto& p = *layer->mutable_squeeze();
  p.mutable_axes()->Add(axes.begin(), axes.end());
  p.set_squeezeall(!w.has("axes"));
  return w.result();
}

Status flatten2d(LayerWriter& w) {
  if (!w.exact()) return same_elements(w);
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  layer->mutable_flattento2d()->set_axis(w.integer("axis"));
  return w.result();
}

Status transpose_rank5(LayerWriter& w, const std::vector<int64_t>& perm) {
  const int rank = w.shape("x").rank();
  POME_ASSIGN(const Four from, w.four(w.shape("x")));
  Four order = {0, 1, 2, 3};  // where each place of the result comes from
  for (int i = 0; i < rank; ++i)
    order[static_cast<size_t>(LayerWriter::place(rank, i))] =
        LayerWriter::place(rank, perm[static_cast<size_t>(i)]);
  POME_ASSIGN(std::string x, w.input("x"));
  w.set_current(x);
  if (order == Four{0, 1, 2, 3}) return w.result();
  Four made{};
  for (size_t i = 0; i < 4; ++i) made[i] = from[static_cast<size_t>(order[i])];
  // Axes of one element may stand anywhere; what counts is the order of the others.
  std::vector<int64_t> moving;
  for (const int64_t o : order)
    if (from[static_cast<size_t>(o)] != 1) moving.push_back(o);
  if (std::is_sorted(moving.begin(), moving.end())) return w.result(from);
  if (order[0] != 0) return w.unsupported("a transpose of the batch axis");
  auto& p = *w.add({x}).mutable_permute();
  for (const int64_t o : order) p.add_axis(static_cast<uint64_t>(o));
  return w.result(made);
}

Status transpose(LayerWriter& w) {
  std::vector<int64_t> perm = w.integers("perm");
  for (int64_t& a : perm) a = a < 0 ? a + w.shape("x").rank() : a;
  if (!w.exact()) return transpose_rank5(w, perm);
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  layer->mutable_transpose()->mutable_axes()->Add(perm.begin(), perm.end());
  return w.result();
}

Result<std::vector<std::string>> values(LayerWriter& w) {
  std::vector<std::string> blobs;
  const ir::Argument* argument = w.op().argument("values");
  for (size_t i = 0; argument != nullptr && i < argument->operands.size(); ++i) {
    POME_ASSIGN(std::string blob, w.input("values", i));
    blobs.push_back(std::move(blob));
  }
  return blobs;
}

Status concat(LayerWriter& w) {
  const int64_t axis = w.integer("axis");
  const bool interleave = w.flag("interleave");
  if (!w.exact() && (LayerWriter::place(w.out_shape().rank(), axis) != 1 || interleave))
    return w.unsupported("a concat along another axis than the channels");
  POME_ASSIGN(std::vector<std::string> blobs, values(w));
  if (blobs.size() == 1) {
    w.set_current(blobs[0]);
    return w.result();
  }
  spec::NeuralNetworkLayer& layer = w.add(std::move(blobs));
  if (!w.exact()) {
    layer.mutable_concat();
    return w.result();
  }
  layer.mutable_concatnd()->set_axis(axis);
  layer.mutable_concatnd()->set_interleave(interleave);
  if (interleave) w.require_version(5);
  return w.result();
}

Status stack(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("stack before specification version 4");
  POME_ASSIGN(std::vector<std::string> blobs, values(w));
  w.add(std::move(blobs)).mutable_stack()->set_axis(w.integer("axis"));
  return w.result();
}

Status split(LayerWriter& w) {
  const int64_t axis = w.integer("axis");
  const size_t n = w.op().outputs().size();
  const auto sizes = w.integers("split_sizes");
  const bool equal =
      std::all_of(sizes.begin(), sizes.end(), [&](int64_t s) { return s == sizes[0]; });
  if (!w.exact() && (LayerWriter::place(w.shape("x").rank(), axis) != 1 || !equal))
    return w.unsupported("a split along another axis than the channels, or in unequal parts");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  layer->clear_output();
  for (size_t i = 0; i < n; ++i) {
    w.set_current(i == 0 ? w.current() : w.unique_name(w.op().output(i)->name()));
    layer->add_output(w.current());
    POME_TRY(w.result(std::nullopt, i));
  }
  if (!w.exact()) {
    layer->mutable_split()->set_noutputs(n);
    return {};
  }
  auto& p = *layer->mutable_splitnd();
  p.set_axis(axis);
  p.set_numsplits(n);
  for (const int64_t s : sizes) p.add_splitsizes(static_cast<uint64_t>(s));
  return {};
}

Status tile(LayerWriter& w) {
  if (!w.exact() || w.literal("reps") == nullptr)
    return w.unsupported("tile before specification version 4, or computed");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  for (const int64_t r : w.integers("reps"))
    layer->mutable_tile()->add_reps(static_cast<uint64_t>(r));
  return w.result();
}

Status reverse(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("reverse before specification version 4");
  const int rank = w.shape("x").rank();
  std::vector<bool> flags(static_cast<size_t>(rank), !w.has("axes"));
  for (const int64_t a : w.integers("axes"))
    flags[static_cast<size_t>(a < 0 ? a + rank : a)] = true;
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  for (const bool f : flags) layer->mutable_reverse()->add_reversedim(f);
  return w.result();
}

Status gather(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("gather before specification version 4");
  POME_ASSIGN(std::string x, w.input("x"));
  POME_ASSIGN(std::string indices, w.input("indices"));
  w.add({std::move(x), std::move(indices)}).mutable_gather()->set_axis(w.integer("axis"));
  return w.result();
}

constexpr auto kShapeRows = std::to_array<OpRow>({
    {"reshape", reshape},
    {"expand_dims", expand_dims},
    {"squeeze", squeeze},
    {"flatten2d", flatten2d},
    {"transpose", transpose},
    {"concat", concat},
    {"stack", stack},
    {"split", split},
    {"tile", tile},
    {"reverse", reverse},
    {"gather", gather},
});

}  // namespace

std::span<const OpRow> shape_writers() { return kShapeRows; }

}  // namespace pome::exporter
