#include "passes/transpose_region.h"

#include <algorithm>
#include <numeric>

#include "base/try.h"

namespace pome::passes {
namespace {

/// Parameters of elementwise ops that are broadcast against one another.
bool is_broadcast(std::string_view param) {
  return param == "x" || param == "y" || param == "a" || param == "b" || param == "cond" ||
         param == "values";
}

bool has_axis(const ir::Op& op) { return op.kind() == "concat" || op.kind() == "softmax"; }

/// reduce_* over axes that are known, or over all, with the rank kept.
bool is_reduction(const ir::Op& op) {
  if (!op.kind().starts_with("reduce_") || op.argument("axis") != nullptr) return false;
  const ir::Literal* keep = op.constant("keep_dims");
  return keep != nullptr && keep->integer() != 0 &&
         (op.argument("axes") == nullptr || op.constant("axes") != nullptr);
}

/// Can the op be computed in another order of axes, if its run-time operands can?
bool is_movable(const ops::OpDef* def, const ir::Op& op, int rank) {
  if (def == nullptr || op.outputs().size() != 1 || !op.output()->type().is_tensor() ||
      op.output()->shape().rank() != rank || !op.blocks().empty()) {
    return false;
  }
  if (has_axis(op) ? op.constant("axis") == nullptr
                   : !def->is(ops::kElementwise) && !is_reduction(op)) {
    return false;
  }
  for (const ir::Argument& argument : op.arguments()) {
    for (const ir::Operand& operand : argument.operands) {
      if (!operand.type().is_tensor()) return false;
      const Shape& shape = operand.type().shape();
      if (operand.known() == nullptr) {
        if (shape.rank() != rank || !is_broadcast(argument.param)) return false;
      } else if (is_broadcast(argument.param)) {
        if (shape.rank() > rank || (op.kind() == "concat" && shape.rank() != rank)) return false;
      } else if (argument.param != "axes" && operand.known()->size() != 1) {
        return false;  // prelu's slopes lie along one axis
      }
    }
  }
  return true;
}

/// Which of a number of things belong together.
class Groups {
 public:
  explicit Groups(size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), size_t{0}); }
  size_t of(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(size_t a, size_t b) { parent_[of(a)] = of(b); }

 private:
  std::vector<size_t> parent_;
};

double elements(const ir::Value& value) {
  double n = 1;
  for (int64_t d : value.shape().dims()) n *= static_cast<double>(std::max<int64_t>(d, 1));
  return n;
}

/// The run-time values that an op reads.
std::vector<const ir::Value*> reads(const ir::Op& op) {
  std::vector<const ir::Value*> values;
  for (const ir::Argument& argument : op.arguments())
    for (const ir::Operand& operand : argument.operands)
      if (operand.known() == nullptr) values.push_back(operand.value);
  return values;
}

}  // namespace

std::vector<TransposeRegion> TransposeRegion::find(Rewriter& rewriter, const Permutation& perm) {
  // Transposes by perm, and ops all of whose run-time operands come from these.
  std::unordered_map<const ir::Value*, size_t> index;
  std::vector<ir::Op*> found;
  for (const auto& op : rewriter.function().body.ops()) {
    if (op->outputs().size() != 1) continue;
    const bool source = transpose_perm(*op) == perm;
    if (!source) {
      if (!is_movable(rewriter.def(*op), *op, perm.rank())) continue;
      const auto values = reads(*op);
      if (values.empty() || !std::all_of(values.begin(), values.end(),
                                         [&](const ir::Value* v) { return index.count(v) != 0; })) {
        continue;
      }
    }
    index[op->output()] = found.size();
    found.push_back(op.get());
  }
  Groups groups(found.size());
  for (size_t i = 0; i < found.size(); ++i) {
    if (transpose_perm(*found[i]) == perm) continue;
    for (const ir::Value* v : reads(*found[i])) groups.join(i, index[v]);
  }
  std::unordered_map<size_t, TransposeRegion> regions;
  std::vector<size_t> order;
  for (size_t i = 0; i < found.size(); ++i) {
    const auto [it, fresh] = regions.try_emplace(groups.of(i));
    if (fresh) order.push_back(groups.of(i));
    TransposeRegion& region = it->second;
    region.perm_ = perm;
    if (transpose_perm(*found[i]) == perm) {
      region.sources_.push_back(found[i]);
    } else {
      region.ops_.push_back(found[i]);
      region.members_.insert(found[i]);
    }
  }
  std::vector<TransposeRegion> result;
  for (size_t root : order)
    if (!regions[root].ops_.empty()) result.push_back(std::move(regions[root]));
  return result;
}

