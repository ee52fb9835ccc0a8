#include "convert/keras/evaluate_graph.h"

#include <queue>

#include "base/text.h"
#include "base/try.h"
#include "convert/keras/nodes.h"

namespace pome::keras {
namespace {

void flatten(const Argument& argument, std::vector<Tensor>& to) {
  if (argument.tensor) to.push_back(*argument.tensor);
  for (const Argument& item : argument.items) flatten(item, to);
}

/// Arguments that tell a layer how to run, not what on.
bool is_mode(std::string_view keyword, const Argument& argument) {
  if (keyword != "training" && keyword != "mask") return false;
  return argument.constant != nullptr;
}

Status check_arguments(const LayerContext& c) {
  const int wanted = c.layer.kind->inputs;
  const int given = static_cast<int>(c.inputs.size());
  if (wanted != 0 && wanted != given) {
    return Error(ErrorCode::kUnsupported, "it is called with " + std::to_string(given) +
                                              " tensors, " + std::to_string(wanted) +
                                              (wanted == 1 ? " is" : " are") + " expected");
  }
  if (wanted == 0) return {};
  for (const auto& [keyword, value] : c.kwargs) {
    if (is_mode(keyword, value) || (value.constant != nullptr && value.constant->is_null()))
      continue;
    return Error(ErrorCode::kUnsupported,
                 "its call has the argument " + pome::quoted(keyword) + ", which is not supported");
  }
  return {};
}

Status check_extents(const Tensor& t) {
  const Shape s = Writer::shape(t);
  for (int i = 0; i < s.rank(); ++i) {
    if (s[i] > 0 || (i == 0 && s[i] == Shape::kUnknown)) continue;
    return Error(ErrorCode::kInvalidModel,
                 "its result has shape " + s.to_string() + ", every extent must be at least 1");
  }
  // So that no product of extents with a parameter leaves 64 bits.
  constexpr int64_t kMostElements = int64_t{1} << 40;
  Shape one = s;
  if (s.rank() > 0 && s[0] < 0) one[0] = 1;
  const auto elements = one.checked_elements();
  if (elements && *elements <= kMostElements) return {};
  return Error(ErrorCode::kLimitExceeded,
               "its result has shape " + s.to_string() + ", which is too large");
}

Argument bind(const Operand& operand, const std::function<const Tensor*(const Reference&)>& find) {
  Argument argument;
  if (operand.kind == Operand::Kind::kTensor) {
    if (const Tensor* tensor = find(operand.tensor)) argument.tensor = *tensor;
  } else if (operand.kind == Operand::Kind::kConstant) {
    argument.constant = &operand.constant;
  }
  for (const Operand& item : operand.items) argument.items.push_back(bind(item, find));
  return argument;
}

}  // namespace

Result<std::pair<std::string, int64_t>> resolve(const Model& model, const Reference& reference) {
  const Layer* layer = model.find(reference.layer);
  if (layer == nullptr) {
    return Error(ErrorCode::kInvalidModel,
                 "the layer " + pome::quoted(reference.layer) + " is used but not defined");
  }
  const int64_t call = layer->calls.empty() ? 0 : reference.node - layer->first_node;
  const auto calls = static_cast<int64_t>(layer->calls.size());
  if (call < 0 || (calls > 0 && call >= calls)) {
    return Error(ErrorCode::kInvalidModel, "call " + std::to_string(reference.node) +
                                               " of the layer " + pome::quoted(reference.layer) +
                                               " is used, it has " + std::to_string(calls));
  }
  return std::pair(reference.layer, call);
}

Result<std::vector<Tensor>> GraphWalker::run(const Model& model, const std::vector<Tensor>& inputs,
                                             const std::string& prefix) {
  return model.sequential ? run_sequential(model, inputs, prefix)
                          : run_functional(model, inputs, prefix);
}

Result<std::vector<Tensor>> GraphWalker::run_sequential(const Model& model,
                                                        std::vector<Tensor> tensors,
                                                        const std::string& prefix) {
  for (const auto& layer : model.layers) {
    if (layer->class_name == "InputLayer") continue;
    std::vector<Argument> args(1);
    for (const Tensor& t : tensors) args[0].items.push_back({t, nullptr, {}});
    POME_ASSIGN(tensors, call(*layer, std::move(args), {}, prefix));
  }
  return tensors;
}

Result<std::vector<GraphWalker::Node>> GraphWalker::ordered_nodes(const Model& model,
                                                                  const Values& known) const {
  std::map<std::pair<std::string, int64_t>, std::vector<size_t>> readers;
  std::vector<Node> nodes;
  std::vector<int> missing;
  for (const auto& layer : model.layers) {
    for (int64_t i = 0; i < static_cast<int64_t>(layer->calls.size()); ++i) {
      if (known.contains({layer->name, i})) continue;
      const size_t index = nodes.size();
      nodes.push_back({layer.get(), i});
      missing.push_back(0);
      Status status;
      const auto need = [&](const Reference& reference) {
        auto at = resolve(model, reference);
        if (!at.ok()) {
          if (status.ok()) status = std::move(at).error();
        } else if (!known.contains(*at)) {
          readers[*at].push_back(index);
          ++missing[index];
        }
      };
      const Call& call = layer->calls[static_cast<size_t>(i)];
      for (const Operand& arg : call.args) for_each_tensor(arg, need);
      for (const auto& [name, arg] : call.kwargs) for_each_tensor(arg, need);
      if (!status.ok()) return std::move(status).error().at(layer->place());
    }
  }
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (missing[i] == 0) ready.push(i);
  std::vector<Node> order;
  while (!ready.empty()) {
    const Node node = nodes[ready.top()];
    ready.pop();
    order.push_back(node);
    const auto next = readers.find({node.layer->name, node.call});
    if (next == readers.end()) continue;
    for (size_t reader : next->second)
      if (--missing[reader] == 0) ready.push(reader);
  }
  if (order.size() == nodes.size()) return order;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (missing[i] > 0)
      return Error(ErrorCode::kInvalidModel,
                   "it waits for its own result, or for an input that the model does not list")
          .at(nodes[i].layer->place());
  }
  return Error(ErrorCode::kInternal, "the graph's order is incomplete");
}

