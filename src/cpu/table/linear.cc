// linear, matmul, and convolutions of single pixels, which are the same thing.
#include "cpu/kernels/gemm/linear.h"

#include "cpu/kernels/gemm/matmul.h"
#include "cpu/table/conv_match.h"

namespace pome::cpu {
namespace {

/// Weights that the model stores as fp16 are packed so where that pays.
void choose_form(LinearParams& params, const Weights& weight) {
  params.half_weights =
      weight.dtype == ir::DType::kFp16 && linear_keeps_halves(params.isa, params.rows);
}

ops::Match offer_linear(const ops::MatchContext& context, const ir::Op& op, const ir::Value* x,
                        LinearParams params, const Weights& weight, const Weights& bias) {
  if ((weight.dtype != ir::DType::kFp32 && weight.dtype != ir::DType::kFp16))
    return refuse("weights must be floats");
  const Chain chain = follow(context, op);
  params.isa = isa_of(context);
  params.epilogue = chain.epilogue;
  params.epilogue.has_bias = !bias.empty();
  params.in_features = x->shape().back();
  params.out_features = op.output()->shape().back();
  params.rows = params.in_features > 0 ? x->shape().elements() / params.in_features : 0;
  choose_form(params, weight);
  if (Status ok = linear_check(params); !ok.ok()) return refuse(ok.error());
  ops::Candidate c;
  c.flops = 2.0 * static_cast<double>(params.rows * params.in_features) *
            static_cast<double>(params.out_features);
  c.covered = chain.covered;
  c.inputs = {{x, ops::Layout::kPlain}};
  if (chain.residual != nullptr) c.inputs.push_back({chain.residual, ops::Layout::kPlain});
  c.outputs = {{chain.output, ops::Layout::kPlain}};
  c.scratch_bytes = static_cast<size_t>(linear_scratch_bytes(params, context.threads()));
  const auto bytes = static_cast<size_t>(linear_packed_bytes(params));
  c.packed.push_back({bytes, [=](std::byte* to) {
                        (void)linear_pack(params, weight, bias, std::span(to, bytes)).ok();
                      }});
  c.set_params(params);
  return c;
}

ops::Match match_linear(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (x == nullptr || x->dtype() != ir::DType::kFp32) return refuse("x must be fp32");
  if (o.literal("weight") == nullptr || (o.has("bias") && o.literal("bias") == nullptr)) {
    return refuse("weight and bias must be constants");
  }
  return offer_linear(context, op, x, {}, o.stored_weights("weight"), o.weights("bias"));
}

ops::Match match_matmul_constant(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (x == nullptr || x->dtype() != ir::DType::kFp32 || x->literal() != nullptr ||
      x->shape().rank() < 2) {
    return refuse("x must be a computed fp32 tensor");
  }
  if (o.literal("y") == nullptr || o.shape("y").rank() != 2 || o.flag("transpose_x")) {
    return refuse("y must be a constant matrix and x not transposed");
  }
  LinearParams params;
  params.weight_is_kn = !o.flag("transpose_y");
  return offer_linear(context, op, x, params, o.stored_weights("y"), {});
}

bool is_single_pixel(const ConvParams& p) {
  return p.in_height == 1 && p.in_width == 1 && p.kernel_height == 1 && p.kernel_width == 1 &&
         p.out_height == 1 && p.out_width == 1 && p.groups == 1;
}

/// A 1x1 conv of one pixel is a product with one row: squeeze-and-excite, classifiers. Whole blocks
/// of channels of one pixel lie as a row does.
ops::Match match_pixel_conv(const ops::MatchContext& context, const ir::Op& op) {
  Result<ConvMatch> match = match_convolution(context, op);
  if (!match.ok()) return refuse(match.error());
  const ConvParams& conv = match->params;
  if (!is_single_pixel(conv)) return refuse("is no 1x1 convolution of a single pixel");
  LinearParams params;
  params.isa = conv.isa;
  params.epilogue = conv.epilogue;
  params.rows = conv.batch;
  params.in_features = conv.in_channels;
  params.out_features = conv.out_channels;
  const Weights weight = Operands(context, op).stored_weights("weight");
  choose_form(params, weight);
  if (Status ok = linear_check(params); !ok.ok()) return refuse(ok.error());
  const auto layout = [&](int64_t channels, bool blocked) {
    const bool same = channels % context.channel_block() == 0;
    return same && blocked ? ops::Layout::kBlocked : ops::Layout::kPlain;
  };
  const bool in_blocks = context.layout(match->input) == ops::Layout::kBlocked;
  const ops::Layout out = layout(conv.out_channels, true);
  ops::Candidate c;
  c.cost = 0.9;
  c.flops = match->flops();
  c.covered = match->chain.covered;
  c.inputs = {{match->input, layout(conv.in_channels, in_blocks)}};
  if (match->chain.residual != nullptr) c.inputs.push_back({match->chain.residual, out});
  c.outputs = {{match->chain.output, out}};
  c.scratch_bytes = static_cast<size_t>(linear_scratch_bytes(params, context.threads()));
  const auto bytes = static_cast<size_t>(linear_packed_bytes(params));
  c.packed.push_back({bytes, [=, bias = match->bias](std::byte* to) {
                        (void)linear_pack(params, weight, bias, std::span(to, bytes)).ok();
                      }});
  c.set_params(params);
  return c;
}

/// Fills the batch axes; false when there are too many.
bool set_batches(MatmulParams& p, const Shape& x, const Shape& y, const Shape& out) {
  p.batch_rank = out.rank() - 2;
  if (p.batch_rank > MatmulParams::kMaxBatchRank) return false;
  const auto stride = [](const Shape& s, int from_end) {
    if (from_end > s.rank() || s.at(-from_end) == 1) return int64_t{0};
    int64_t n = 1;
    for (int i = 1; i < from_end; ++i) n *= s.at(-i);
    return n;
  };
  for (int i = 0; i < p.batch_rank; ++i) {
    const int from_end = out.rank() - i;
    p.batch_dims[i] = out[i];
    p.x_strides[i] = stride(x, from_end);
    p.y_strides[i] = stride(y, from_end);
  }
  return true;
}

ops::Match match_matmul(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  const ir::Value* y = op.input("y");
  if (x == nullptr || y == nullptr || x->dtype() != ir::DType::kFp32 ||
      y->dtype() != ir::DType::kFp32 || x->shape().rank() < 2 || y->shape().rank() < 2) {
    return refuse("both operands must be fp32 of rank 2 or more");
  }
  MatmulParams p;
  p.isa = isa_of(context);
  p.transpose_x = o.flag("transpose_x");
  p.transpose_y = o.flag("transpose_y");
  const Shape& out = op.output()->shape();
  p.m = out.at(-2);
  p.n = out.at(-1);
  p.k = x->shape().at(p.transpose_x ? -2 : -1);
  if (!set_batches(p, x->shape(), y->shape(), out)) return refuse("too many batch axes");
  if (Status ok = matmul_check(p); !ok.ok()) return refuse(ok.error());
  ops::Candidate c;
  c.cost = 2;  // behind the row with packed weights
  c.flops = 2.0 * static_cast<double>(out.elements()) * static_cast<double>(p.k);
  c.covered = {&op};
  c.inputs = {{x, ops::Layout::kPlain}, {y, ops::Layout::kPlain}};
  c.outputs = {{op.output(), ops::Layout::kPlain}};
  c.scratch_bytes = static_cast<size_t>(matmul_scratch_bytes(p, context.threads()));
  c.set_params(p);
  return c;
}

void run_linear(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<LinearParams>(params);
  LinearBuffers b;
  b.input = floats(r.inputs[0]);
  b.packed = r.packed[0];
  b.residual = p.epilogue.has_residual ? floats(r.inputs[1]) : nullptr;
  b.output = floats(r.outputs[0]);
  b.scratch = r.scratch;
  linear_run(p, b, *r.pool);
}

void run_matmul(const void* params, const ops::RunContext& r) noexcept {
  matmul_run(params_of<MatmulParams>(params), floats(r.inputs[0]), floats(r.inputs[1]),
             floats(r.outputs[0]), r.scratch, *r.pool);
}

constexpr ops::KernelRow kLinearRows[] = {
    {kLinearKernel.name, kLinearKernel.version, "linear", match_linear, run_linear},
    {"pixel_conv", kLinearKernel.version, "conv", match_pixel_conv, run_linear},
    {kLinearKernel.name, kLinearKernel.version, "matmul", match_matmul_constant, run_linear},
    {kMatmulKernel.name, kMatmulKernel.version, "matmul", match_matmul, run_matmul},
};

}  // namespace

std::span<const ops::KernelRow> linear_rows() { return kLinearRows; }

}  // namespace pome::cpu
