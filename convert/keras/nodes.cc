#include "convert/keras/nodes.h"

#include "base/try.h"

namespace pome::keras {
namespace {

/// ["name", node, tensor] or the same with keyword arguments behind it.
bool is_triple(const Json& v) {
  return v.is_array() && (v.size() == 3 || v.size() == 4) && v[0].is_string() &&
         v[1].is_number_integer() && v[2].is_number_integer();
}

bool is_constant_marker(const Json& v) {
  return v.is_array() && v.size() >= 3 && v[0] == "_CONSTANT_VALUE";
}

Reference reference_of(const Json& triple) {
  return {triple[0].get<std::string>(), triple[1].get<int64_t>(), triple[2].get<int64_t>()};
}

Operand tensor_operand(const Json& triple) {
  Operand operand;
  operand.kind = Operand::Kind::kTensor;
  operand.tensor = reference_of(triple);
  return operand;
}

Operand constant_operand(const Json& value) {
  Operand operand;
  operand.constant = value;
  return operand;
}

bool holds_tensor(const Operand& operand) {
  if (operand.kind == Operand::Kind::kTensor) return true;
  for (const Operand& item : operand.items)
    if (holds_tensor(item)) return true;
  return false;
}

/// A list of operands, or the plain constant when no tensor is in it. JSON depth bounds recursion.
template <typename Parse>
Operand list_operand(const Json& value, Parse parse) {
  Operand operand;
  operand.kind = Operand::Kind::kList;
  for (const Json& item : value) operand.items.push_back(parse(item));
  return holds_tensor(operand) ? operand : constant_operand(value);
}

Operand operand_v2(const Json& value) {
  if (is_constant_marker(value)) return constant_operand(value[2]);
  if (is_triple(value)) return tensor_operand(value);
  if (value.is_array() || value.is_object()) return list_operand(value, operand_v2);
  return constant_operand(value);
}

Operand operand_v3(const Json& value) {
  if (text_member(value, "class_name") == "__keras_tensor__") {
    const Json* config = member(value, "config");
    const Json* history = config == nullptr ? nullptr : member(*config, "keras_history");
    if (history != nullptr && is_triple(*history)) return tensor_operand(*history);
  }
  if (value.is_array() || value.is_object()) return list_operand(value, operand_v3);
  return constant_operand(value);
}

Call call_v3(const Json& node) {
  Call call;
  if (const Json* args = member(node, "args"); args != nullptr && args->is_array())
    for (const Json& arg : *args) call.args.push_back(operand_v3(arg));
  if (const Json* kwargs = member(node, "kwargs"); kwargs != nullptr && kwargs->is_object())
    for (const auto& [name, value] : kwargs->items()) call.kwargs[name] = operand_v3(value);
  return call;
}

const Json* first_keywords(const Json& node) {
  const Json* entry = &node;
  while (entry->is_array() && !entry->empty() && (*entry)[0].is_array()) entry = &(*entry)[0];
  return entry->is_array() && entry->size() == 4 && (*entry)[3].is_object() ? &(*entry)[3]
                                                                            : nullptr;
}

Call call_v2(const Json& node) {
  Call call;
  // A list of one is how a single tensor is written.
  const bool single = node.is_array() && node.size() == 1 && node[0].is_array();
  call.args.push_back(operand_v2(single ? node[0] : node));
  if (const Json* keywords = first_keywords(node))
    for (const auto& [name, value] : keywords->items()) call.kwargs[name] = operand_v2(value);
  return call;
}

Status collect_ports(const Json& value, const std::string& key, std::vector<Port>& ports) {
  if (is_triple(value)) {
    ports.push_back({reference_of(value), key});
    return {};
  }
  if (value.is_object()) {
    for (const auto& [name, inner] : value.items()) POME_TRY(collect_ports(inner, name, ports));
    return {};
  }
  if (value.is_array()) {
    for (const Json& inner : value) POME_TRY(collect_ports(inner, key, ports));
    return {};
  }
  return Error(ErrorCode::kInvalidModel, "an input or output of the model is written as " +
                                             excerpt(value) +
                                             ", [layer, node, tensor] is expected");
}

}  // namespace

Result<std::vector<Call>> parse_calls(const Json& inbound_nodes) {
  std::vector<Call> calls;
  if (!inbound_nodes.is_array()) {
    return Error(ErrorCode::kInvalidModel,
                 "inbound_nodes is " + excerpt(inbound_nodes) + ", a list is expected");
  }
  for (const Json& node : inbound_nodes) {
    const bool third = node.is_object() && (node.contains("args") || node.contains("kwargs"));
    calls.push_back(third ? call_v3(node) : call_v2(node));
  }
  return calls;
}

Result<std::vector<Port>> parse_ports(const Json& value) {
  std::vector<Port> ports;
  POME_TRY(collect_ports(value, "", ports));
  return ports;
}

void for_each_tensor(const Operand& operand, const std::function<void(const Reference&)>& visit) {
  if (operand.kind == Operand::Kind::kTensor) visit(operand.tensor);
  for (const Operand& item : operand.items) for_each_tensor(item, visit);
}

}  // namespace pome::keras
