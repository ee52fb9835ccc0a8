// conv (with a zero pad before it, bias, residual and activation behind it) on blocked tensors.
#include "cpu/kernels/conv/conv.h"
#include "base/try.h"
#include "cpu/table/table.h"
#include "ops/window.h"

namespace pome::cpu {
namespace {

/// Zeros that a `pad` op in front puts around height and width: top, bottom, left, right.
struct ZeroPad {
  int64_t top = 0, bottom = 0, left = 0, right = 0;
};

Result<ops::WindowNd> window_of(const Operands& o, const Shape& x, const Shape& weight) {
  ops::WindowSpec spec;
  spec.in = {x[2], x[3]};
  spec.kernel = {weight[2], weight[3]};
  spec.strides = o.ints("strides");
  spec.dilations = o.ints("dilations");
  spec.pad = o.ints("pad");
  POME_ASSIGN(spec.type, ops::pad_type(o.args(), o.position("pad_type")));
  return ops::make_window(spec);
}

Result<ConvParams> geometry(const ops::MatchContext& context, const ir::Op& op, const Shape& x,
                            const ZeroPad& pad) {
  const Operands o(context, op);
  const Shape& weight = o.shape("weight");
  const Shape padded = {x[0], x[1], x[2] + pad.top + pad.bottom, x[3] + pad.left + pad.right};
  POME_ASSIGN(const ops::WindowNd window, window_of(o, padded, weight));
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

double flops_of(const ConvParams& p) {
  return 2.0 * p.batch * p.out_channels * p.out_height * p.out_width * (p.in_channels / p.groups) *
         p.kernel_height * p.kernel_width;
}

ops::Match match_from(const ops::MatchContext& context, const ir::Op& op, const ir::Value* x,
                      const ZeroPad& pad, const ir::Op* pad_op) {
  const Operands o(context, op);
  if (!is_fp32(x, 4) || !is_fp32(op.output(), 4))
    return refuse("takes fp32 tensors of rank 4 alone");
  if (o.literal("weight") == nullptr || (o.has("bias") && o.literal("bias") == nullptr)) {
    return refuse("weight and bias must be constants");
  }
  Result<ConvParams> made = geometry(context, op, x->shape(), pad);
  if (!made.ok()) return refuse(made.error());
  ConvParams params = *made;
  const Chain chain = follow(context, op);
  params.epilogue = chain.epilogue;
  params.epilogue.has_bias = o.has("bias");
  params.planar_input =
      params.in_channels <= 4 && params.groups == 1 && context.layout(x) == ops::Layout::kPlain;
  if (Status chosen = conv_choose(params); !chosen.ok()) return refuse(chosen.error());

  ops::Candidate c;
  c.flops = flops_of(params);
  c.covered = chain.covered;
  if (pad_op != nullptr) c.covered.insert(c.covered.begin(), pad_op);
  c.inputs = {{x, params.planar_input ? ops::Layout::kPlain : ops::Layout::kBlocked}};
  if (chain.residual != nullptr) c.inputs.push_back({chain.residual, ops::Layout::kBlocked});
  c.outputs = {{chain.output, ops::Layout::kBlocked}};
  c.scratch_bytes = static_cast<size_t>(conv_scratch_bytes(params, context.threads()));
  const auto bytes = static_cast<size_t>(conv_packed_bytes(params));
  const Weights weight = o.weights("weight");
  const Weights bias = o.weights("bias");
  // Checked here so that filling, later, cannot fail.
  if ((weight.dtype != ir::DType::kFp32 && weight.dtype != ir::DType::kFp16) ||
      (!bias.empty() && bias.elements() != params.out_channels)) {
    return refuse("weights must be fp32 or fp16");
  }
  c.packed.push_back({bytes, [=](std::byte* to) {
                        (void)conv_pack(params, weight, bias, std::span(to, bytes)).ok();
                      }});
  c.set_params(params);
  return c;
}

ops::Match match_conv(const ops::MatchContext& context, const ir::Op& op) {
  return match_from(context, op, op.input("x"), {}, nullptr);
}

/// pad with zeros of height and width whose only reader is a conv: the conv reads the unpadded
/// tensor.
ops::Match match_pad_conv(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Op* conv = context.sole_user(op.output());
  const ir::Value* x = op.input("x");
  if (conv == nullptr || conv->kind() != "conv" || conv->input("x") != op.output()) {
    return refuse("is not followed by a conv alone");
  }
  if (!is_fp32(x, 4) || o.text("mode") != "constant" || o.literal("constant_val") == nullptr ||
      o.real("constant_val") != 0) {
    return refuse("pads with something else than zeros");
  }
  const ops::Ints pads = o.ints("pad");  // before and after, of the last pads.size() / 2 axes
  const int n = pads.size();
  for (int i = 0; i + 4 < n; ++i) {
    if (pads[i] != 0) return refuse("pads batch or channels");
  }
  if (n < 2) return refuse("pads nothing");
  ZeroPad zero;
  zero.left = pads[n - 2];
  zero.right = pads[n - 1];
  if (n >= 4) {
    zero.top = pads[n - 4];
    zero.bottom = pads[n - 3];
  }
  return match_from(context, *conv, x, zero, &op);
}

void run_conv(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ConvParams>(params);
  ConvBuffers b;
  b.input = floats(r.inputs[0]);
  b.packed = r.packed[0];
  b.residual = p.epilogue.has_residual ? floats(r.inputs[1]) : nullptr;
  b.output = floats(r.outputs[0]);
  b.scratch = r.scratch;
  conv_run(p, b, *r.pool);
}

constexpr ops::KernelRow kRows[] = {
    {kConvKernel.name, kConvKernel.version, "conv", match_conv, run_conv},
    {kConvKernel.name, kConvKernel.version, "pad", match_pad_conv, run_conv},
};

}  // namespace

std::span<const ops::KernelRow> conv_rows() { return kRows; }

}  // namespace pome::cpu
