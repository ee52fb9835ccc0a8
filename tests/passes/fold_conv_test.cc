// fold_into_previous_conv, fold_into_next_conv.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "ops/builder.h"
#include "ops/sample.h"
#include "passes/passes.h"
#include "tests/passes/expect_pass.h"
#include "tests/support/evaluate.h"

namespace pome::passes {
namespace {

TEST(FoldIntoPreviousConv, BatchNormOfALinearMap) {
  // s = gamma / sqrt(variance + epsilon) = [2, 0.5]; B = (b - mean) * s + beta.
  expect_pass(fold_into_previous_conv,
              R"((tensor<fp32, [1, 2, 3, 3]> x) {
                tensor<fp32, [2, 2, 1, 1]> w = const()[name = string("w"), val = tensor<fp32, [2, 2, 1, 1]>([[[[1]], [[2]]], [[[3]], [[4]]]])];
                tensor<fp32, [2]> b = const()[name = string("b"), val = tensor<fp32, [2]>([1, 10])];
                tensor<fp32, [1, 2, 3, 3]> a = conv(bias = b, weight = w, x = x)[name = string("a")];
                tensor<fp32, [1, 2, 3, 3]> y = batch_norm(beta = tensor<fp32, [2]>([5, 6]), epsilon = fp32(0.25), gamma = tensor<fp32, [2]>([1, 1]), mean = tensor<fp32, [2]>([1, 2]), variance = tensor<fp32, [2]>([0, 3.75]), x = a);
              } -> (y);)",
              R"((tensor<fp32, [1, 2, 3, 3]> x) {
                tensor<fp32, [2, 2, 1, 1]> w_1 = const()[name = string("w"), val = tensor<fp32, [2, 2, 1, 1]>([[[[2]], [[4]]], [[[1.5]], [[2]]]])];
                tensor<fp32, [2]> b_1 = const()[name = string("b"), val = tensor<fp32, [2]>([5, 10])];
                tensor<fp32, [1, 2, 3, 3]> y = conv(bias = b_1, weight = w_1, x = x)[name = string("a")];
              } -> (y);)");
}

TEST(FoldIntoPreviousConv, BiasOfALinearAndChains) {
  expect_pass(fold_into_previous_conv,
              R"((tensor<fp32, [2, 3]> x) {
                tensor<fp32, [2, 2]> a = linear(weight = tensor<fp32, [2, 3]>([[1, 2, 3], [4, 5, 6]]), x = x);
                tensor<fp32, [2, 2]> b = add(x = a, y = tensor<fp32, [2]>([1, 2]));
                tensor<fp32, [2, 2]> c = mul(x = tensor<fp32, [1, 2]>([[2, 4]]), y = b);
                tensor<fp32, [2, 2]> y = sub(x = fp32(1), y = c);
              } -> (y);)",
              R"((tensor<fp32, [2, 3]> x) {
                tensor<fp32, [2, 3]> weight_1 = const()[name = string("weight"), val = tensor<fp32, [2, 3]>([[-2, -4, -6], [-16, -20, -24]])];
                tensor<fp32, [2]> a_bias_1_1 = const()[name = string("a_bias_1"), val = tensor<fp32, [2]>([-1, -7])];
                tensor<fp32, [2, 2]> y = linear(bias = a_bias_1_1, weight = weight_1, x = x);
              } -> (y);)");
}

