// Layers that change elements picked by index, or turn sequences round. Indices are blobs of
// floats.
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

std::string_view mode_of(Lowering& l, spec::ScatterMode mode) {
  switch (mode) {
    case spec::SCATTER_UPDATE:
      return "update";
    case spec::SCATTER_ADD:
      return "add";
    case spec::SCATTER_SUB:
      return "sub";
    case spec::SCATTER_MUL:
      return "mul";
    case spec::SCATTER_DIV:
      return "div";
    case spec::SCATTER_MAX:
      return "max";
    case spec::SCATTER_MIN:
      return "min";
    default:
      l.fail(ErrorCode::kInvalidModel, "the scatter mode is unknown");
      return "add";
  }
}

/// Inputs: the blob, indices, updates.
template <typename Params>
void scatter_along(Lowering& l, std::string_view kind, const Params& p) {
  if (!l.check_inputs(3, 3)) return;
  l.out(l.add(kind, {{"data", l.in(0)},
                     {"indices", l.cast(l.in(1), "int32")},
                     {"updates", l.in(2)},
                     {"axis", static_cast<int>(clamp_int32(p.axis()))},
                     {"mode", mode_of(l, p.mode())}}));
}

void scatter_nd(Lowering& l) {
  if (!l.check_inputs(3, 3)) return;
  l.out(l.add("scatter_nd", {{"data", l.in(0)},
                             {"indices", l.cast(l.in(1), "int32")},
                             {"updates", l.in(2)},
                             {"mode", mode_of(l, l.layer().scatternd().mode())}}));
}

/// The second input holds, for each of the batch, how many steps are turned round.
void reverse_seq(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  const auto& p = l.layer().reverseseq();
  l.out(l.add("reverse_sequence", {{"x", l.in(0)},
                                   {"lengths", l.cast(l.in(1), "int32")},
                                   {"seq_axis", static_cast<int>(clamp_int32(p.sequenceaxis()))},
                                   {"batch_axis", static_cast<int>(clamp_int32(p.batchaxis()))}}));
}

constexpr auto kScatterRows = std::to_array<LayerRow>({
    {Layer::kScatter, [](Lowering& l) { scatter_along(l, "scatter", l.layer().scatter()); }},
    {Layer::kScatterAlongAxis,
     [](Lowering& l) { scatter_along(l, "scatter_along_axis", l.layer().scatteralongaxis()); }},
    {Layer::kScatterND, scatter_nd},
    {Layer::kReverseSeq, reverse_seq},
});

}  // namespace

std::span<const LayerRow> scatter_layers() { return kScatterRows; }

}  // namespace pome::import
