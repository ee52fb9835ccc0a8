// Functions of one value, on either layout.
#include <array>

#include "cpu/kernels/eltwise/unary.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

/// How an op maps to a UnaryOp: which parameters become alpha and beta.
struct UnaryRule {
  std::string_view op;
  UnaryOp kernel;
  std::string_view alpha;
  std::string_view beta;
};

constexpr std::array kRules = {
    UnaryRule{"abs", UnaryOp::kAbs, {}, {}},
    UnaryRule{"relu", UnaryOp::kRelu, {}, {}},
    UnaryRule{"clip", UnaryOp::kClamp, "alpha", "beta"},
    UnaryRule{"leaky_relu", UnaryOp::kLeakyRelu, "alpha", {}},
    UnaryRule{"thresholded_relu", UnaryOp::kThresholdedRelu, "alpha", {}},
    UnaryRule{"threshold", UnaryOp::kThreshold, "alpha", {}},
    UnaryRule{"elu", UnaryOp::kElu, "alpha", {}},
    UnaryRule{"sigmoid", UnaryOp::kSigmoid, {}, {}},
    UnaryRule{"tanh", UnaryOp::kTanh, {}, {}},
    UnaryRule{"scaled_tanh", UnaryOp::kScaledTanh, "alpha", "beta"},
    UnaryRule{"sigmoid_hard", UnaryOp::kHardSigmoid, "alpha", "beta"},
    UnaryRule{"silu", UnaryOp::kSilu, {}, {}},
    UnaryRule{"softplus", UnaryOp::kSoftplus, {}, {}},
    UnaryRule{"softsign", UnaryOp::kSoftsign, {}, {}},
    UnaryRule{"exp", UnaryOp::kExp, {}, {}},
    UnaryRule{"exp2", UnaryOp::kExp2, {}, {}},
    UnaryRule{"log", UnaryOp::kLog, "epsilon", {}},
    UnaryRule{"sqrt", UnaryOp::kSqrt, {}, {}},
    UnaryRule{"rsqrt", UnaryOp::kRsqrt, "epsilon", {}},
    UnaryRule{"inverse", UnaryOp::kInverse, "epsilon", {}},
    UnaryRule{"square", UnaryOp::kSquare, {}, {}},
    UnaryRule{"erf", UnaryOp::kErf, {}, {}},
    UnaryRule{"linear_activation", UnaryOp::kLinear, "alpha", "beta"},
    UnaryRule{"floor", UnaryOp::kFloor, {}, {}},
    UnaryRule{"ceil", UnaryOp::kCeil, {}, {}},
    UnaryRule{"round", UnaryOp::kRound, {}, {}},
    UnaryRule{"sign", UnaryOp::kSign, {}, {}},
    UnaryRule{"sin", UnaryOp::kSin, {}, {}},
    UnaryRule{"cos", UnaryOp::kCos, {}, {}},
};

ops::Match offer(const ops::MatchContext& context, const ir::Op& op, UnaryParams p) {
  const ir::Value* x = op.input("x");
  if (x == nullptr || x->dtype() != ir::DType::kFp32) return refuse("x must be fp32");
  const ops::Layout layout = context.layout(x);
  p.isa = isa_of(context);
  p.count = stored_elements(context, x->shape(), layout);
  ops::Candidate c = one_to_one(op, x, layout, p);
  c.in_place = true;
  return c;
}

ops::Match match_rule(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  for (const UnaryRule& rule : kRules) {
    if (rule.op != op.kind()) continue;
    UnaryParams p;
    p.op = rule.kernel;
    if ((!rule.alpha.empty() && !o.literal(rule.alpha)) ||
        (!rule.beta.empty() && !o.literal(rule.beta))) {
      return refuse("parameters must be constants");
    }
    if (!rule.alpha.empty()) p.alpha = static_cast<float>(o.real(rule.alpha));
    if (!rule.beta.empty()) p.beta = static_cast<float>(o.real(rule.beta));
    return offer(context, op, p);
  }
  return refuse("has no rule");
}

/// sigmoid of x and the product with x that alone reads it: silu.
ops::Match match_sigmoid_product(const ops::MatchContext& context, const ir::Op& op) {
  const ir::Value* x = op.input("x");
  const ir::Value* gate = op.output();
  const ir::Op* mul = context.sole_user(gate);
  const bool fits = mul != nullptr && mul->kind() == "mul" && x != nullptr &&
                    ((mul->input("x") == x && mul->input("y") == gate) ||
                     (mul->input("x") == gate && mul->input("y") == x));
  if (!fits) return refuse("is not followed by the product with its own input alone");
  UnaryParams p;
  p.op = UnaryOp::kSilu;
  ops::Match match = offer(context, op, p);
  if (auto* c = std::get_if<ops::Candidate>(&match)) {
    c->cost = 0.5;
    c->covered.push_back(mul);
    c->outputs[0].value = mul->output();
  }
  return match;
}

ops::Match match_relu6(const ops::MatchContext& context, const ir::Op& op) {
  UnaryParams p;
  p.op = UnaryOp::kClamp;
  p.beta = 6;
  return offer(context, op, p);
}

ops::Match match_gelu(const ops::MatchContext& context, const ir::Op& op) {
  const std::string_view mode = Operands(context, op).text("mode");
  UnaryParams p;
  p.op = mode == "TANH_APPROXIMATION"      ? UnaryOp::kGeluTanh
         : mode == "SIGMOID_APPROXIMATION" ? UnaryOp::kGeluSigmoid
                                           : UnaryOp::kGeluExact;
  return offer(context, op, p);
}

void run_unary(const void* params, const ops::RunContext& r) noexcept {
  unary_run(params_of<UnaryParams>(params), floats(r.inputs[0]), floats(r.outputs[0]), *r.pool);
}

constexpr auto kUnaryRows = [] {
  std::array<ops::KernelRow, kRules.size() + 3> rows{};
  size_t n = 0;
  for (const UnaryRule& rule : kRules) {
    rows[n++] = {kUnaryKernel.name, kUnaryKernel.version, rule.op, match_rule, run_unary};
  }
  rows[n++] = {kUnaryKernel.name, kUnaryKernel.version, "relu6", match_relu6, run_unary};
  rows[n++] = {"sigmoid_product", kUnaryKernel.version, "sigmoid", match_sigmoid_product,
               run_unary};
  rows[n++] = {kUnaryKernel.name, kUnaryKernel.version, "gelu", match_gelu, run_unary};
  return rows;
}();

}  // namespace

std::span<const ops::KernelRow> unary_rows() { return kUnaryRows; }

}  // namespace pome::cpu
