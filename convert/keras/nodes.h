// How configurations write which tensors a layer is called with.
#pragma once

#include <vector>

#include "convert/keras/graph.h"

namespace pome::keras {

/// The calls of one layer from its `inbound_nodes`, in any of the three generations' writings:
///   1: [[["x", 0, 0]]]   2: [[["x", 0, 0, {kwargs}]]] or [["x", 0, 0, {kwargs}]]
///   3: [{"args": [...], "kwargs": {...}}] with {"class_name": "__keras_tensor__", ...} at any
///   depth
Result<std::vector<Call>> parse_calls(const Json& inbound_nodes);

/// A model's inputs or outputs: one triple, a list of triples, or an object of triples by name.
Result<std::vector<Port>> parse_ports(const Json& value);

/// Calls `visit` with every tensor that the operand holds, in order.
void for_each_tensor(const Operand& operand, const std::function<void(const Reference&)>& visit);

}  // namespace pome::keras
