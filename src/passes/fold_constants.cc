// Before:
//     tensor<fp32, [2]> a = const()[val = tensor<fp32, [2]>([1, 2])];
//     tensor<fp32, [2]> b = mul(x = a, y = fp32(3));
//     tensor<fp32, [2]> y = add(x = x, y = b);
// After:
//     tensor<fp32, [2]> b = const()[val = tensor<fp32, [2]>([3, 6])];
//     tensor<fp32, [2]> y = add(x = x, y = b);
//
// The op's reference computes the value, so nothing changes. constexpr_* ops are folded too: no
// kernel reads compressed weights. Left alone: random and stateful ops, results over 16 MB that
// are more than four times the operands (forty times those of constexpr_*), products of large
// operands (their time), and ops whose reference returns an Error (it is to appear when the op
// runs).
#include <algorithm>

#include "ops/evaluate.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

constexpr int64_t kFreeBytes = 16'000'000;
constexpr int64_t kMaxGrowth = 4;
/// A bit of a mask or of an index becomes a float, and tables come along.
constexpr int64_t kMaxDecompression = 40;
/// Ops that do more than a few operations for each element, and how many products they may do.
constexpr std::string_view kProducts[] = {
    "conv", "conv_transpose", "linear", "matmul", "einsum", "scaled_dot_product_attention"};
constexpr double kMaxProducts = 1e8;

bool all_constant(const ir::Op& op) {
  for (const ir::Argument& argument : op.arguments())
    for (const ir::Operand& operand : argument.operands)
      if (operand.known() == nullptr) return false;
  return true;
}

int64_t input_bytes(const ir::Op& op) {
  int64_t total = 0;
  for (const ir::Argument& argument : op.arguments())
    for (const ir::Operand& operand : argument.operands)
      total += static_cast<int64_t>(operand.known()->bytes().size());
  return total;
}

/// The product of the operands' sizes bounds the work of every product op.
bool too_much_work(const ir::Op& op) {
  if (std::find(std::begin(kProducts), std::end(kProducts), op.kind()) == std::end(kProducts))
    return false;
  double work = 1;
  for (const ir::Argument& argument : op.arguments())
    for (const ir::Operand& operand : argument.operands)
      work *= static_cast<double>(std::max<int64_t>(operand.known()->size(), 1));
  return work > kMaxProducts;
}

/// Bytes that an op's results may have.
int64_t limit_of(const ir::Op& op) {
  const bool compressed = op.kind().starts_with("constexpr_");
  return std::max(kFreeBytes, (compressed ? kMaxDecompression : kMaxGrowth) * input_bytes(op));
}

/// The values of an op's outputs; empty when it is to be left alone.
std::vector<ir::LiteralPtr> compute(const ops::OpDef& def, const ir::Op& op) {
  std::vector<ir::LiteralPtr> values;
  for (const auto& output : op.outputs())
    if (output->literal() != nullptr) values.push_back(output->literal());
  if (values.size() == op.outputs().size()) return values;  // infer knew
  values.clear();
  if (too_much_work(op)) return values;
  const auto args = ops::resolve(def, op);
  if (!args.ok()) return values;
  auto computed = ops::evaluate(*args, limit_of(op));
  if (!computed.ok() || computed->size() != op.outputs().size()) return values;
  for (ops::OwnedTensor& tensor : *computed)
    values.push_back(ir::Literal::own(tensor.type, std::move(tensor.data)));
  return values;
}

}  // namespace

Status fold_constants(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    for (ir::Op* op : rewriter.ops()) {
      if (!rewriter.alive(op) || op->kind() == ir::kConstOp) continue;
      const ops::OpDef* def = rewriter.def(*op);
      if (def == nullptr || has_effects(def, *op) || def->is(ops::kHost)) continue;
      const bool inferred = std::all_of(op->outputs().begin(), op->outputs().end(),
                                        [](const auto& o) { return o->literal() != nullptr; });
      if (!inferred && !all_constant(*op)) continue;
      const std::vector<ir::LiteralPtr> values = compute(*def, *op);
      for (size_t i = 0; i < values.size(); ++i) {
        ir::Value* constant = rewriter.before(*op).constant(values[i], op->output(i)->name());
        if (constant == nullptr) return rewriter.finish();
        constant->producer()->set_name(op->name());
        rewriter.replace(op->output(i), constant);
        rewriter.take_name(constant, op->output(i));
      }
      rewriter.erase_if_unread(op);
    }
    return {};
  });
}

}  // namespace pome::passes
