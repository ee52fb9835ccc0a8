// Convolutions and pooling windows.
#include <array>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"
#include "export/neuralnetwork/weights.h"

namespace pome::exporter {
namespace {

using Sizes = google::protobuf::RepeatedField<uint64_t>;

Status check_rank4(LayerWriter& w) {
  if (w.shape("x").rank() == 4) return {};
  return w.unsupported("a window over a value of shape " + w.shape("x").to_string() +
                       "; four axes are expected");
}

void fill(Sizes& list, const std::vector<int64_t>& values) {
  for (const int64_t v : values) list.Add(static_cast<uint64_t>(v));
}

void fill_borders(spec::BorderAmounts& borders, const std::vector<int64_t>& pad) {
  for (size_t i = 0; i < 2; ++i) {
    auto* edge = borders.add_borderamounts();
    edge->set_startedgesize(pad.empty() ? 0 : static_cast<uint64_t>(pad[2 * i]));
    edge->set_endedgesize(pad.empty() ? 0 : static_cast<uint64_t>(pad[2 * i + 1]));
  }
}

/// What convolutions and windows have alike: valid (with amounts) or same.
template <typename Params>
void fill_padding(LayerWriter& w, Params& p) {
  const std::string_view type = w.text("pad_type");
  if (type == "same" || type == "same_lower") {
    p.mutable_same()->set_asymmetrymode(type == "same" ? spec::SamePadding::BOTTOM_RIGHT_HEAVY
                                                       : spec::SamePadding::TOP_LEFT_HEAVY);
    return;
  }
  fill_borders(*p.mutable_valid()->mutable_paddingamounts(),
               type == "custom" ? w.integers("pad") : std::vector<int64_t>());
}

std::vector<int64_t> pair_or_ones(LayerWriter& w, std::string_view param) {
  return w.has(param) ? w.integers(param) : std::vector<int64_t>{1, 1};
}

Status convolve(LayerWriter& w, bool transposed) {
  POME_TRY(check_rank4(w));
  const ir::Literal* weight = w.literal("weight");
  if (weight == nullptr) return w.unsupported("a convolution with computed weights");
  const ir::Literal* bias = w.literal("bias");
  if (w.has("bias") && bias == nullptr) return w.unsupported("a convolution with a computed bias");
  const Shape& s = weight->type().shape();
  const int64_t groups = w.integer("groups");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_convolution();
  p.set_isdeconvolution(transposed);
  p.set_outputchannels(static_cast<uint64_t>(transposed ? s[1] * groups : s[0]));
  p.set_kernelchannels(static_cast<uint64_t>(transposed ? s[0] : s[1]));
  p.set_ngroups(static_cast<uint64_t>(groups));
  fill(*p.mutable_kernelsize(), {s[2], s[3]});
  fill(*p.mutable_stride(), pair_or_ones(w, "strides"));
  fill(*p.mutable_dilationfactor(), pair_or_ones(w, "dilations"));
  fill_padding(w, p);
  if (transposed && w.has("output_shape")) {
    const auto shape = w.integers("output_shape");
    fill(*p.mutable_outputshape(), {shape.end() - 2, shape.end()});
  }
  write_weights(*weight, w.halves(), *p.mutable_weights());
  p.set_hasbias(bias != nullptr);
  if (bias != nullptr) write_weights(*bias, w.halves(), *p.mutable_bias());
  return w.result();
}

Status pool(LayerWriter& w, spec::PoolingLayerParams::PoolingType type) {
  POME_TRY(check_rank4(w));
  const auto pad = w.has("pad") ? w.integers("pad") : std::vector<int64_t>{0, 0, 0, 0};
  const bool ceil = w.flag("ceil_mode");
  if (ceil && (w.text("pad_type") == "same" || w.text("pad_type") == "same_lower" ||
               pad[0] != pad[1] || pad[2] != pad[3]))
    return w.unsupported("ceil_mode with padding that differs between the sides");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_pooling();
  p.set_type(type);
  fill(*p.mutable_kernelsize(), w.integers("kernel_sizes"));
  fill(*p.mutable_stride(), pair_or_ones(w, "strides"));
  if (ceil) {
    const bool custom = w.text("pad_type") == "custom";
    fill(*p.mutable_includelastpixel()->mutable_paddingamounts(),
         {custom ? pad[0] : 0, custom ? pad[2] : 0});
  } else {
    fill_padding(w, p);
  }
  if (type == spec::PoolingLayerParams::AVERAGE)
    p.set_avgpoolexcludepadding(w.flag("exclude_padding_from_average"));
  return w.result();
}

constexpr auto kConvolutionRows = std::to_array<OpRow>({
    {"conv", [](LayerWriter& w) { return convolve(w, false); }},
    {"conv_transpose", [](LayerWriter& w) { return convolve(w, true); }},
    {"max_pool", [](LayerWriter& w) { return pool(w, spec::PoolingLayerParams::MAX); }},
    {"avg_pool", [](LayerWriter& w) { return pool(w, spec::PoolingLayerParams::AVERAGE); }},
    {"l2_pool", [](LayerWriter& w) { return pool(w, spec::PoolingLayerParams::L2); }},
});

}  // namespace

std::span<const OpRow> convolution_writers() { return kConvolutionRows; }

}  // namespace pome::exporter
