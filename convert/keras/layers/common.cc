#include "convert/keras/layers/common.h"

namespace pome::keras {

Result<Tensor> as_image(LayerContext& c, bool channels_first) {
  const Tensor& x = c.inputs[0];
  if (Writer::shape(x).rank() != 4) {
    return Error(ErrorCode::kShapeMismatch, "its input has shape " + Writer::shape(x).to_string() +
                                                ", a picture of rank 4 is expected");
  }
  const Tensor placed = channels_first ? c.w.plain(x) : c.w.channels_first(x);
  if (!c.w.ok()) return Error(c.w.builder().status().error());
  return placed;
}

bool has_bias(const Layer& layer) { return Config(layer.config).flag("use_bias", true); }

std::vector<WeightSlot> kernel_and_bias(const Layer& layer) {
  std::vector<WeightSlot> slots = {{"kernel"}};
  if (has_bias(layer)) slots.push_back({"bias"});
  return slots;
}

}  // namespace pome::keras
