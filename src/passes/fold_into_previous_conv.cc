// Before:
//     tensor<fp32, [1, 8, 6, 6]> a = conv(bias = b, weight = w, x = x);
//     tensor<fp32, [1, 8, 6, 6]> y = batch_norm(beta = .., gamma = .., mean = .., variance = .., x
//     = a);
// After, where nobody else reads a:
//     tensor<fp32, [1, 8, 6, 6]> y = conv(bias = B, weight = W, x = x);
//
// with s = gamma / sqrt(variance + epsilon), W = w * s and B = (b - mean) * s + beta for each
// channel of the output, computed in double and rounded once. The same for conv_transpose, for
// linear, and for mul, add, sub and real_div by a constant that varies along the channels alone. A
// weight that is made by constexpr_* ops stays as it is: then only `+ c` is folded.
#include <algorithm>

#include "passes/constants.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

/// A conv, conv_transpose or linear whose output is scaled and shifted per channel.
struct Target {
  ir::Op* op = nullptr;
  const ir::Literal* weight = nullptr;  // null when it is not known
  const ir::Literal* bias = nullptr;    // null when there is none
  int64_t channels = 0;
  /// conv and linear: [channels][rest]. conv_transpose: [inputs][channels of the group][rest].
  bool transposed = false;
  int64_t groups = 1;
};

bool is_product(const ir::Op* op) {
  return op != nullptr &&
         (op->kind() == "conv" || op->kind() == "conv_transpose" || op->kind() == "linear");
}

int channel_axis(const ir::Op& product) { return product.kind() == "linear" ? -1 : 1; }

std::optional<Target> target(ir::Op* op, int64_t channels) {
  Target t;
  t.op = op;
  t.channels = channels;
  t.weight = op->constant("weight");
  t.bias = op->constant("bias");
  if (op->argument("bias") != nullptr && t.bias == nullptr) return std::nullopt;
  if (!ir::is_float(op->output()->dtype())) return std::nullopt;
  t.transposed = op->kind() == "conv_transpose";
  if (const ir::Literal* groups = op->constant("groups")) t.groups = groups->integer();
  return t;
}

/// The output channel of each weight element is known by where it lies.
ir::LiteralPtr scaled_weight(const Target& t, const std::vector<double>& scale) {
  std::vector<double> values = to_reals(*t.weight);
  const Shape& shape = t.weight->type().shape();
  int64_t rest = 1;
  for (int i = t.transposed ? 2 : 1; i < shape.rank(); ++i) rest *= shape[i];
  const auto n = static_cast<int64_t>(values.size());
  const int64_t inputs_of_group = t.transposed ? shape[0] / t.groups : 1;
  for (int64_t i = 0; i < n; ++i) {
    int64_t channel = i / rest;
    if (t.transposed) {
      const int64_t input = channel / shape[1];
      channel = input / inputs_of_group * shape[1] + channel % shape[1];
    }
    values[static_cast<size_t>(i)] *= scale[static_cast<size_t>(channel)];
  }
  return from_reals(t.weight->type(), values);
}

ir::LiteralPtr new_bias(const Target& t, const Affine& a) {
  std::vector<double> values = a.shift;
  if (t.bias != nullptr)
    for (size_t c = 0; c < values.size(); ++c)
      values[c] += t.bias->real(static_cast<int64_t>(c)) * a.scale[c];
  const ir::DType dtype = t.bias ? t.bias->type().dtype() : t.op->operand("weight")->type().dtype();
  return from_reals(ir::Type::tensor(dtype, {t.channels}), values);
}

bool fold(Rewriter& rewriter, ir::Op& op) {
  for (const int axis : {1, -1}) {
    const auto affine = as_affine(rewriter.def(op), op, axis);
    if (!affine) continue;
    ir::Op* producer = affine->x->producer();
    if (!is_product(producer) || channel_axis(*producer) != axis ||
        rewriter.sole_user(affine->x) != &op || producer->block() != op.block()) {
      continue;
    }
    const auto t = target(producer, static_cast<int64_t>(affine->scale.size()));
    if (!t || (affine->scales && t->weight == nullptr)) continue;
    ops::Builder& builder = rewriter.before(*producer);
    if (affine->scales) {
      const std::string name =
          producer->input("weight") ? producer->input("weight")->name() : "weight";
      ir::LiteralPtr weight = scaled_weight(*t, affine->scale);
      if (weight == nullptr) return false;
      producer->set_argument("weight", {builder.constant(std::move(weight), name)});
    }
    if (affine->shifts || t->bias != nullptr) {
      const std::string name = producer->input("bias") ? producer->input("bias")->name()
                                                       : producer->output()->name() + "_bias";
      ir::LiteralPtr bias = new_bias(*t, *affine);
      if (bias == nullptr) return false;
      producer->set_argument("bias", {builder.constant(std::move(bias), name)});
    }
    rewriter.replace(op.output(), producer->output());
    rewriter.take_name(producer->output(), op.output());
    rewriter.erase_if_unread(&op);
    return true;
  }
  return false;
}

}  // namespace

Status fold_into_previous_conv(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    for (ir::Op* op : rewriter.ops()) {
      if (rewriter.alive(op)) fold(rewriter, *op);
      if (!rewriter.finish().ok()) break;
    }
    return {};
  });
}

}  // namespace pome::passes
