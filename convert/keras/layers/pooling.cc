// Max, average and global pooling of pictures.
#include "base/try.h"
#include "convert/keras/layers/common.h"

namespace pome::keras {
namespace {

using ops::Arg;

Result<Tensor> pool(LayerContext& c, bool average) {
  const auto size = c.config.pair("pool_size", {2, 2}, 1);
  const auto strides = c.config.pair("strides", size, 1);
  const std::string padding = c.config.text("padding", "valid");
  const bool first = c.channels_first();
  if (padding != "same" && padding != "valid") c.config.fail("padding", "\"same\" or \"valid\"");
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, first));
  std::vector<std::pair<std::string, Arg>> args = {{"x", x.value},
                                                   {"kernel_sizes", Arg::ints(size)},
                                                   {"strides", Arg::ints(strides)},
                                                   {"pad_type", std::string_view(padding)}};
  // Keras counts only what lies inside the picture.
  if (average) args.emplace_back("exclude_padding_from_average", true);
  return Tensor{
      c.w.builder().add(average ? "avg_pool" : "max_pool", c.w.name(), args), x.layout, {}};
}

Result<Tensor> global(LayerContext& c, bool average) {
  const bool first = c.channels_first();
  const bool keep = c.config.flag("keepdims", false);
  POME_TRY(c.config.status());
  POME_ASSIGN(const Tensor x, as_image(c, first));
  ir::Value* y = c.w.op(average ? "reduce_mean" : "reduce_max",
                        {{"x", x.value}, {"axes", Arg::ints({2, 3})}, {"keep_dims", true}});
  if (y == nullptr) return Tensor{};
  if (keep) return Tensor{y, x.layout, {}};
  const Shape& s = y->shape();
  return c.w.reshape({y, Layout::kPlain, {}}, {s[0], s[1]});
}

Result<Tensor> max_pooling(LayerContext& c) { return pool(c, false); }
Result<Tensor> average_pooling(LayerContext& c) { return pool(c, true); }
Result<Tensor> global_max(LayerContext& c) { return global(c, false); }
Result<Tensor> global_average(LayerContext& c) { return global(c, true); }

constexpr LayerKind kPoolingLayers[] = {
    {"MaxPooling2D", max_pooling},
    {"MaxPool2D", max_pooling},
    {"AveragePooling2D", average_pooling},
    {"AvgPool2D", average_pooling},
    {"GlobalMaxPooling2D", global_max},
    {"GlobalMaxPool2D", global_max},
    {"GlobalAveragePooling2D", global_average},
    {"GlobalAvgPool2D", global_average},
};

}  // namespace

std::span<const LayerKind> pooling_layers() { return kPoolingLayers; }

}  // namespace pome::keras
