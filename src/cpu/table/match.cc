// What the match functions share.
#include "base/half.h"
#include "cpu/blocked.h"
#include "cpu/table/table.h"

namespace pome::cpu {

bool Operands::has(std::string_view name) const {
  const int p = position(name);
  return p >= 0 && args_.has(p);
}

const ir::Value* Operands::value(std::string_view name) const { return op_.input(name); }

const ir::Literal* Operands::literal(std::string_view name) const {
  return has(name) ? args_.literal(position(name)) : nullptr;
}

Weights Operands::weights(std::string_view name) const {
  const ir::Literal* l = literal(name);
  return l == nullptr ? Weights{} : Weights{l->type().dtype(), l->bytes()};
}

Weights Operands::stored_weights(std::string_view name) const {
  const ir::Literal* l = literal(name);
  if (l == nullptr || l->stored() == nullptr) return weights(name);
  return {l->stored()->type().dtype(), l->stored()->bytes()};
}

const Shape& Operands::shape(std::string_view name) const { return args_.shape(position(name)); }
ir::DType Operands::dtype(std::string_view name) const { return args_.dtype(position(name)); }

ops::Ints Operands::ints(std::string_view name) const {
  return literal(name) != nullptr ? args_.ints(position(name)) : ops::Ints();
}

double Operands::real(std::string_view name) const {
  return literal(name) ? args_.real(position(name)) : 0;
}
bool Operands::flag(std::string_view name) const {
  return literal(name) && args_.flag(position(name));
}
std::string_view Operands::text(std::string_view name) const {
  return literal(name) ? args_.text(position(name)) : std::string_view();
}

bool is_fp32(const ir::Value* value, int rank) {
  return value != nullptr && value->type().is_tensor() && value->dtype() == ir::DType::kFp32 &&
         value->shape().rank() == rank;
}

int64_t stored_elements(const ops::MatchContext& context, const Shape& shape, ops::Layout layout) {
  if (layout == ops::Layout::kPlain) return shape.elements();
  return blocked_elements(shape[0], shape[1], shape[2], shape[3], isa_of(context));
}

std::optional<FusedActivation> activation_of(const ops::MatchContext& context, const ir::Op& op) {
  const std::string& kind = op.kind();
  if (kind == "relu") return FusedActivation{Activation::kRelu, 0, 0};
  if (kind == "relu6") return FusedActivation{Activation::kClamp, 0, 6};
  if (kind == "silu") return FusedActivation{Activation::kSilu, 0, 0};
  const bool leaky = kind == "leaky_relu";
  const bool two = kind == "clip" || kind == "sigmoid_hard";
  if (!leaky && !two) return std::nullopt;
  const Operands o(context, op);
  if (o.literal("alpha") == nullptr || (two && o.literal("beta") == nullptr)) return std::nullopt;
  const auto alpha = static_cast<float>(o.real("alpha"));
  const auto beta = static_cast<float>(o.real("beta"));
  if (leaky) return FusedActivation{Activation::kLeakyRelu, alpha, 0};
  return FusedActivation{kind == "clip" ? Activation::kClamp : Activation::kHardSigmoid, alpha,
                         beta};
}

namespace {

/// The other operand of `add`, when it can be a residual of `value`: computed, same shape, fp32.
const ir::Value* residual_of(const ops::MatchContext& context, const ir::Op& add,
                             const ir::Value* value) {
  const ir::Value* x = add.input("x");
  const ir::Value* y = add.input("y");
  const ir::Value* other = x == value ? y : x;
  if (x == nullptr || y == nullptr || x == y || other->literal() != nullptr) return nullptr;
  const bool fits = other->type() == value->type() && context.available_at(other, add);
  return fits ? other : nullptr;
}

void set_activation(Epilogue& epilogue, const FusedActivation& activation) {
  epilogue.activation = activation.kind;
  epilogue.alpha = activation.alpha;
  epilogue.beta = activation.beta;
}

/// An activation that models write as x * gate(x).
struct Gated {
  FusedActivation activation;
  const ir::Op* gate = nullptr;
  const ir::Op* product = nullptr;
};

/// The activation that a value and its gate become: hard swish of sigmoid_hard, silu of sigmoid.
/// Nobody else may read the value or the gate.
std::optional<Gated> gated_activation(const ops::MatchContext& context, const ir::Value* x) {
  const std::vector<const ir::Op*> readers = context.readers(x);
  if (readers.size() != 2) return std::nullopt;
  const int first = readers[0]->kind() == "mul" ? 1 : 0;
  Gated g{{}, readers[static_cast<size_t>(first)], readers[static_cast<size_t>(1 - first)]};
  const bool soft = g.gate->kind() == "sigmoid";
  if ((!soft && g.gate->kind() != "sigmoid_hard") || g.product->kind() != "mul")
    return std::nullopt;
  const ir::Value* gate = g.gate->output();
  const ir::Value* a = g.product->input("x");
  const ir::Value* b = g.product->input("y");
  const bool reads_both = (a == x && b == gate) || (a == gate && b == x);
  if (!reads_both || context.sole_user(gate) != g.product) return std::nullopt;
  g.activation = {Activation::kSilu, 0, 0};
  if (soft) return g;
  const auto hard = activation_of(context, *g.gate);
  if (!hard) return std::nullopt;
  g.activation = {Activation::kHardSwish, hard->alpha, hard->beta};
  return g;
}

/// Takes the activation that alone reads the chain's output along, if there is one that kernels
/// take in.
bool take_activation(const ops::MatchContext& context, Chain& chain) {
  if (const ir::Op* next = context.sole_user(chain.output)) {
    const auto activation = activation_of(context, *next);
    if (!activation) return false;
    set_activation(chain.epilogue, *activation);
    chain.covered.push_back(next);
    chain.output = next->output();
    return true;
  }
  const std::optional<Gated> gated = gated_activation(context, chain.output);
  if (!gated) return false;
  set_activation(chain.epilogue, gated->activation);
  chain.covered.insert(chain.covered.end(), {gated->gate, gated->product});
  chain.output = gated->product->output();
  return true;
}

bool take_residual(const ops::MatchContext& context, Chain& chain) {
  const ir::Op* next = context.sole_user(chain.output);
  if (next == nullptr || next->kind() != "add") return false;
  chain.residual = residual_of(context, *next, chain.output);
  if (chain.residual == nullptr) return false;
  chain.epilogue.has_residual = true;
  chain.epilogue.residual_last = chain.epilogue.activation != Activation::kNone;
  chain.covered.push_back(next);
  chain.output = next->output();
  return true;
}

}  // namespace

Chain follow(const ops::MatchContext& context, const ir::Op& op) {
  Chain chain;
  chain.covered = {&op};
  chain.output = op.output();
  bool more = true;
  while (more) {
    more = (chain.residual == nullptr && take_residual(context, chain)) ||
           (chain.epilogue.activation == Activation::kNone && take_activation(context, chain));
  }
  return chain;
}

Chain follow_activation(const ops::MatchContext& context, const ir::Op& op) {
  Chain chain;
  chain.covered = {&op};
  chain.output = op.output();
  take_activation(context, chain);
  return chain;
}

}  // namespace pome::cpu
