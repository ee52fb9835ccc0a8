#include "ops/builder.h"

#include <algorithm>
#include <array>

namespace pome::ops {
namespace {

void collect_names(const ir::Block& block, std::unordered_set<std::string>& names) {
  for (const auto& input : block.inputs()) names.insert(input->name());
  for (const auto& op : block.ops()) {
    for (const auto& output : op->outputs()) names.insert(output->name());
    for (const auto& inner : op->blocks()) collect_names(*inner, names);
  }
}

/// A float scalar given as a C++ number takes the dtype of the parameter's group.
void match_group_dtype(const OpDef& def, std::vector<std::pair<std::string, Arg>>& args) {
  for (auto& [param, arg] : args) {
    const int index = def.param(param);
    if (index < 0 || arg.operands().size() != 1 || !arg.operands()[0].literal) continue;
    const ParamDef& p = def.params[static_cast<size_t>(index)];
    const ir::LiteralPtr& literal = arg.operands()[0].literal;
    if (p.group == 0 || !(literal->type() == ir::Type::scalar(ir::DType::kFp32))) continue;
    for (const auto& [other, bound] : args) {
      const int j = def.param(other);
      if (j < 0 || def.params[static_cast<size_t>(j)].group != p.group || bound.operands().empty())
        continue;
      const ir::Operand& o = bound.operands()[0];
      if (o.value == nullptr || !o.value->type().is_tensor()) continue;
      std::array<std::byte, 8> bytes{};
      ir::store_real(o.value->dtype(), bytes.data(), 0, literal->real());
      const auto size = static_cast<size_t>(ir::bits(o.value->dtype()) / 8);
      arg =
          Arg(ir::Literal::copy(ir::Type::scalar(o.value->dtype()), std::span(bytes.data(), size)));
      break;
    }
  }
}

bool has_null(const std::vector<std::pair<std::string, Arg>>& args) {
  return std::any_of(args.begin(), args.end(), [](const auto& a) {
    return std::any_of(
        a.second.operands().begin(), a.second.operands().end(),
        [](const ir::Operand& o) { return o.value == nullptr && o.literal == nullptr; });
  });
}

}  // namespace

Builder::Builder(ir::Function& function, ir::Block& block, const ir::Op* before)
    : function_(&function), block_(&block), before_(before) {
  collect_names(function.body, names_);
}

ir::Value* Builder::add(std::string_view kind, std::string_view name, NamedArgs args) {
  return add(kind, name, std::vector<std::pair<std::string, Arg>>(args.begin(), args.end()));
}

ir::Value* Builder::add(std::string_view kind, std::string_view name,
                        const std::vector<std::pair<std::string, Arg>>& args) {
  ir::Op* op = add_op(kind, name, args);
  return op == nullptr ? nullptr : op->output();
}

ir::Op* Builder::add_op(std::string_view kind, std::string_view name,
                        const std::vector<std::pair<std::string, Arg>>& args) {
  if (!ok()) return nullptr;
  auto op = std::make_unique<ir::Op>(std::string(kind), std::string(name));
  const OpDef* def = find(kind, function_->opset);
  if (def == nullptr) {
    fail(unknown_op(kind, function_->opset).at(op->place()));
    return nullptr;
  }
  if (has_null(args)) {
    fail(Error(ErrorCode::kInternal, "an operand is null though no error was recorded")
             .at(op->place()));
    return nullptr;
  }
  auto bound = args;
  match_group_dtype(*def, bound);
  for (auto& [param, arg] : bound) op->set_argument(param, arg.operands());
  return add_made(std::move(op));
}

ir::Op* Builder::add_made(std::unique_ptr<ir::Op> op) {
  if (!ok()) return nullptr;
  const OpDef* def = find(op->kind(), function_->opset);
  if (def == nullptr) {
    fail(unknown_op(op->kind(), function_->opset).at(op->place()));
    return nullptr;
  }
  Result<Inferred> inferred = infer(*def, *op);
  if (!inferred.ok()) {
    fail(std::move(inferred).error().at(op->place()));
    return nullptr;
  }
  const size_t n = inferred->types.size();
  for (size_t i = 0; i < n; ++i) {
    std::string wanted = op->name().empty() ? op->kind() : op->name();
    if (n > 1) wanted += "_" + std::to_string(i);
    ir::Value* value = op->add_output(unique_name(wanted), inferred->types[i]);
    if (i < inferred->literals.size()) value->set_literal(inferred->literals[i]);
  }
  return before_ != nullptr ? block_->insert_before(*before_, std::move(op))
                            : block_->append(std::move(op));
}

ir::Value* Builder::constant(ir::LiteralPtr literal, std::string_view name) {
  if (!ok()) return nullptr;
  auto op = std::make_unique<ir::Op>(std::string(ir::kConstOp), std::string(name));
  ir::Value* value = op->add_output(unique_name(name.empty() ? "const" : name), literal->type());
  value->set_literal(literal);
  op->attributes()["val"] = std::move(literal);
  if (before_ != nullptr) {
    block_->insert_before(*before_, std::move(op));
  } else {
    block_->append(std::move(op));
  }
  return value;
}

void Builder::fail(Error error) {
  if (ok()) status_ = std::move(error);
}

std::string Builder::identifier(std::string_view text) {
  std::string base;
  for (char c : text) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    base += fine ? c : '_';
  }
  if (base.empty() || (base[0] >= '0' && base[0] <= '9')) base = "_" + base;
  return base;
}

std::string Builder::unique_name(std::string_view wanted) {
  const std::string base = identifier(wanted);
  std::string candidate = base;
  int& suffix = suffixes_[base];
  while (!names_.insert(candidate).second) candidate = base + "_" + std::to_string(++suffix);
  return candidate;
}

}  // namespace pome::ops
