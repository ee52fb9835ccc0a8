// Before, for a picture input x:
//     tensor<fp32, [1, 3, 8, 8]> a = mul(x = x, y = fp32(0.5));
//     tensor<fp32, [1, 3, 8, 8]> b = add(x = a, y = tensor<fp32, [1, 3, 1, 1]>(..));
//     tensor<fp32, [1, 4, 8, 8]> y = conv(weight = w, x = b);
// After, where nobody else reads x and a:
//     tensor<fp32, [1, 3, 8, 8]> p = pome.pixels(bias = .., scale = .., x = x);   x: uint8
//     tensor<fp32, [1, 4, 8, 8]> y = conv(weight = w, x = p);
#include <algorithm>

#include "passes/constants.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

/// What the ops behind a picture do to its channels, and the value that they end in.
struct Scaling {
  ir::Value* end;
  std::vector<double> scale;
  std::vector<double> bias;
};

Scaling scaling_of(const Rewriter& rewriter, ir::Value* picture) {
  const auto channels = static_cast<size_t>(picture->shape()[1]);
  Scaling s{picture, std::vector<double>(channels, 1), std::vector<double>(channels, 0)};
  while (ir::Op* op = rewriter.sole_user(s.end)) {
    const auto affine = as_affine(rewriter.def(*op), *op, 1);
    if (!affine || affine->x != s.end || op->output()->type() != picture->type()) break;
    for (size_t c = 0; c < channels; ++c) {
      s.scale[c] *= affine->scale[c];
      s.bias[c] = s.bias[c] * affine->scale[c] + affine->shift[c];
    }
    s.end = op->output();
  }
  return s;
}

void read_pixels_of(Rewriter& rewriter, ir::Value* picture) {
  const ir::Type type = picture->type();
  if (!type.is_tensor() || type.dtype() != ir::DType::kFp32 || type.shape().rank() != 4 ||
      !type.shape().known() || rewriter.is_output(picture) || picture->users().empty()) {
    return;
  }
  const Scaling s = scaling_of(rewriter, picture);
  const auto vector = ir::Type::tensor(ir::DType::kFp32, {type.shape()[1]});
  ir::LiteralPtr scale = from_reals(vector, s.scale);
  ir::LiteralPtr bias = from_reals(vector, s.bias);
  if (scale == nullptr || bias == nullptr) return;
  picture->set_type(ir::Type::tensor(ir::DType::kUint8, type.shape()));
  ops::Builder& builder = rewriter.before(*rewriter.function().body.ops().front());
  ir::Value* floats =
      builder.add("pome.pixels", picture->name() + "_pixels",
                  {{"x", picture},
                   {"scale", builder.constant(std::move(scale), picture->name() + "_scale")},
                   {"bias", builder.constant(std::move(bias), picture->name() + "_bias")}});
  if (floats == nullptr) return;
  if (s.end != picture) {
    rewriter.replace(s.end, floats);
    rewriter.erase_if_unread(s.end->producer());
    return;
  }
  const std::vector<ir::Op*> users = picture->users();
  for (ir::Op* user : users)
    if (user != floats->producer()) user->replace_input(picture, floats);
}

}  // namespace

Status read_pixels(ir::Program& program, std::span<const std::string> pictures) {
  return rewrite(program, [&](Rewriter& rewriter) -> Status {
    for (const auto& input : rewriter.function().body.inputs()) {
      if (std::find(pictures.begin(), pictures.end(), input->name()) != pictures.end())
        read_pixels_of(rewriter, input.get());
    }
    return {};
  });
}

}  // namespace pome::passes
