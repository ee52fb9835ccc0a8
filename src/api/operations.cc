#include "api/operations.h"

#include <algorithm>

namespace pome::api {
namespace {

constexpr int64_t kLeastWeights = 10;  // smaller constants are parameters, not weights

std::string type_text(const ir::Type& type) {
  if (!type.is_tensor()) return type.to_string();
  return std::string(ir::name(type.dtype())) + " " + type.shape().to_string();
}

void add_weights(const ir::Operand& operand, OperationInfo& info) {
  const ir::LiteralPtr& literal = operand.known();
  if (literal == nullptr || literal->size() < kLeastWeights) return;
  const ir::Type& type = literal->type();
  if (!type.is_tensor() || type.dtype() == ir::DType::kString) return;
  const std::string name(ir::name(type.dtype()));
  info.weights += literal->size();
  info.weight_bytes += literal->bytes().size();
  if (info.weight_type.find(name) == std::string::npos)
    info.weight_type += (info.weight_type.empty() ? "" : ", ") + name;
}

void add_attributes(const ir::Op& op, OperationInfo& info) {
  // constexpr_* ops hold their weights as attributes.
  for (const auto& [name, literal] : op.attributes()) add_weights(ir::Operand(literal), info);
}

void list(const ir::Block& block, int depth, std::vector<OperationInfo>& out) {
  for (const auto& op : block.ops()) {
    if (op->kind() == ir::kConstOp) continue;
    OperationInfo info;
    info.kind = op->kind();
    info.depth = depth;
    for (const ir::Argument& argument : op->arguments()) {
      for (const ir::Operand& operand : argument.operands) {
        add_weights(operand, info);
        if (operand.value != nullptr && operand.value->literal() == nullptr)
          info.inputs.push_back(operand.value->name());
      }
    }
    add_attributes(*op, info);
    for (const auto& output : op->outputs()) {
      info.outputs.push_back(output->name());
      info.output_types.push_back(type_text(output->type()));
    }
    info.name = info.outputs.empty() ? op->name() : info.outputs.front();
    out.push_back(std::move(info));
    for (const auto& inner : op->blocks()) list(*inner, depth + 1, out);
  }
}

}  // namespace

std::vector<OperationInfo> operations_of(const ir::Function& function) {
  std::vector<OperationInfo> out;
  list(function.body, 0, out);
  return out;
}

}  // namespace pome::api
