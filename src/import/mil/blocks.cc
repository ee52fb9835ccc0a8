#include "import/mil/blocks.h"

#include <memory>
#include <utility>
#include <vector>

#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"
#include "format/proto/mil.pb.h"

namespace pome::import {
namespace {

namespace mil = CoreML::Specification::MILSpec;

/// The attribute `name`, which is text for people; empty when there is none.
std::string op_name(const mil::Operation& message) {
  const auto name = message.attributes().find("name");
  if (name == message.attributes().end()) return {};
  const auto& strings = name->second.immediatevalue().tensor().strings().values();
  return strings.empty() ? std::string() : strings[0];
}

/// Whether what the file declares can be what inference found: equal, but for extents that only
/// one of the two knows.
bool agrees(const ir::Type& declared, const ir::Type& inferred) {
  if (declared.kind() != inferred.kind()) return false;
  if (!declared.is_tensor()) {
    // Lengths of lists may be open as well.
    const auto& a = declared.members();
    const auto& b = inferred.members();
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
      if (!agrees(a[i], b[i])) return false;
    return true;
  }
  if (declared.dtype() != inferred.dtype()) return false;
  if (declared.shape().rank() != inferred.shape().rank()) return false;
  for (int i = 0; i < declared.shape().rank(); ++i) {
    const int64_t a = declared.shape()[i];
    const int64_t b = inferred.shape()[i];
    if (a != b && a >= 0 && b >= 0) return false;
  }
  return true;
}

}  // namespace

Status BlockReader::declare(ir::Value* value) {
  if (value->name().empty()) return invalid("a value has no name");
  if (scopes_.back().emplace(value->name(), value).second) return {};
  return invalid("the name " + quoted(value->name()) + " stands twice in a block");
}

Result<ir::Value*> BlockReader::find(const std::string& name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
    if (const auto found = scope->find(name); found != scope->end()) return found->second;
  return invalid("no value has the name " + quoted(name) + " here");
}

Status BlockReader::read(const mil::Block& message, ir::Block& block) {
  for (const mil::Operation& operation : message.operations()) {
    Status read = read_operation(operation, block);
    if (read) continue;
    const std::string name = op_name(operation);
    const std::string kind = place_text(operation.type());
    return std::move(read).error().at(name.empty() ? kind : place_text(name) + " (" + kind + ")");
  }
  for (const std::string& name : message.outputs()) {
    Result<ir::Value*> value = find(name);
    if (!value) return std::move(value).error().at("block outputs");
    block.outputs().push_back(*value);
  }
  return {};
}

Status BlockReader::read_operation(const mil::Operation& message, ir::Block& block) {
  ir::Op* op = block.append(std::make_unique<ir::Op>(message.type(), op_name(message)));
  if (message.type() == ir::kConstOp) return read_const(message, *op);
  const ops::OpDef* def = ops::find(message.type(), opset_);
  if (def == nullptr) return ops::unknown_op(message.type(), opset_);
  POME_TRY(read_arguments(message, *def, *op));
  POME_TRY(read_attributes(message, *def, *op));
  POME_TRY(read_blocks(message, *op));
  if (!op->blocks().empty() && message.type() != "cond" && message.type() != "while_loop") {
    return invalid("the operation has " + std::to_string(op->blocks().size()) +
                   " blocks, this kind takes none");
  }
  return add_outputs(message, *def, *op);
}

Status BlockReader::read_const(const mil::Operation& message, ir::Op& op) {
  const auto val = message.attributes().find("val");
  if (val == message.attributes().end()) return invalid("the constant has no attribute \"val\"");
  if (message.outputs_size() != 1 || message.inputs_size() != 0 || message.blocks_size() != 0) {
    return invalid("a const has one output and no inputs, this one has " +
                   std::to_string(message.outputs_size()) + " and " +
                   std::to_string(message.inputs_size()));
  }
  POME_ASSIGN(ir::LiteralPtr literal, read_value(val->second, weights_));
  POME_ASSIGN(const ir::Type declared, read_type(message.outputs(0).type()));
  if (!(declared == literal->type())) {
    return invalid("the constant's value is a " + literal->type().to_string() +
                   ", its output is declared as " + declared.to_string());
  }
  ir::Value* value = op.add_output(message.outputs(0).name(), declared);
  value->set_literal(literal);
  op.attributes()["val"] = std::move(literal);
  return declare(value);
}

Result<ir::Argument> BlockReader::read_argument(const std::string& param,
                                                const mil::Argument& message) {
  ir::Argument argument;
  argument.param = param;
  for (const mil::Argument::Binding& binding : message.arguments()) {
    if (binding.has_name()) {
      POME_ASSIGN(ir::Value * value, find(binding.name()));
      argument.operands.emplace_back(value);
    } else if (binding.has_value()) {
      POME_ASSIGN(ir::LiteralPtr literal, read_value(binding.value(), weights_));
      argument.operands.emplace_back(std::move(literal));
    } else {
      return invalid("a binding has neither name nor value");
    }
  }
  if (argument.operands.empty()) return invalid("nothing is bound to the parameter");
  return argument;
}

Status BlockReader::read_arguments(const mil::Operation& message, const ops::OpDef& def,
                                   ir::Op& op) {
  // In the order of the definition, so that the same file always gives the same program; a
  // parameter that is unknown is told by inference.
  const auto bind = [&](const std::string& param, const mil::Argument& bound) -> Status {
    Result<ir::Argument> argument = read_argument(param, bound);
    if (!argument) return std::move(argument).error().at("parameter " + quoted(param));
    op.set_argument(param, std::move(argument->operands));
    return {};
  };
  for (const ops::ParamDef& param : def.params) {
    const auto bound = message.inputs().find(std::string(param.name));
    if (bound != message.inputs().end()) POME_TRY(bind(bound->first, bound->second));
  }
  for (const auto& [param, bound] : message.inputs())
    if (def.param(param) < 0) POME_TRY(bind(param, bound));
  return {};
}

/// The parameters of constexpr ops before ios18 are attributes.
Status BlockReader::read_attributes(const mil::Operation& message, const ops::OpDef& def,
                                    ir::Op& op) {
  for (const auto& [key, value] : message.attributes()) {
    if (key == "name" && def.param("name") < 0) continue;
    Result<ir::LiteralPtr> literal = read_value(value, weights_);
    if (!literal) return std::move(literal).error().at("attribute " + quoted(key));
    if (def.param(key) >= 0 && op.argument(key) == nullptr)
      op.set_argument(key, {ir::Operand(*std::move(literal))});
    else
      op.attributes()[key] = *std::move(literal);
  }
  return {};
}

Status BlockReader::read_blocks(const mil::Operation& message, ir::Op& op) {
  for (const mil::Block& inner : message.blocks()) {
    if (scopes_.size() >= static_cast<size_t>(kMaxDepth)) {
      return Error(ErrorCode::kLimitExceeded,
                   "blocks are nested more than " + std::to_string(kMaxDepth) + " deep");
    }
    op.blocks().push_back(std::make_unique<ir::Block>());
    ir::Block& block = *op.blocks().back();
    scopes_.emplace_back();
    for (const mil::NamedValueType& input : inner.inputs()) {
      POME_ASSIGN(ir::Type type, read_type(input.type()));
      POME_TRY(declare(block.add_input(input.name(), std::move(type))));
    }
    POME_TRY(read(inner, block));
    scopes_.pop_back();
  }
  return {};
}

Status BlockReader::add_outputs(const mil::Operation& message, const ops::OpDef& def, ir::Op& op) {
  POME_ASSIGN(ops::Inferred inferred, ops::infer(def, op));
  if (static_cast<size_t>(message.outputs_size()) != inferred.types.size()) {
    return invalid("the operation declares " + std::to_string(message.outputs_size()) +
                   " outputs, " + std::to_string(inferred.types.size()) + " are expected");
  }
  for (size_t i = 0; i < inferred.types.size(); ++i) {
    const mil::NamedValueType& output = message.outputs(static_cast<int>(i));
    POME_ASSIGN(const ir::Type declared, read_type(output.type()));
    if (!agrees(declared, inferred.types[i])) {
      return invalid("the output " + quoted(output.name()) + " is declared as " +
                     declared.to_string() + ", the operation gives " +
                     inferred.types[i].to_string());
    }
    ir::Value* value = op.add_output(output.name(), inferred.types[i]);
    if (i < inferred.literals.size()) value->set_literal(inferred.literals[i]);
    POME_TRY(declare(value));
  }
  return {};
}

}  // namespace pome::import