bool TransposeRegion::leaves(const Rewriter& rewriter, const ir::Value* value) const {
  return rewriter.is_output(value) ||
         std::any_of(value->users().begin(), value->users().end(),
                     [&](const ir::Op* user) { return !contains(user) && !transpose_perm(*user); });
}

double TransposeRegion::gain(const Rewriter& rewriter) const {
  double moved = 0;
  for (const ir::Op* source : sources_)
    if (!leaves(rewriter, source->output())) moved += elements(*source->output());
  for (const ir::Op* op : ops_) {
    const ir::Value* value = op->output();
    if (leaves(rewriter, value)) moved -= elements(*value);
    for (const ir::Op* user : value->users()) {
      const auto other = transpose_perm(*user);
      if (other && is_identity(then(perm_, *other))) moved += elements(*value);
    }
  }
  return moved;
}

/// A constant operand as the inner op wants it: brought to full rank with extents of 1 in front,
/// then transposed back.
Result<ir::Value*> TransposeRegion::inner_constant(ops::Builder& builder,
                                                   const ir::Operand& operand) const {
  ir::Value* value =
      operand.value != nullptr ? operand.value : builder.constant(operand.literal, "");
  if (value == nullptr) return builder.status().error();
  Shape shape = value->shape();
  while (shape.rank() < perm_.rank()) shape.insert(0, 1);
  if (!(shape == value->shape()))
    value = builder.add("reshape", value->name(), {{"x", value}, {"shape", ops::Arg::ints(shape)}});
  if (value != nullptr) {
    value = builder.add("transpose", value->name(),
                        {{"x", value}, {"perm", ops::Arg::ints(inverse(perm_))}});
  }
  if (value == nullptr) return builder.status().error();
  return value;
}

Result<ir::Op*> TransposeRegion::inner_op(
    Rewriter& rewriter, const ir::Op& op,
    const std::unordered_map<const ir::Value*, ir::Value*>& inner) const {
  ops::Builder& builder = rewriter.before(op);
  std::vector<std::pair<std::string, ops::Arg>> args;
  for (const ir::Argument& argument : op.arguments()) {
    std::vector<ir::Operand> operands;
    for (const ir::Operand& operand : argument.operands) {
      if (argument.param == "axis" || argument.param == "axes") {
        std::vector<int64_t> axes = operand.known()->to_ints();
        for (int64_t& axis : axes)
          axis = perm_[static_cast<int>(axis < 0 ? axis + perm_.rank() : axis)];
        const bool single = operand.type().is_scalar();
        operands.push_back(single ? ir::Literal::int32(static_cast<int32_t>(axes[0]))
                                  : ir::Literal::ints(axes));
      } else if (operand.known() == nullptr) {
        operands.push_back(inner.at(operand.value));
      } else if (!is_broadcast(argument.param) ||
                 (operand.known()->size() == 1 && op.kind() != "concat")) {
        operands.push_back(operand);
      } else {
        POME_ASSIGN(ir::Value * constant, inner_constant(builder, operand));
        operands.push_back(constant);
      }
    }
    args.emplace_back(argument.param, ops::Arg(std::move(operands)));
  }
  ir::Op* made = builder.add_op(op.kind(), op.output()->name(), args);
  if (made == nullptr) return builder.status().error();
  made->set_name(op.name());
  return made;
}

Status TransposeRegion::apply(Rewriter& rewriter) const {
  std::unordered_map<const ir::Value*, ir::Value*> inner;
  for (ir::Op* source : sources_) inner[source->output()] = source->input("x");
  std::vector<std::pair<ir::Value*, ir::Value*>> replaced;
  for (ir::Op* op : ops_) {
    POME_ASSIGN(ir::Op * made, inner_op(rewriter, *op, inner));
    inner[op->output()] = made->output();
    const bool read_outside =
        rewriter.is_output(op->output()) ||
        std::any_of(op->output()->users().begin(), op->output()->users().end(),
                    [&](const ir::Op* user) { return !contains(user); });
    if (!read_outside) {
      rewriter.take_name(made->output(), op->output());
      continue;
    }
    ir::Value* outside =
        rewriter.before(*op).add("transpose", op->output()->name(),
                                 {{"x", made->output()}, {"perm", ops::Arg::ints(perm_)}});
    POME_TRY(rewriter.finish());
    replaced.emplace_back(op->output(), outside);
  }
  for (const auto& [from, to] : replaced) {
    rewriter.replace(from, to);
    rewriter.take_name(to, from);
  }
  for (auto op = ops_.rbegin(); op != ops_.rend(); ++op) rewriter.erase_if_unread(*op);
  return {};
}

}  // namespace pome::passes
