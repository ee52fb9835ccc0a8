#include "runtime/separate_pictures.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "ops/builder.h"

namespace pome::runtime {
namespace {

/// Ops that mix nothing along axis 0 where their input and their output have the pictures there.
/// Those that could by a parameter are asked for it below.
constexpr std::string_view kKinds[] = {
    "abs",
    "add",
    "avg_pool",
    "batch_norm",
    "cast",
    "clamped_relu",
    "clip",
    "concat",
    "conv",
    "conv_transpose",
    "depth_to_space",
    "elu",
    "exp",
    "expand_dims",
    "gelu",
    "identity",
    "instance_norm",
    "l2_pool",
    "leaky_relu",
    "linear",
    "linear_activation",
    "local_response_norm",
    "max_pool",
    "maximum",
    "minimum",
    "mul",
    "pad",
    "pixel_shuffle",
    "prelu",
    "real_div",
    "reduce_max",
    "reduce_mean",
    "reduce_sum",
    "relu",
    "relu6",
    "reshape",
    "resize_bilinear",
    "resize_nearest_neighbor",
    "sigmoid",
    "sigmoid_hard",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "space_to_depth",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "sub",
    "tanh",
    "thresholded_relu",
    "transpose",
    "upsample_bilinear",
    "upsample_nearest_neighbor",
};

/// More are a table's rows, not pictures.
constexpr int64_t kMostPictures = 1 << 20;

/// True where a list of axes or a single axis names axis 0 of a tensor of `rank` axes, or is not
/// known.
bool names_first(const ir::Op& op, std::string_view param, int rank) {
  const ir::Literal* axes = op.constant(param);
  if (axes == nullptr) return true;
  for (int64_t i = 0; i < axes->type().shape().elements(); ++i) {
    const int64_t axis = axes->integer(i);
    if (axis == 0 || axis == -rank) return true;
  }
  return false;
}

/// Functions of two tensors, whose axes are matched from the last.
constexpr std::string_view kBroadcasting[] = {"add", "maximum",  "minimum",
                                              "mul", "real_div", "sub"};

bool mixes(const ir::Op& op) {
  const auto rank = [&] { return op.output()->shape().rank(); };
  if (op.kind() == "softmax" || op.kind() == "concat" || op.kind() == "split")
    return names_first(op, "axis", rank());
  if (op.kind() == "transpose") {
    const ir::Literal* perm = op.constant("perm");
    return perm == nullptr || (perm->integer(0) != 0 && perm->integer(0) != -rank());
  }
  if (op.kind().starts_with("reduce_")) {
    const ir::Value* x = op.input("x");
    return x == nullptr || names_first(op, "axes", x->shape().rank());
  }
  return false;
}

bool leads_with(const ir::Value& value, int64_t pictures) {
  return value.type().is_tensor() && value.shape().rank() > 0 && value.shape()[0] == pictures;
}

bool is_constant(const ir::Op& op) {
  return op.outputs().size() == 1 && op.output()->literal() != nullptr;
}

bool keeps_apart(const ir::Op& op, int64_t pictures, std::set<const ir::Value*>& computed) {
  if (is_constant(op)) return true;
  if (!std::binary_search(std::begin(kKinds), std::end(kKinds), op.kind()) || mixes(op))
    return false;
  const bool broadcasts = std::find(std::begin(kBroadcasting), std::end(kBroadcasting),
                                    op.kind()) != std::end(kBroadcasting);
  for (const ir::Argument& argument : op.arguments()) {
    for (const ir::Operand& operand : argument.operands) {
      if (operand.known() != nullptr) continue;
      if (operand.value == nullptr || computed.count(operand.value) == 0) return false;
      // Of fewer axes its pictures would meet another axis.
      if (broadcasts && operand.value->shape().rank() != op.output()->shape().rank()) return false;
    }
  }
  for (const auto& output : op.outputs()) {
    if (!leads_with(*output, pictures)) return false;
    computed.insert(output.get());
  }
  return true;
}

/// The shape of `many`, but of one picture.
bool is_one_of(const ir::Type& many, const ir::Type& one, int64_t pictures) {
  if (!many.is_tensor() || !one.is_tensor() || many.dtype() != one.dtype()) return false;
  const Shape& a = many.shape();
  const Shape& b = one.shape();
  if (a.rank() != b.rank() || a.rank() == 0 || a[0] != pictures || b[0] != 1) return false;
  return std::equal(a.begin() + 1, a.end(), b.begin() + 1, b.end());
}

using Values = std::map<const ir::Value*, ir::Value*>;

/// The op with its arguments out of `made`, constants in place, and shapes in it for one picture.
std::unique_ptr<ir::Op> copy_of(const ir::Op& op, int64_t pictures, const Values& made) {
  auto copy = std::make_unique<ir::Op>(op.kind(), op.name());
  copy->attributes() = op.attributes();
  for (const ir::Argument& argument : op.arguments()) {
    std::vector<ir::Operand> operands;
    for (const ir::Operand& operand : argument.operands) {
      if (operand.known() != nullptr) {
        operands.emplace_back(operand.known());
      } else {
        operands.emplace_back(made.at(operand.value));
      }
    }
    copy->set_argument(argument.param, std::move(operands));
  }
  const ir::Literal* shape = op.kind() == "reshape" ? op.constant("shape") : nullptr;
  if (shape != nullptr && shape->type().shape().elements() > 0 && shape->integer(0) == pictures) {
    std::vector<int64_t> extents;
    for (int64_t i = 0; i < shape->type().shape().elements(); ++i)
      extents.push_back(i == 0 ? 1 : shape->integer(i));
    copy->set_argument("shape", {ir::Operand(ir::Literal::ints(extents))});
  }
  return copy;
}

}  // namespace

int64_t separate_pictures(const ir::Function& function, const InputShapes& shapes) {
  const auto& inputs = function.body.inputs();
  if (inputs.empty() || inputs.size() != shapes.size()) return 1;
  std::set<const ir::Value*> computed;
  const ir::Type& first = inputs[0]->type();
  if (!first.is_tensor() || first.shape().rank() == 0) return 1;
  const int64_t pictures = first.shape()[0];
  if (pictures > kMostPictures) return 1;
  for (const auto& input : inputs) {
    const auto shape = shapes.find(input->name());
    if (shape == shapes.end() || !leads_with(*input, pictures) ||
        !(shape->second == input->shape()))
      return 1;
    computed.insert(input.get());
  }
  for (const auto& op : function.body.ops()) {
    if (!keeps_apart(*op, pictures, computed)) return 1;
  }
  for (const ir::Value* output : function.body.outputs()) {
    if (computed.count(output) == 0) return 1;
  }
  return pictures;
}

Result<std::unique_ptr<ir::Program>> for_one_picture(const ir::Function& function,
                                                     int64_t pictures) {
  auto program = std::make_unique<ir::Program>();
  ir::Function* one = program->add_function(function.name, function.opset);
  Values made;
  for (const auto& input : function.body.inputs()) {
    Shape shape = input->shape();
    shape[0] = 1;
    made[input.get()] = one->body.add_input(input->name(), ir::Type::tensor(input->dtype(), shape));
  }
  ops::Builder builder(*one, one->body);
  for (const auto& op : function.body.ops()) {
    if (is_constant(*op)) continue;  // its readers hold it
    ir::Op* copied = builder.add_made(copy_of(*op, pictures, made));
    if (copied == nullptr) return Error(builder.status().error());
    for (size_t i = 0; i < op->outputs().size(); ++i) {
      const ir::Value& many = *op->output(i);
      if (!is_one_of(many.type(), copied->output(i)->type(), pictures))
        return Error(ErrorCode::kUnsupported, "is " + copied->output(i)->type().to_string() +
                                                  " for one picture, " + many.type().to_string() +
                                                  " for all")
            .at(op->place());
      copied->output(i)->set_name(many.name());
      made[&many] = copied->output(i);
    }
  }
  for (const ir::Value* output : function.body.outputs())
    one->body.outputs().push_back(made.at(output));
  return program;
}

bool pays_picture_by_picture(std::span<const ComputePlanStep> one, uint64_t packed_bytes) {
  // Operations that a step does while it moves a byte: below, it waits for what it reads.
  constexpr double kFlopsAByte = 8;
  uint64_t moved = 0;
  uint64_t waited_for = 0;  // of steps with weights
  for (const ComputePlanStep& step : one) {
    moved += step.bytes;
    if (step.flops > 0 && step.flops < kFlopsAByte * static_cast<double>(step.bytes))
      waited_for += step.bytes;
  }
  return moved > packed_bytes && (moved - packed_bytes) > std::min(waited_for, packed_bytes) / 4;
}

}  // namespace pome::runtime
