#include "export/neuralnetwork/layer_writer.h"

#include "base/text.h"
#include "base/try.h"
#include "export/neuralnetwork/weights.h"
#include "format/layer_kinds.h"

namespace pome::exporter {

Status LayerWriter::begin(const ir::Op& op) {
  op_ = &op;
  args_.reset();
  const ops::OpDef* def = ops::find(op.kind(), opset_);
  if (def == nullptr) return ops::unknown_op(op.kind(), opset_);
  POME_ASSIGN(ops::Args args, ops::resolve(*def, op));
  args_ = std::move(args);
  return {};
}

const ops::Bound* LayerWriter::bound(std::string_view param, size_t i) const {
  const int index = args_->def().param(param);
  if (index < 0 || static_cast<int>(i) >= args_->count(index)) return nullptr;
  return &args_->operand(index, static_cast<int>(i));
}

bool LayerWriter::has(std::string_view param) const { return bound(param) != nullptr; }

const ir::Literal* LayerWriter::literal(std::string_view param) const {
  const ops::Bound* b = bound(param);
  return b == nullptr ? nullptr : b->literal;
}

int64_t LayerWriter::integer(std::string_view param) const { return literal(param)->integer(); }
double LayerWriter::real(std::string_view param) const { return literal(param)->real(); }
bool LayerWriter::flag(std::string_view param) const {
  const ir::Literal* l = literal(param);
  return l != nullptr && l->integer() != 0;
}
std::string_view LayerWriter::text(std::string_view param) const { return literal(param)->text(); }
std::vector<int64_t> LayerWriter::integers(std::string_view param) const {
  const ir::Literal* l = literal(param);
  return l == nullptr ? std::vector<int64_t>() : l->to_ints();
}
std::vector<float> LayerWriter::floats(std::string_view param) const {
  const ir::Literal* l = literal(param);
  return l == nullptr ? std::vector<float>() : l->to_floats();
}
const Shape& LayerWriter::shape(std::string_view param) const { return bound(param)->type.shape(); }

Result<LayerWriter::Four> LayerWriter::four(const Shape& s) const {
  switch (s.rank()) {
    case 0:
      return Four{1, 1, 1, 1};
    case 1:
      return Four{1, s[0], 1, 1};
    case 2:
      return Four{s[0], s[1], 1, 1};
    case 3:
      return Four{1, s[0], s[1], s[2]};
    case 4:
      return Four{s[0], s[1], s[2], s[3]};
    default:
      return unsupported("a value of shape " + s.to_string() + " has more than four axes");
  }
}

int LayerWriter::place(int rank, int64_t axis) {
  const auto a = static_cast<int>(axis < 0 ? axis + rank : axis);
  return rank == 1 || rank == 3 ? a + 1 : a;
}

std::string LayerWriter::unique_name(std::string_view wanted) {
  std::string name(wanted);
  for (int i = 1; !names_.insert(name).second; ++i)
    name = std::string(wanted) + "_" + std::to_string(i);
  return name;
}

std::string LayerWriter::find_blob(const ir::Value* value) const {
  const auto it = blobs_.find(value);
  return it == blobs_.end() ? std::string() : it->second;
}

Result<std::string> LayerWriter::input(std::string_view param, size_t i) {
  const ir::Argument* argument = op_->argument(param);
  if (argument == nullptr || i >= argument->operands.size())
    return Error(ErrorCode::kInternal, "parameter " + quoted(param) + " is not bound");
  return blob(argument->operands[i]);
}

Result<std::string> LayerWriter::blob(const ir::Operand& operand) {
  if (operand.value != nullptr) {
    std::string name = find_blob(operand.value);
    if (!name.empty()) return name;
  }
  const ir::LiteralPtr& literal = operand.known();
  if (literal == nullptr || !literal->type().is_tensor() || literal->bytes().empty())
    return unsupported("an operand that is neither computed nor a constant of numbers");
  const auto key = std::pair(literal.get(), std::string());
  const auto known = loaded_.find(key);
  if (known != loaded_.end()) return known->second;
  const Shape& s = literal->type().shape();
  spec::NeuralNetworkLayer& layer = add({});
  if (exact_) {
    auto& data = *layer.mutable_loadconstantnd();
    for (const int64_t d : s.dims()) data.add_shape(static_cast<uint64_t>(d));
    if (s.empty()) data.add_shape(1);
    write_weights(*literal, halves_, *data.mutable_data());
  } else {
    POME_ASSIGN(const Four dims, four(s));
    if (dims[0] != 1) return unsupported("a constant of shape " + s.to_string());
    auto& data = *layer.mutable_loadconstant();
    for (size_t i = 1; i < 4; ++i) data.add_shape(static_cast<uint64_t>(dims[i]));
    write_weights(*literal, halves_, *data.mutable_data());
  }
  loaded_.emplace(key, current_);
  return current_;
}

spec::NeuralNetworkLayer& LayerWriter::add(std::vector<std::string> inputs) {
  spec::NeuralNetworkLayer& layer = *layers_->Add();
  const ir::Value* output = op_->outputs().empty() ? nullptr : op_->output();
  current_ = unique_name(output != nullptr ? output->name() : op_->name());
  layer.set_name(current_);
  for (std::string& name : inputs) layer.add_input(std::move(name));
  layer.add_output(current_);
  return layer;
}

Result<spec::NeuralNetworkLayer*> LayerWriter::add_on_x() {
  POME_ASSIGN(std::string x, input("x"));
  return &add({std::move(x)});
}

Status LayerWriter::result(std::optional<Four> made, size_t i) {
  const ir::Value* output = op_->output(i);
  if (!exact_ && made) {
    POME_ASSIGN(const Four wanted, four(output->shape()));
    if (*made != wanted) {
      for (const int64_t d : wanted)
        if (d < 1) return unsupported("a reshape to an open extent");
      if (wanted[0] != (*made)[0])
        return unsupported("a reshape between " + std::to_string((*made)[0]) + " and " +
                           std::to_string(wanted[0]) + " instances");
      auto& reshape = *add({current_}).mutable_reshape();
      reshape.set_mode(spec::ReshapeLayerParams::CHANNEL_FIRST);
      for (size_t d = 1; d < 4; ++d) reshape.add_targetshape(wanted[d]);
    }
  }
  set_blob(output, current_);
  return {};
}

void LayerWriter::linear(float alpha, float beta) {
  auto& params = *add({current_}).mutable_activation()->mutable_linear();
  params.set_alpha(alpha);
  params.set_beta(beta);
}

void LayerWriter::finish() {
  for (const spec::NeuralNetworkLayer& layer : *layers_) {
    const format::LayerKind* kind = format::find_layer_kind(layer.layer_case());
    if (kind != nullptr) require_version(kind->since);
  }
}

void LayerWriter::rename(const std::string& from, const std::string& to) {
  for (spec::NeuralNetworkLayer& layer : *layers_) {
    for (std::string& name : *layer.mutable_input())
      if (name == from) name = to;
    for (std::string& name : *layer.mutable_output())
      if (name == from) name = to;
  }
  for (auto& [value, name] : blobs_)
    if (name == from) name = to;
  for (auto& [literal, name] : loaded_)
    if (name == from) name = to;
}

}  // namespace pome::exporter
