// conv_transpose on blocked tensors.
#include "cpu/kernels/conv/conv_transpose.h"
#include "base/try.h"
#include "cpu/table/conv_match.h"

namespace pome::cpu {
namespace {

Result<ops::WindowNd> window_of(const Operands& o, const Shape& x, const Shape& out) {
  POME_ASSIGN(const ops::WindowSpec spec, conv_window(o, x));
  return ops::make_transposed_window(spec, o.has("output_shape") ? Shape{out[2], out[3]} : Shape());
}

ops::Match match_conv_transpose(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (!is_fp32(x, 4) || !is_fp32(op.output(), 4))
    return refuse("takes fp32 tensors of rank 4 alone");
  if (o.literal("weight") == nullptr || (o.has("bias") && o.literal("bias") == nullptr)) {
    return refuse("weight and bias must be constants");
  }
  const Shape& weight = o.shape("weight");
  const Shape& in = x->shape();
  const Shape& out = op.output()->shape();
  Result<ops::WindowNd> window = window_of(o, in, out);
  if (!window.ok()) return refuse(window.error());
  const Chain chain = follow(context, op);
  ConvTransposeParams p;
  p.isa = isa_of(context);
  p.epilogue = chain.epilogue;
  p.epilogue.has_bias = o.has("bias");
  p.batch = static_cast<int32_t>(in[0]);
  p.groups = o.has("groups") ? static_cast<int32_t>(o.real("groups")) : 1;
  p.in_channels = static_cast<int32_t>(in[1]);
  p.in_height = static_cast<int32_t>(in[2]);
  p.in_width = static_cast<int32_t>(in[3]);
  p.out_channels = static_cast<int32_t>(out[1]);
  p.out_height = static_cast<int32_t>(out[2]);
  p.out_width = static_cast<int32_t>(out[3]);
  p.kernel_height = static_cast<int32_t>(weight[2]);
  p.kernel_width = static_cast<int32_t>(weight[3]);
  p.stride_height = static_cast<int32_t>((*window)[0].stride);
  p.stride_width = static_cast<int32_t>((*window)[1].stride);
  p.dilation_height = static_cast<int32_t>((*window)[0].dilation);
  p.dilation_width = static_cast<int32_t>((*window)[1].dilation);
  p.pad_top = static_cast<int32_t>((*window)[0].pad_before);
  p.pad_left = static_cast<int32_t>((*window)[1].pad_before);
  if (Status ok = conv_transpose_check(p); !ok.ok()) return refuse(ok.error());
  ops::Candidate c;
  c.flops = 2.0 * static_cast<double>(in.elements()) * p.out_channels / p.groups * p.kernel_height *
            p.kernel_width;
  c.covered = chain.covered;
  c.inputs = {{x, ops::Layout::kBlocked}};
  if (chain.residual != nullptr) c.inputs.push_back({chain.residual, ops::Layout::kBlocked});
  c.outputs = {{chain.output, ops::Layout::kBlocked}};
  c.scratch_bytes = static_cast<size_t>(conv_transpose_scratch_bytes(p, context.threads()));
  const auto bytes = static_cast<size_t>(conv_transpose_packed_bytes(p));
  const Weights w = o.weights("weight");
  const Weights bias = o.weights("bias");
  c.packed.push_back({bytes, [=](std::byte* to) {
                        (void)conv_transpose_pack(p, w, bias, std::span(to, bytes)).ok();
                      }});
  c.set_params(p);
  return c;
}

void run_conv_transpose(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ConvTransposeParams>(params);
  ConvTransposeBuffers b;
  b.input = floats(r.inputs[0]);
  b.packed = r.packed[0];
  b.residual = p.epilogue.has_residual ? floats(r.inputs[1]) : nullptr;
  b.output = floats(r.outputs[0]);
  b.scratch = r.scratch;
  conv_transpose_run(p, b, *r.pool);
}

constexpr ops::KernelRow kConvTransposeRows[] = {
    {kConvTransposeKernel.name, kConvTransposeKernel.version, "conv_transpose",
     match_conv_transpose, run_conv_transpose},
};

}  // namespace

std::span<const ops::KernelRow> conv_transpose_rows() { return kConvTransposeRows; }

}  // namespace pome::cpu
