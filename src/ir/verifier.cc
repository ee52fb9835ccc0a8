#include "ir/verifier.h"

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/checked.h"
#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::ir {
namespace {

constexpr int kMaxTypeDepth = 16;
constexpr int64_t kMaxBytes = int64_t{1} << 62;

Status verify_type(const Type& type, int depth = 0) {
  if (depth > kMaxTypeDepth) return invalid("a type is nested deeper than 16");
  for (const Type& member : type.members()) POME_TRY(verify_type(member, depth + 1));
  if (!type.is_tensor()) return {};
  std::optional<int64_t> size = bits(type.dtype()) / 8 + 1;
  for (int64_t d : type.shape().dims()) {
    if (d < Shape::kUnknown) {
      return invalid("the type " + type.to_string() + " has an extent of " + std::to_string(d));
    }
    if (d > 0) size = checked_mul(*size, d);
    if (!size || *size > kMaxBytes)
      return invalid("the type " + type.to_string() + " is larger than any memory");
  }
  return {};
}

Status verify_tensor(const Literal& literal) {
  const Type& type = literal.type();
  if (!type.shape().known())
    return invalid("a constant has the type " + type.to_string() + ", whose size is not known");
  const auto elements = static_cast<size_t>(type.shape().elements());
  const bool text = type.dtype() == DType::kString;
  const size_t wanted =
      text ? elements
           : static_cast<size_t>(storage_bytes(type.dtype(), static_cast<int64_t>(elements)));
  const size_t found = text ? literal.strings().size() : literal.bytes().size();
  if (found == wanted) return {};
  return invalid("a constant of type " + type.to_string() + " has " + std::to_string(found) +
                 (text ? " texts, " : " bytes, ") + std::to_string(wanted) + " are needed");
}

Status verify_literal(const Literal& literal, int depth) {
  const Type& type = literal.type();
  if (depth == 0) POME_TRY(verify_type(type));
  if (depth > kMaxTypeDepth) return invalid("a constant is nested deeper than its type may be");
  if (type.is_tensor()) return verify_tensor(literal);
  const size_t n = literal.members().size();
  size_t wanted = n;
  if (type.kind() == Type::Kind::kTuple) wanted = type.members().size();
  if (type.kind() == Type::Kind::kDict) wanted = n + n % 2;
  if (type.kind() == Type::Kind::kState) return invalid("a state cannot be a constant");
  if (type.kind() == Type::Kind::kList && type.length() != Shape::kUnknown)
    wanted = static_cast<size_t>(type.length());
  if (wanted != n) {
    return invalid("a constant of type " + type.to_string() + " has " + std::to_string(n) +
                   " members, " + std::to_string(wanted) + " are needed");
  }
  for (const LiteralPtr& member : literal.members()) {
    if (member == nullptr) return invalid("a constant lacks a member");
    POME_TRY(verify_literal(*member, depth + 1));
  }
  return {};
}

/// Walks one function; knows what can be seen at the point where it is.
class FunctionVerifier {
 public:
  Status run(const Function& function) {
    POME_TRY(block(function.body, 0));
    return users();
  }

 private:
  Status define(const Value& value) {
    if (value.name().empty()) return invalid("a value has no name");
    POME_TRY(verify_type(value.type()));
    if (!names_.insert(value.name()).second)
      return invalid("the name " + quoted(value.name()) + " belongs to two values");
    visible_.insert(&value);
    reads_.try_emplace(&value);
    return {};
  }

  Status use(const Value* value) {
    if (value == nullptr) return invalid("a value is missing");
    if (visible_.count(value) != 0) return {};
    // Only what was seen before is surely alive and may be named.
    const bool known = reads_.count(value) != 0;
    return invalid("a value is read that " +
                   (known ? "belongs to an inner block: " + quoted(value->name())
                          : std::string("is not defined before")));
  }

  Status block(const Block& block, int depth) {
    if (depth > kMaxBlockDepth)
      return invalid("blocks are nested deeper than " + std::to_string(kMaxBlockDepth));
    std::vector<const Value*> own;
    for (const auto& input : block.inputs()) {
      POME_TRY(define(*input));
      own.push_back(input.get());
      if (input->producer() != nullptr)
        return invalid("the block input " + quoted(input->name()) + " claims a producer");
    }
    for (const auto& op : block.ops()) {
      Status status = this->op(*op, depth);
      if (status.ok() && op->block() != &block) status = invalid("it does not know its block");
      if (!status.ok()) return std::move(status).error().at(op->place());
      for (const auto& output : op->outputs()) own.push_back(output.get());
    }
    for (const Value* output : block.outputs()) {
      Status status = use(output);
      if (!status.ok()) return std::move(status).error().at("the outputs");
    }
    for (const Value* value : own) {
      visible_.erase(value);
      names_.erase(value->name());
    }
    return {};
  }