TEST(FoldIntoPreviousConv, WhatIsNotPerChannelStays) {
  expect_unchanged(fold_into_previous_conv, R"((tensor<fp32, [1, 2, 1, 2]> x) {
    tensor<fp32, [2, 2, 1, 1]> w = const()[val = tensor<fp32, [2, 2, 1, 1]>([[[[1]], [[2]]], [[[3]], [[4]]]])];
    tensor<fp32, [1, 2, 1, 2]> a = conv(weight = w, x = x);
    tensor<fp32, [1, 2, 1, 2]> b = add(x = a, y = tensor<fp32, [2]>([1, 2]));
    tensor<fp32, [1, 2, 1, 2]> c = conv(weight = w, x = x);
    tensor<fp32, [1, 2, 1, 2]> d = mul(x = c, y = fp32(2));
    tensor<fp32, [1, 2, 1, 2]> e = add(x = c, y = d);
    tensor<fp32, [1, 2, 1, 2]> f = conv(weight = w, x = x);
    tensor<fp32, [2, 2, 1, 2]> g = mul(x = f, y = tensor<fp32, [2, 1, 1, 1]>([[[[1]]], [[[2]]]]));
    tensor<fp32, [1, 2, 1, 2]> h = conv(weight = w, x = x);
    tensor<fp32, [1, 2, 1, 2]> i = real_div(x = h, y = fp32(0));
  } -> (b, e, g, i);)");
}

TEST(FoldIntoNextConv, ScaleAndShiftOfAPicture) {
  expect_pass(fold_into_next_conv,
              R"((tensor<fp32, [1, 2, 3, 3]> x) {
                tensor<fp32, [1, 2, 1, 2]> w = const()[name = string("w"), val = tensor<fp32, [1, 2, 1, 2]>([[[[1, 2]], [[3, 4]]]])];
                tensor<fp32, [1, 2, 3, 3]> a = mul(x = x, y = fp32(2));
                tensor<fp32, [1, 2, 3, 3]> b = add(x = a, y = tensor<fp32, [1, 2, 1, 1]>([[[[1]], [[-1]]]]));
                tensor<fp32, [1, 1, 3, 2]> y = conv(pad = tensor<int32, [4]>([0, 0, 0, 0]), pad_type = string("custom"), weight = w, x = b)[name = string("y")];
              } -> (y);)",
              R"((tensor<fp32, [1, 2, 3, 3]> x) {
                tensor<fp32, [1, 2, 1, 2]> w_1_1 = const()[name = string("w_1"), val = tensor<fp32, [1, 2, 1, 2]>([[[[2, 4]], [[6, 8]]]])];
                tensor<fp32, [1]> y_bias_1 = const()[name = string("y_bias"), val = tensor<fp32, [1]>([-4])];
                tensor<fp32, [1, 1, 3, 2]> y = conv(bias = y_bias_1, pad = tensor<int32, [4]>([0, 0, 0, 0]), pad_type = string("custom"), weight = w_1_1, x = x)[name = string("y")];
              } -> (y);)",
              {.relative = 1e-5, .absolute = 1e-5});
}

TEST(FoldIntoNextConv, PaddingForbidsTheShiftButNotTheScale) {
  expect_pass(fold_into_next_conv,
              R"((tensor<fp32, [1, 1, 3, 3]> x) {
                tensor<fp32, [1, 1, 1, 3]> w = const()[name = string("w"), val = tensor<fp32, [1, 1, 1, 3]>([[[[1, 2, 3]]]])];
                tensor<fp32, [1, 1, 3, 3]> a = add(x = x, y = fp32(1));
                tensor<fp32, [1, 1, 3, 3]> b = mul(x = a, y = fp32(2));
                tensor<fp32, [1, 1, 3, 3]> y = conv(pad_type = string("same"), weight = w, x = b);
              } -> (y);)",
              R"((tensor<fp32, [1, 1, 3, 3]> x) {
                tensor<fp32, [1, 1, 3, 3]> a = add(x = x, y = fp32(1));
                tensor<fp32, [1, 1, 1, 3]> w_1 = const()[name = string("w"), val = tensor<fp32, [1, 1, 1, 3]>([[[[2, 4, 6]]]])];
                tensor<fp32, [1, 1, 3, 3]> y = conv(pad_type = string("same"), weight = w_1, x = a);
              } -> (y);)");
}

/// A program of one product with random weights around a random scale and shift.
struct Case {
  const char* kind;
  Shape x;
  Shape weight;
  int groups;
  bool bias;
};

