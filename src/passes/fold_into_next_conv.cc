// Before:
//     tensor<fp32, [1, 3, 8, 8]> a = mul(x = x, y = tensor<fp32, [1, 3, 1, 1]>(..));
//     tensor<fp32, [1, 3, 8, 8]> b = add(x = a, y = tensor<fp32, [1, 3, 1, 1]>(..));
//     tensor<fp32, [1, 4, 6, 6]> y = conv(bias = c, weight = w, x = b);
// After, where nobody else reads a and b:
//     tensor<fp32, [1, 4, 6, 6]> y = conv(bias = C, weight = W, x = x);
//
// with x * s + t for each input channel: W = w * s and C = c + the sum of w * t over channels and
// kernel. `+ t` may be folded only where the conv pads nothing: its padding is zeros behind the
// addition, and would be -t/s before it. The same for batch_norm, sub and real_div by a constant,
// and for linear.
#include <algorithm>

#include "passes/constants.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

bool pads_nothing(const ir::Op& conv, const Shape& weight) {
  const ir::Literal* type = conv.constant("pad_type");
  if (type == nullptr || type->text() == "valid") return true;
  if (type->text() == "custom") {
    const ir::Literal* pad = conv.constant("pad");
    if (pad == nullptr) return true;
    const std::vector<int64_t> pads = pad->to_ints();
    return std::all_of(pads.begin(), pads.end(), [](int64_t p) { return p == 0; });
  }
  return std::all_of(weight.begin() + 2, weight.end(), [](int64_t k) { return k == 1; });
}

struct Folded {
  std::vector<double> weight;
  std::vector<double> bias;
};

/// Weight [O][inputs of the group][rest]; scale and shift per input channel.
Folded fold(const ir::Literal& weight, const ir::Literal* bias, int64_t groups, const Affine& a) {
  Folded f{to_reals(weight), {}};
  const Shape& shape = weight.type().shape();
  const int64_t outputs = shape[0];
  const int64_t inputs = shape[1];
  int64_t rest = 1;
  for (int i = 2; i < shape.rank(); ++i) rest *= shape[i];
  double* w = f.weight.data();
  for (int64_t o = 0; o < outputs; ++o) {
    double sum = bias != nullptr ? bias->real(o) : 0;
    const int64_t first = o / (outputs / groups) * inputs;
    for (int64_t i = 0; i < inputs; ++i) {
      const auto channel = static_cast<size_t>(first + i);
      for (int64_t k = 0; k < rest; ++k, ++w) {
        sum += *w * a.shift[channel];
        *w *= a.scale[channel];
      }
    }
    f.bias.push_back(sum);
  }
  return f;
}

bool fold_op(Rewriter& rewriter, ir::Op& op) {
  if (op.outputs().size() != 1) return false;
  ir::Op* user = rewriter.sole_user(op.output());
  if (user == nullptr || user->block() != op.block() || user->input("x") != op.output() ||
      (user->kind() != "conv" && user->kind() != "linear")) {
    return false;
  }
  const auto affine = as_affine(rewriter.def(op), op, user->kind() == "conv" ? 1 : -1);
  const ir::Literal* weight = user->constant("weight");
  const ir::Literal* bias = user->constant("bias");
  if (!affine || weight == nullptr || !ir::is_float(weight->type().dtype()) ||
      (bias == nullptr && user->argument("bias") != nullptr)) {
    return false;
  }
  if (affine->shifts && user->kind() == "conv" && !pads_nothing(*user, weight->type().shape()))
    return false;
  const ir::Literal* groups = user->constant("groups");
  const Folded f = fold(*weight, bias, groups != nullptr ? groups->integer() : 1, *affine);
  const auto bias_type =
      ir::Type::tensor(weight->type().dtype(), {static_cast<int64_t>(f.bias.size())});
  ir::LiteralPtr new_weight = from_reals(weight->type(), f.weight);
  ir::LiteralPtr new_bias = from_reals(bias_type, f.bias);
  if (new_weight == nullptr || new_bias == nullptr) return false;
  ops::Builder& builder = rewriter.before(*user);
  const std::string weight_name = user->input("weight") ? user->input("weight")->name() : "weight";
  const std::string bias_name =
      user->input("bias") ? user->input("bias")->name() : user->output()->name() + "_bias";
  user->set_argument("weight", {builder.constant(std::move(new_weight), weight_name)});
  if (bias != nullptr || affine->shifts)
    user->set_argument("bias", {builder.constant(std::move(new_bias), bias_name)});
  user->set_argument("x", {affine->x});
  rewriter.erase_if_unread(&op);
  return true;
}

}  // namespace

Status fold_into_next_conv(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    // From the end, so that of a chain of them the last goes first.
    const auto& ops = rewriter.ops();
    for (auto op = ops.rbegin(); op != ops.rend() && rewriter.finish().ok(); ++op)
      if (rewriter.alive(*op)) fold_op(rewriter, **op);
    return {};
  });
}

}  // namespace pome::passes
