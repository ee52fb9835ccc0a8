// Non-maximum suppression.
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

/// Boxes [n,B,4] and scores [n,B,K]; the thresholds and maxBoxes may be inputs.
void non_maximum_suppression(Lowering& l) {
  if (!l.check_inputs(2, 5)) return;
  const auto& p = l.layer().nonmaximumsuppression();
  const auto number = [&](int i, float parameter) {
    return l.inputs() > i ? ops::Arg(l.in(i)) : ops::Arg(parameter);
  };
  ops::Arg most(static_cast<int>(l.inputs() > 4 ? 0 : l.size(p.maxboxes(), "maxBoxes")));
  if (l.inputs() > 4) most = l.cast(l.in(4), "int32");
  ir::Op* op = l.add_op(l.inputs() > 2 ? "pome.non_maximum_suppression" : "non_maximum_suppression",
                        {{"boxes", l.in(0)},
                         {"scores", l.in(1)},
                         {"iou_threshold", number(2, p.iouthreshold())},
                         {"score_threshold", number(3, p.scorethreshold())},
                         {"max_boxes", most},
                         {"per_class_suppression", p.perclasssuppression()}});
  if (op == nullptr) return;
  l.out(op->output(0), 0);
  l.out(op->output(1), 1);
  l.out(l.cast(op->output(2), "fp32"), 2);
  l.out(l.cast(op->output(3), "fp32"), 3);
}

constexpr auto kDetectionRows =
    std::to_array<LayerRow>({{Layer::kNonMaximumSuppression, non_maximum_suppression}});

}  // namespace

std::span<const LayerRow> detection_layers() { return kDetectionRows; }

}  // namespace pome::import
