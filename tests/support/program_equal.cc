#include "tests/support/program_equal.h"

#include <set>

namespace pome::testing {
namespace {

using ir::Block;
using ir::LiteralPtr;
using ir::Op;
using ir::Value;

using Attributes = std::map<std::string, LiteralPtr>;

bool same(const Attributes& a, const Attributes& b) {
  if (a.size() != b.size()) return false;
  for (auto i = a.begin(), j = b.begin(); i != a.end(); ++i, ++j)
    if (i->first != j->first || !ir::Literal::equal(*i->second, *j->second)) return false;
  return true;
}

bool same(const Value& a, const Value& b) {
  if (a.name() != b.name() || !(a.type() == b.type())) return false;
  if ((a.literal() == nullptr) != (b.literal() == nullptr)) return false;
  return a.literal() == nullptr || ir::Literal::equal(*a.literal(), *b.literal());
}

bool same(const ir::Operand& a, const ir::Operand& b) {
  if ((a.value == nullptr) != (b.value == nullptr)) return false;
  if (a.value != nullptr) return a.value->name() == b.value->name();
  return ir::Literal::equal(*a.literal, *b.literal);
}

bool same_arguments(const Op& a, const Op& b) {
  if (a.arguments().size() != b.arguments().size()) return false;
  for (const ir::Argument& x : a.arguments()) {
    const ir::Argument* y = b.argument(x.param);
    if (y == nullptr || x.operands.size() != y->operands.size()) return false;
    for (size_t i = 0; i < x.operands.size(); ++i)
      if (!same(x.operands[i], y->operands[i])) return false;
  }
  return true;
}

std::string difference(const Block& a, const Block& b);

std::string difference(const Op& a, const Op& b) {
  const std::string place = "at " + a.place() + " and " + b.place() + ": ";
  if (a.kind() != b.kind() || a.name() != b.name()) return place + "kind or name";
  if (!same_arguments(a, b)) return place + "arguments";
  if (!same(a.attributes(), b.attributes())) return place + "attributes";
  if (a.outputs().size() != b.outputs().size() || a.blocks().size() != b.blocks().size())
    return place + "number of outputs or blocks";
  for (size_t i = 0; i < a.outputs().size(); ++i)
    if (!same(*a.output(i), *b.output(i))) return place + "output " + a.output(i)->name();
  for (size_t i = 0; i < a.blocks().size(); ++i) {
    const std::string text = difference(*a.blocks()[i], *b.blocks()[i]);
    if (!text.empty()) return text;
  }
  return "";
}

std::string difference(const Block& a, const Block& b) {
  if (a.inputs().size() != b.inputs().size()) return "number of block inputs";
  std::map<std::string, ir::Type> inputs;
  for (const auto& v : a.inputs()) inputs.emplace(v->name(), v->type());
  for (const auto& v : b.inputs()) {
    const auto it = inputs.find(v->name());
    if (it == inputs.end() || !(it->second == v->type())) return "input " + v->name();
  }
  if (a.ops().size() != b.ops().size()) return "number of ops";
  for (auto i = a.ops().begin(), j = b.ops().begin(); i != a.ops().end(); ++i, ++j) {
    const std::string text = difference(**i, **j);
    if (!text.empty()) return text;
  }
  if (a.outputs().size() != b.outputs().size()) return "number of outputs";
  for (size_t i = 0; i < a.outputs().size(); ++i)
    if (a.outputs()[i]->name() != b.outputs()[i]->name())
      return "block output " + std::to_string(i);
  return "";
}

}  // namespace

std::string difference(const ir::Program& a, const ir::Program& b) {
  if (a.version != b.version || !same(a.attributes, b.attributes)) return "version or attributes";
  if (a.functions.size() != b.functions.size()) return "number of functions";
  for (const auto& [name, function] : a.functions) {
    const ir::Function* other = b.function(name);
    if (other == nullptr || other->opset != function->opset ||
        !same(function->attributes, other->attributes)) {
      return "function " + name;
    }
    const std::string text = difference(function->body, other->body);
    if (!text.empty()) return name + ": " + text;
  }
  return "";
}

}  // namespace pome::testing
