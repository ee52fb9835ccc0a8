// Reductions.
#include <algorithm>
#include <array>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"

namespace pome::exporter {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Reduce = spec::ReduceLayerParams;

/// The reduced axes' places in [N,C,H,W].
Result<std::array<bool, 4>> places(LayerWriter& w, const std::vector<int64_t>& axes) {
  const Shape& s = w.shape("x");
  if (s.rank() > 4) return w.unsupported("a reduction of more than four axes");
  std::array<bool, 4> in{};
  for (const int64_t a : axes) in[static_cast<size_t>(LayerWriter::place(s.rank(), a))] = true;
  return in;
}

/// Places where a reduction does nothing do not matter: they are what makes the set one of the
/// format's five.
Result<Reduce::ReduceAxis> axis_of(LayerWriter& w, std::array<bool, 4> in,
                                   const LayerWriter::Four& dims) {
  const auto matches = [&](std::array<bool, 4> set) {
    for (size_t i = 0; i < 4; ++i)
      if (in[i] != set[i] && dims[i] != 1) return false;
    return true;
  };
  if (matches({false, false, true, true})) return Reduce::HW;
  if (matches({false, true, false, false})) return Reduce::C;
  if (matches({false, false, true, false})) return Reduce::H;
  if (matches({false, false, false, true})) return Reduce::W;
  if (matches({false, true, true, true})) return Reduce::CHW;
  return w.unsupported("a reduction over these axes");
}

Status reduce_rank5(LayerWriter& w, Reduce::ReduceOperation mode,
                    const std::vector<int64_t>& axes) {
  POME_ASSIGN(const LayerWriter::Four dims, w.four(w.shape("x")));
  POME_ASSIGN(const auto in, places(w, axes));
  POME_ASSIGN(const Reduce::ReduceAxis axis, axis_of(w, in, dims));
  LayerWriter::Four made = dims;
  for (size_t i = 0; i < 4; ++i)
    if (in[i]) made[i] = 1;
  POME_ASSIGN(Layer * layer, w.add_on_x());
  if (axis == Reduce::HW && (mode == Reduce::AVG || mode == Reduce::MAX)) {
    auto& p = *layer->mutable_pooling();
    p.set_type(mode == Reduce::AVG ? spec::PoolingLayerParams::AVERAGE
                                   : spec::PoolingLayerParams::MAX);
    p.set_globalpooling(true);
    p.mutable_valid();
  } else {
    auto& p = *layer->mutable_reduce();
    // LOGSUM would be the sum of logarithms.
    p.set_mode(mode == Reduce::LOGSUM ? Reduce::SUM : mode);
    p.set_axis(axis);
  }
  if (mode == Reduce::LOGSUM) {
    auto& log = *w.add({w.current()}).mutable_unary();
    log.set_type(spec::UnaryFunctionLayerParams::LOG);
    log.set_epsilon(1e-45f);
    log.set_scale(1);
  }
  return w.result(made);
}

template <typename Params>
void fill(Params& p, const std::vector<int64_t>& axes, bool all, bool keep) {
  if (!all) p.mutable_axes()->Add(axes.begin(), axes.end());
  p.set_reduceall(all);
  p.set_keepdims(keep);
}

template <auto Set>
Status reduce(LayerWriter& w, Reduce::ReduceOperation mode) {
  std::vector<int64_t> axes = w.integers("axes");
  const bool all = !w.has("axes");
  if (!w.exact()) {
    for (int i = 0; all && i < w.shape("x").rank(); ++i) axes.push_back(i);
    return reduce_rank5(w, mode, axes);
  }
  POME_ASSIGN(Layer * layer, w.add_on_x());
  fill(*(layer->*Set)(), axes, all, w.flag("keep_dims"));
  return w.result();
}

template <auto Set>
Status exact_only(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("this reduction before specification version 4");
  return reduce<Set>(w, Reduce::SUM);
}

template <typename Params>
void fill_arg(LayerWriter& w, Params& p) {
  p.set_axis(w.integer("axis"));
  p.set_removedim(!w.flag("keep_dims"));
}

Status argmax(LayerWriter& w) {
  if (!w.exact()) return reduce_rank5(w, Reduce::ARGMAX, {w.integer("axis")});
  POME_ASSIGN(Layer * layer, w.add_on_x());
  fill_arg(w, *layer->mutable_argmax());
  return w.result();
}

Status argmin(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("reduce_argmin before specification version 4");
  POME_ASSIGN(Layer * layer, w.add_on_x());
  fill_arg(w, *layer->mutable_argmin());
  return w.result();
}

template <auto Set, Reduce::ReduceOperation Mode>
Status row(LayerWriter& w) {
  return reduce<Set>(w, Mode);
}

constexpr auto kReduceRows = std::to_array<OpRow>({
    {"reduce_sum", row<&Layer::mutable_reducesum, Reduce::SUM>},
    {"reduce_mean", row<&Layer::mutable_reducemean, Reduce::AVG>},
    {"reduce_prod", row<&Layer::mutable_reduceprod, Reduce::PROD>},
    {"reduce_log_sum", row<&Layer::mutable_reducelogsum, Reduce::LOGSUM>},
    {"reduce_sum_square", row<&Layer::mutable_reducesumsquare, Reduce::SUMSQUARE>},
    {"reduce_l1_norm", row<&Layer::mutable_reducel1, Reduce::L1>},
    {"reduce_l2_norm", row<&Layer::mutable_reducel2, Reduce::L2>},
    {"reduce_max", row<&Layer::mutable_reducemax, Reduce::MAX>},
    {"reduce_min", row<&Layer::mutable_reducemin, Reduce::MIN>},
    {"reduce_log_sum_exp", exact_only<&Layer::mutable_reducelogsumexp>},
    {"reduce_argmax", argmax},
    {"reduce_argmin", argmin},
});

}  // namespace

std::span<const OpRow> reduce_writers() { return kReduceRows; }

}  // namespace pome::exporter