  Status op(const Op& op, int depth) {
    std::unordered_set<std::string_view> params;
    for (const Argument& argument : op.arguments()) {
      if (!params.insert(argument.param).second)
        return invalid("the parameter " + quoted(argument.param) + " is bound twice");
      for (const Operand& operand : argument.operands) {
        Status status = this->operand(op, operand);
        if (!status.ok())
          return std::move(status).error().at("parameter " + quoted(argument.param));
      }
    }
    for (const auto& [name, literal] : op.attributes()) {
      if (literal == nullptr) return invalid("the attribute " + quoted(name) + " has no value");
      POME_TRY(verify(*literal));
    }
    for (const auto& inner : op.blocks()) POME_TRY(block(*inner, depth + 1));
    for (size_t i = 0; i < op.outputs().size(); ++i) {
      const Value& output = *op.outputs()[i];
      if (output.producer() != &op || output.index() != static_cast<int>(i))
        return invalid("output " + std::to_string(i) + " does not know where it comes from");
      POME_TRY(define(output));
      if (output.literal() != nullptr) POME_TRY(verify(*output.literal()));
    }
    return op.kind() == kConstOp ? constant(op) : Status();
  }

  Status operand(const Op& op, const Operand& operand) {
    if ((operand.value == nullptr) == (operand.literal == nullptr))
      return invalid("an operand must be a value or a constant");
    if (operand.literal != nullptr) return verify(*operand.literal);
    POME_TRY(use(operand.value));
    ++reads_[operand.value][&op];
    return {};
  }

  static Status constant(const Op& op) {
    const auto val = op.attributes().find("val");
    if (val == op.attributes().end() || op.outputs().size() != 1 || !op.arguments().empty() ||
        !op.blocks().empty()) {
      return invalid("a const must have one output, no argument and the attribute \"val\"");
    }
    const Value& output = *op.output();
    if (!(val->second->type() == output.type())) {
      return invalid("the const is declared as " + output.type().to_string() +
                     ", its value is of type " + val->second->type().to_string());
    }
    if (output.literal() == nullptr ||
        (output.literal() != val->second && !Literal::equal(*output.literal(), *val->second))) {
      return invalid("the const's output does not hold its value");
    }
    return {};
  }

  /// The users lists against the reads that were counted.
  Status users() {
    for (const auto& [value, readers] : reads_) {
      size_t total = 0;
      for (const auto& [op, count] : readers) total += count;
      std::unordered_map<const Op*, size_t> listed;
      for (const Op* user : value->users()) ++listed[user];
      if (value->users().size() != total || listed != readers) {
        return invalid("the value " + quoted(value->name()) + " is read " + std::to_string(total) +
                       " times, its list of users has " + std::to_string(value->users().size()) +
                       " entries or others");
      }
    }
    return {};
  }

  std::unordered_set<const Value*> visible_;
  std::unordered_set<std::string_view> names_;
  std::unordered_map<const Value*, std::unordered_map<const Op*, size_t>> reads_;
};

}  // namespace

Status verify(const Type& type) { return verify_type(type); }

Status verify(const Literal& literal) { return verify_literal(literal, 0); }

Status verify(const Function& function) {
  for (const auto& [name, literal] : function.attributes) {
    if (literal == nullptr) return invalid("the attribute " + quoted(name) + " has no value");
    POME_TRY(verify(*literal));
  }
  return FunctionVerifier().run(function);
}

Status verify(const Program& program) {
  for (const auto& [name, literal] : program.attributes) {
    if (literal == nullptr) return invalid("the attribute " + quoted(name) + " has no value");
    POME_TRY(verify(*literal));
  }
  for (const auto& [name, function] : program.functions) {
    if (function == nullptr || function->name != name)
      return invalid("the function " + quoted(name) + " stands under another name");
    Status status = verify(*function);
    if (!status.ok()) return std::move(status).error().at(name);
  }
  return {};
}

}  // namespace pome::ir
