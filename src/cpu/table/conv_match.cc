#include "cpu/table/conv_match.h"

#include "base/try.h"
#include "cpu/table/pixels.h"
#include "cpu/table/zero_pad.h"

namespace pome::cpu {
namespace {

Result<ConvParams> geometry(const ops::MatchContext& context, const ir::Op& op, const Shape& x,
                            const ZeroPad& pad) {
  const Operands o(context, op);
  const Shape& weight = o.shape("weight");
  const Shape padded = {x[0], x[1], x[2] + pad.top + pad.bottom, x[3] + pad.left + pad.right};
  POME_ASSIGN(const ops::WindowSpec spec, conv_window(o, padded));
  POME_ASSIGN(const ops::WindowNd window, ops::make_window(spec));
  ConvParams p;
  p.isa = isa_of(context);
  p.batch = static_cast<int32_t>(x[0]);
  p.groups = o.has("groups") ? static_cast<int32_t>(o.real("groups")) : 1;
  p.in_channels = static_cast<int32_t>(x[1]);
  p.in_height = static_cast<int32_t>(x[2]);
  p.in_width = static_cast<int32_t>(x[3]);
  p.out_channels = static_cast<int32_t>(weight[0]);
  p.out_height = static_cast<int32_t>(window[0].out);
  p.out_width = static_cast<int32_t>(window[1].out);
  p.kernel_height = static_cast<int32_t>(weight[2]);
  p.kernel_width = static_cast<int32_t>(weight[3]);
  p.stride_height = static_cast<int32_t>(window[0].stride);
  p.stride_width = static_cast<int32_t>(window[1].stride);
  p.dilation_height = static_cast<int32_t>(window[0].dilation);
  p.dilation_width = static_cast<int32_t>(window[1].dilation);
  p.pad_top = static_cast<int32_t>(window[0].pad_before + pad.top);
  p.pad_left = static_cast<int32_t>(window[1].pad_before + pad.left);
  return p;
}

Result<ConvMatch> match_padded(const ops::MatchContext& context, const ir::Op& op,
                               const ir::Value* x, const ZeroPad& pad) {
  const Operands o(context, op);
  if (!is_fp32(x, 4) || !is_fp32(op.output(), 4))
    return unsupported("takes fp32 tensors of rank 4 alone");
  if (o.literal("weight") == nullptr || (o.has("bias") && o.literal("bias") == nullptr))
    return unsupported("weight and bias must be constants");
  ConvMatch m;
  m.input = x;
  m.weight = o.weights("weight");
  m.bias = o.weights("bias");
  // Checked here so that packing, later, cannot fail.
  const int64_t outputs = o.shape("weight")[0];
  if ((m.weight.dtype != ir::DType::kFp32 && m.weight.dtype != ir::DType::kFp16) ||
      (!m.bias.empty() && m.bias.elements() != outputs))
    return unsupported("weights must be fp32 or fp16");
  POME_ASSIGN(m.params, geometry(context, op, x->shape(), pad));
  m.chain = follow(context, op);
  m.params.epilogue = m.chain.epilogue;
  m.params.epilogue.has_bias = o.has("bias");
  m.params.planar_input =
      m.params.in_channels <= 4 && m.params.groups == 1 && context.layout(x) == ops::Layout::kPlain;
  POME_TRY(conv_choose(m.params, context.threads()));
  return m;
}

}  // namespace

Result<ops::WindowSpec> conv_window(const Operands& o, const Shape& x) {
  const Shape& weight = o.shape("weight");
  ops::WindowSpec spec;
  spec.in = {x[2], x[3]};
  spec.kernel = {weight[2], weight[3]};
  spec.strides = o.ints("strides");
  spec.dilations = o.ints("dilations");
  spec.pad = o.ints("pad");
  POME_ASSIGN(spec.type, ops::pad_type(o.args(), o.position("pad_type")));
  return spec;
}

double ConvMatch::flops() const {
  const ConvParams& p = params;
  return 2.0 * p.batch * p.out_channels * p.out_height * p.out_width * (p.in_channels / p.groups) *
         p.kernel_height * p.kernel_width;
}

ops::PackedConstant ConvMatch::packed() const {
  const auto bytes = static_cast<size_t>(conv_packed_bytes(params));
  return {bytes, [p = params, w = weight, b = bias, bytes](std::byte* to) {
            (void)conv_pack(p, w, b, std::span(to, bytes)).ok();
          }};
}

Result<ConvMatch> match_pixels(const ops::MatchContext& context, const ir::Op& op) {
  POME_ASSIGN(ConvMatch m, match_next_convolution(context, op.output()));
  POME_ASSIGN(m.params.scaling, pixel_scaling(context, op));
  m.params.pixels = true;
  POME_TRY(conv_choose(m.params));
  m.input = op.input("x");
  m.chain.covered.insert(m.chain.covered.begin(), &op);
  return m;
}

Result<ConvMatch> match_convolution(const ops::MatchContext& context, const ir::Op& op) {
  if (op.kind() == "pome.pixels") return match_pixels(context, op);
  if (op.kind() == "conv") return match_padded(context, op, op.input("x"), {});
  const ir::Op* conv = padded_op(context, op, "conv");
  if (conv == nullptr) return unsupported("is not followed by a conv alone");
  POME_ASSIGN(const ZeroPad zero, zero_pad(context, op));
  POME_ASSIGN(ConvMatch m, match_padded(context, *conv, op.input("x"), zero));
  m.chain.covered.insert(m.chain.covered.begin(), &op);
  return m;
}

Result<ConvMatch> match_next_convolution(const ops::MatchContext& context, const ir::Value* value) {
  const ir::Op* next = context.sole_user(value);
  const bool fits = next != nullptr && (next->kind() == "conv" || next->kind() == "pad") &&
                    next->input("x") == value;
  if (!fits) return unsupported("is not followed by a conv alone");
  return match_convolution(context, *next);
}

}  // namespace pome::cpu
