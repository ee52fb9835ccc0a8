// Functions of two tensors, and prelu.
#include <array>
#include <cstring>

#include "base/try.h"
#include "cpu/kernels/eltwise/binary.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

struct Rule {
  std::string_view op;
  BinaryOp kernel;
};

constexpr std::array kRules = {
    Rule{"add", BinaryOp::kAdd},     Rule{"sub", BinaryOp::kSub},
    Rule{"mul", BinaryOp::kMul},     Rule{"real_div", BinaryOp::kDiv},
    Rule{"maximum", BinaryOp::kMax}, Rule{"minimum", BinaryOp::kMin},
};

BinaryOp kernel_of(const ir::Op& op) {
  for (const Rule& rule : kRules)
    if (rule.op == op.kind()) return rule.kernel;
  return BinaryOp::kAdd;
}

/// One operand: a computed value or a constant.
struct Side {
  const ir::Value* value = nullptr;
  const ir::Literal* literal = nullptr;
  Shape shape;
  bool one() const { return shape.elements() == 1; }
};

Side side_of(const Operands& o, const ir::Op& op, std::string_view name) {
  Side s;
  s.literal = o.literal(name);
  s.value = op.input(name);
  s.shape = o.shape(name);
  return s;
}

/// [1,C,1,1] (or with fewer leading ones) beside [N,C,H,W].
bool is_per_channel(const Shape& small, const Shape& big) {
  if (small.rank() > 4 || small.rank() < 3 || big.rank() != 4) return false;
  if (small.at(-1) != 1 || small.at(-2) != 1 || small.at(-3) != big[1]) return false;
  return small.rank() == 3 || small[0] == 1 || small[0] == big[0];
}

/// The candidate's second operand as a constant in the kernel's own layout: channel values, padded
/// to whole blocks.
ops::PackedConstant pack_channels(const ops::MatchContext& context, const ir::Literal* literal,
                                  int64_t channels) {
  const int64_t block = context.channel_block();
  const auto bytes = static_cast<size_t>((channels + block - 1) / block * block) * sizeof(float);
  return {bytes, [literal, channels](std::byte* to) {
            for (int64_t i = 0; i < channels; ++i)
              ir::store_real(ir::DType::kFp32, to, i, literal->real(i));
          }};
}

/// Whether the packed constant stands for x (0) or y (1), or neither (-1); behind the kernel's own
/// parameters.
struct Parameters {
  BinaryParams binary;
  int32_t packed_side = -1;
};

ops::Candidate offer(const ops::MatchContext& context, const ir::Op& op, Parameters p,
                     ops::Layout layout) {
  const Chain chain = follow_activation(context, op);
  p.binary.activation = chain.epilogue.activation;
  p.binary.alpha = chain.epilogue.alpha;
  p.binary.beta = chain.epilogue.beta;
  ops::Candidate c;
  c.covered = chain.covered;
  c.outputs = {{chain.output, layout}};
  c.set_params(p);
  return c;
}

/// A blocked tensor and one value per channel.
ops::Match per_channel(const ops::MatchContext& context, const ir::Op& op, BinaryOp kernel,
                       const Side& big, const Side& small, bool swap) {
  const Shape& s = big.shape;
  const bool per_image = small.shape.rank() == 4 && small.shape[0] != 1;
  if (small.literal != nullptr && per_image) return refuse("a constant per image and channel");
  if (small.literal == nullptr && small.shape.rank() != 4)
    return refuse("a computed operand of rank 3");
  Parameters p;
  p.binary = binary_per_channel(isa_of(context), kernel, s[0], s[1], s[2] * s[3], per_image, swap);
  if (small.literal != nullptr) p.packed_side = swap ? 0 : 1;
  ops::Candidate c = offer(context, op, p, ops::Layout::kBlocked);
  c.inputs = {{big.value, ops::Layout::kBlocked}};
  if (small.literal != nullptr) {
    c.packed.push_back(pack_channels(context, small.literal, s[1]));
    c.in_place = true;
  } else {
    c.inputs.insert(swap ? c.inputs.begin() : c.inputs.end(), {small.value, ops::Layout::kBlocked});
  }
  return c;
}

/// A tensor of any layout and a constant of one element: both are seen as flat.
ops::Match with_scalar(const ops::MatchContext& context, const ir::Op& op, BinaryOp kernel,
                       const Side& big, const Side& small, bool swap) {
  const ops::Layout layout = context.layout(big.value);
  Parameters p;
  p.binary = binary_same(isa_of(context), kernel, stored_elements(context, big.shape, layout));
  (swap ? p.binary.x_strides : p.binary.y_strides)[p.binary.rank - 1] = 0;
  p.packed_side = swap ? 0 : 1;
  ops::Candidate c = offer(context, op, p, layout);
  c.inputs = {{big.value, layout}};
  c.packed.push_back(pack_channels(context, small.literal, 1));
  c.in_place = true;
  return c;
}

