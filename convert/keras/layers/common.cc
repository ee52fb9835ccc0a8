#include "convert/keras/layers/common.h"

#include "base/checked.h"

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

std::vector<int64_t> fill_extents(int64_t total, std::vector<int64_t> wanted) {
  int64_t known = 1;
  int64_t* open = nullptr;
  for (int64_t& d : wanted) {
    if (d < 0 && open != nullptr) return {};
    if (d < 0) {
      open = &d;
      continue;
    }
    const auto product = checked_mul(known, d);
    if (!product || *product == 0) return {};
    known = *product;
  }
  if (total % known != 0 || (open == nullptr && known != total)) return {};
  if (open != nullptr) *open = total / known;
  return wanted;
}

}  // namespace pome::keras
