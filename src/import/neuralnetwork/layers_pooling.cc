// Pooling: maximum, average, L2; windows, whole pictures.
#include <array>

#include "import/neuralnetwork/borders.h"
#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using spec::PoolingLayerParams;

void pool_all(Lowering& l) {
  std::string_view kind;
  switch (l.layer().pooling().type()) {
    case PoolingLayerParams::MAX:
      kind = "reduce_max";
      break;
    case PoolingLayerParams::AVERAGE:
      kind = "reduce_mean";
      break;
    case PoolingLayerParams::L2:
      kind = "reduce_l2_norm";
      break;
    default:
      l.fail(ErrorCode::kInvalidModel, "the pooling type is unknown");
      return;
  }
  l.out(l.add(kind, {{"x", l.in()}, {"axes", ops::Arg::ints({-2, -1})}, {"keep_dims", true}}));
}

/// includeLastPixel: windows reach beyond the end so that the last pixel is covered. Without
/// padding a window that would start beyond it is kept, which MIL's ceil_mode cannot say.
Padding include_last_pixel(Lowering& l, const std::vector<int64_t>& kernel,
                           const std::vector<int64_t>& stride, const Shape& x) {
  const auto pad =
      l.pair(l.layer().pooling().includelastpixel().paddingamounts(), "paddingAmounts", 0, 0);
  for (size_t i = 0; i < 2; ++i) {
    const int64_t extent = x[2 + static_cast<int>(i)];
    if (pad[0] != 0 || pad[1] != 0 || stride[i] <= kernel[i] || extent < 0) continue;
    const int64_t last = (extent - kernel[i] + stride[i] - 1) / stride[i] * stride[i];
    if (extent >= kernel[i] && last >= extent)
      l.fail(ErrorCode::kUnsupported,
             "the last pooling window would start at " + std::to_string(last) +
                 ", outside of the " + std::to_string(extent) + " pixels; this is not supported");
  }
  return {"custom", {pad[0], pad[0], pad[1], pad[1]}};
}

void pooling(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(3)) return;
  const PoolingLayerParams& p = l.layer().pooling();
  if (p.globalpooling()) return pool_all(l);
  const auto kernel = l.pair(p.kernelsize(), "kernelSize", 3, 1);
  const auto stride = l.pair(p.stride(), "stride", 1, 1);
  ir::Value* x = l.fold(l.in());
  if (!l.ok()) return;
  Padding padding;
  if (p.has_same()) {
    padding.type = same_padding(p.same());
  } else if (p.has_valid()) {
    padding = valid_padding(l, p.valid().paddingamounts());
  } else if (p.has_includelastpixel()) {
    padding = include_last_pixel(l, kernel, stride, x->shape());
  } else {
    l.fail(ErrorCode::kInvalidModel, "none of valid, same and includeLastPixel padding is set");
    return;
  }
  std::vector<std::pair<std::string, ops::Arg>> args = {
      {"x", x},
      {"kernel_sizes", ops::Arg::ints(kernel)},
      {"strides", ops::Arg::ints(stride)},
      {"pad_type", std::string_view(padding.type)}};
  if (padding.type == "custom") args.emplace_back("pad", ops::Arg::ints(padding.amounts));
  if (p.has_includelastpixel()) args.emplace_back("ceil_mode", true);
  std::string_view kind = "max_pool";
  if (p.type() == PoolingLayerParams::L2) kind = "l2_pool";
  if (p.type() == PoolingLayerParams::AVERAGE) {
    kind = "avg_pool";
    args.emplace_back("exclude_padding_from_average", p.avgpoolexcludepadding());
  }
  ir::Op* op = l.builder().add_op(kind, l.layer().name(), args);
  if (op != nullptr) l.out(l.unfold(op->output(), l.shape()));
}

constexpr auto kPoolingRows = std::to_array<LayerRow>({{Layer::kPooling, pooling}});

}  // namespace

std::span<const LayerRow> pooling_layers() { return kPoolingRows; }

}  // namespace pome::import