ops::Match plain_broadcast(const ops::MatchContext& context, const ir::Op& op, BinaryOp kernel,
                           const Side& x, const Side& y) {
  Result<BinaryParams> made =
      binary_broadcast(isa_of(context), kernel, x.shape.dims(), y.shape.dims());
  if (!made.ok()) return refuse(made.error());
  ops::Candidate c = offer(context, op, {*made, -1}, ops::Layout::kPlain);
  if (x.value == nullptr || y.value == nullptr) return refuse("a constant written in place");
  c.inputs = {{x.value, ops::Layout::kPlain}, {y.value, ops::Layout::kPlain}};
  c.in_place = x.shape == op.output()->shape();
  return c;
}

ops::Match match_binary_of(const ops::MatchContext& context, const ir::Op& op, BinaryOp kernel,
                           const Side& x, const Side& y) {
  const Shape& out = op.output()->shape();
  const bool computed = x.literal == nullptr || y.literal == nullptr;
  if (!computed || op.output()->dtype() != ir::DType::kFp32)
    return refuse("takes fp32 tensors, one of them computed");
  if (x.literal == nullptr && y.literal == nullptr && x.shape == y.shape) {
    const bool blocked = out.rank() == 4 && (context.layout(x.value) == ops::Layout::kBlocked ||
                                             context.layout(y.value) == ops::Layout::kBlocked);
    const ops::Layout layout = blocked ? ops::Layout::kBlocked : ops::Layout::kPlain;
    ops::Candidate c = offer(
        context, op,
        {binary_same(isa_of(context), kernel, stored_elements(context, out, layout)), -1}, layout);
    c.inputs = {{x.value, layout}, {y.value, layout}};
    c.in_place = true;
    return c;
  }
  if (y.literal != nullptr && y.one() && x.shape == out)
    return with_scalar(context, op, kernel, x, y, false);
  if (x.literal != nullptr && x.one() && y.shape == out)
    return with_scalar(context, op, kernel, y, x, true);
  const auto blocked = [&](const Side& s) {
    return s.value && context.layout(s.value) == ops::Layout::kBlocked;
  };
  if (blocked(x) && x.shape == out && is_per_channel(y.shape, x.shape)) {
    return per_channel(context, op, kernel, x, y, false);
  }
  if (blocked(y) && y.shape == out && is_per_channel(x.shape, y.shape)) {
    return per_channel(context, op, kernel, y, x, true);
  }
  return plain_broadcast(context, op, kernel, x, y);
}

ops::Match match_binary(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  if (o.dtype("x") != ir::DType::kFp32) return refuse("takes fp32 tensors alone");
  return match_binary_of(context, op, kernel_of(op), side_of(o, op, "x"), side_of(o, op, "y"));
}

ops::Match match_prelu(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const Side x = side_of(o, op, "x");
  Side alpha = side_of(o, op, "alpha");
  if (!is_fp32(x.value, 4) || alpha.literal == nullptr)
    return refuse("takes fp32 of rank 4 and a constant alpha");
  if (alpha.one()) return with_scalar(context, op, BinaryOp::kPrelu, x, alpha, false);
  if (alpha.shape.elements() != x.shape[1]) return refuse("alpha is not one value per channel");
  return per_channel(context, op, BinaryOp::kPrelu, x, alpha, false);
}

void run_binary(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<Parameters>(params);
  const float* x = floats(p.packed_side == 0 ? r.packed[0] : r.inputs[0]);
  const float* y = floats(p.packed_side == 1 ? r.packed[0] : r.inputs[p.packed_side == 0 ? 0 : 1]);
  binary_run(p.binary, x, y, floats(r.outputs[0]), *r.pool);
}

constexpr auto kBinaryRows = [] {
  std::array<ops::KernelRow, kRules.size() + 1> rows{};
  size_t n = 0;
  for (const Rule& rule : kRules) {
    rows[n++] = {kBinaryKernel.name, kBinaryKernel.version, rule.op, match_binary, run_binary};
  }
  rows[n++] = {kBinaryKernel.name, kBinaryKernel.version, "prelu", match_prelu, run_binary};
  return rows;
}();

}  // namespace

std::span<const ops::KernelRow> binary_rows() { return kBinaryRows; }

}  // namespace pome::cpu