std::unique_ptr<ir::Program> build(const Case& c, bool affine_first) {
  auto program = std::make_unique<ir::Program>();
  ir::Function& main = *program->add_function("main", ir::Opset::kIos17);
  ir::Value* x = main.body.add_input("x", ir::Type::tensor(ir::DType::kFp32, c.x));
  ops::Builder b(main, main.body);
  uint64_t seed = 100;
  const auto random = [&](const Shape& shape, double low, double high) {
    auto t = testing::random_tensor(shape, seed++, low, high);
    return b.constant(ir::Literal::own(t.type, std::move(t.data)), "c");
  };
  const bool linear = std::string_view(c.kind) == "linear";
  const auto normalise = [&](ir::Value* v) {
    const int axis = linear ? v->shape().rank() - 1 : 1;
    const Shape channels = {v->shape()[axis]};
    if (!linear && v->shape().rank() > 2) {
      return b.add("batch_norm", "bn",
                   {{"x", v},
                    {"mean", random(channels, -1, 1)},
                    {"variance", random(channels, 0.5, 2)},
                    {"gamma", random(channels, -2, 2)},
                    {"beta", random(channels, -1, 1)}});
    }
    v = b.add("mul", "m", {{"x", v}, {"y", random(channels, -2, 2)}});
    return b.add("add", "a", {{"x", v}, {"y", random(channels, -1, 1)}});
  };
  if (affine_first) x = normalise(x);
  std::vector<std::pair<std::string, ops::Arg>> args = {{"x", x},
                                                        {"weight", random(c.weight, -1, 1)}};
  const bool transposed = std::string_view(c.kind) == "conv_transpose";
  if (c.bias)
    args.emplace_back("bias", random({transposed ? c.weight[1] * c.groups : c.weight[0]}, -1, 1));
  if (c.groups > 1) args.emplace_back("groups", c.groups);
  ir::Value* y = b.add(c.kind, "product", args);
  if (!affine_first && y != nullptr) y = normalise(y);
  EXPECT_TRUE(b.ok()) << b.status().error().to_string();
  main.body.outputs().push_back(y);
  return program;
}

size_t run_time_ops(const ir::Program& program) {
  size_t n = 0;
  for (const auto& op : program.function("main")->body.ops()) n += op->kind() != ir::kConstOp;
  return n;
}

const Case kCases[] = {
    {"conv", {2, 4, 9}, {6, 4, 3}, 1, true},
    {"conv", {1, 4, 6, 5}, {6, 2, 3, 2}, 2, true},
    {"conv", {1, 4, 6, 5}, {8, 1, 3, 3}, 4, false},
    {"conv", {1, 2, 4, 5, 3}, {3, 2, 2, 2, 2}, 1, false},
    {"conv_transpose", {1, 4, 5, 5}, {4, 3, 2, 2}, 1, true},
    {"conv_transpose", {1, 4, 5, 5}, {4, 3, 2, 2}, 2, false},
    {"linear", {3, 4}, {5, 4}, 1, true},
    {"linear", {2, 3, 4}, {5, 4}, 1, false},
};

TEST(FoldIntoConv, RanksGroupsAndBiases) {
  for (const Case& c : kCases) {
    for (const bool first : {false, true}) {
      if (first && std::string_view(c.kind) == "conv_transpose") continue;
      SCOPED_TRACE(std::string(c.kind) + " " + c.weight.to_string() +
                   (first ? " next" : " previous"));
      const auto before = build(c, first);
      const auto after = build(c, first);
      ASSERT_FALSE(HasFailure());
      ASSERT_TRUE((first ? fold_into_next_conv : fold_into_previous_conv)(*after).ok());
      ASSERT_TRUE(remove_dead_code(*after).ok());
      EXPECT_EQ(run_time_ops(*after), 1u);
      // The output's name moves to the product.
      EXPECT_EQ(after->function("main")->body.outputs()[0]->name(),
                before->function("main")->body.outputs()[0]->name());
      expect_same_outputs(*before, *after, {.relative = 1e-5, .absolute = 1e-5});
    }
  }
}

}  // namespace
}  // namespace pome::passes