Result<std::vector<Tensor>> GraphWalker::run_functional(const Model& model,
                                                        const std::vector<Tensor>& inputs,
                                                        const std::string& prefix) {
  if (inputs.size() != model.inputs.size()) {
    return Error(ErrorCode::kInvalidModel, "the model " + pome::quoted(model.name) +
                                               " is called with " + std::to_string(inputs.size()) +
                                               " tensors, it has " +
                                               std::to_string(model.inputs.size()) + " inputs");
  }
  Values values;
  for (size_t i = 0; i < inputs.size(); ++i) {
    POME_ASSIGN(const auto at, resolve(model, model.inputs[i].tensor));
    values[at] = {inputs[i]};
  }
  const auto find = [&](const Reference& reference) -> const Tensor* {
    const auto at = resolve(model, reference);
    if (!at.ok()) return nullptr;
    const auto found = values.find(*at);
    if (found == values.end() || reference.tensor < 0 ||
        reference.tensor >= static_cast<int64_t>(found->second.size()))
      return nullptr;
    return &found->second[static_cast<size_t>(reference.tensor)];
  };
  POME_ASSIGN(const auto order, ordered_nodes(model, values));
  for (const Node& node : order) {
    const Call& made = node.layer->calls[static_cast<size_t>(node.call)];
    std::vector<Argument> args;
    std::map<std::string, Argument, std::less<>> kwargs;
    for (const Operand& arg : made.args) args.push_back(bind(arg, find));
    for (const auto& [name, arg] : made.kwargs) kwargs[name] = bind(arg, find);
    POME_ASSIGN((values[{node.layer->name, node.call}]),
                call(*node.layer, std::move(args), std::move(kwargs), prefix));
  }
  std::vector<Tensor> outputs;
  for (const Port& port : model.outputs) {
    POME_TRY(resolve(model, port.tensor));
    const Tensor* tensor = find(port.tensor);
    if (tensor == nullptr) {
      return Error(ErrorCode::kInvalidModel,
                   "output " + std::to_string(port.tensor.tensor) + " of the layer " +
                       pome::quoted(port.tensor.layer) + " is an output of the model " +
                       pome::quoted(model.name) + ", but is not there");
    }
    outputs.push_back(*tensor);
  }
  return outputs;
}

Result<std::vector<Tensor>> GraphWalker::call(const Layer& layer, std::vector<Argument> args,
                                              std::map<std::string, Argument, std::less<>> kwargs,
                                              const std::string& prefix) {
  if (++calls_ > kMaxLayers) {
    return Error(ErrorCode::kLimitExceeded,
                 "the model calls its layers more than " + std::to_string(kMaxLayers) + " times");
  }
  std::vector<Tensor> inputs;
  for (const Argument& arg : args) flatten(arg, inputs);
  if (layer.model) return run(*layer.model, inputs, prefix + layer.name + "_");
  if (layer.kind == nullptr)
    return Error(ErrorCode::kInvalidModel, "it is an input, which cannot be called")
        .at(layer.place());
  w_.set_name(prefix + layer.name);
  LayerContext context{
      w_,     source_, layer, Config(layer.config), inputs, std::move(args), std::move(kwargs),
      &notes_};
  if (Status status = check_arguments(context); !status.ok())
    return std::move(status).error().at(layer.place());
  Result<Tensor> result = layer.kind->translate(context);
  if (!w_.ok()) return Error(w_.builder().status().error()).at(layer.place());
  if (!result.ok()) return std::move(result).error().at(layer.place());
  if (Status status = check_extents(*result); !status.ok())
    return std::move(status).error().at(layer.place());
  return std::vector<Tensor>{*result};
}

}  // namespace pome::keras
