// widen_fp16, verify_ops and the pipeline as a whole.
#include "passes/pipeline.h"

#include <gtest/gtest.h>

#include "ir/parser.h"
#include "ir/printer.h"
#include "passes/passes.h"
#include "passes/verify_ops.h"
#include "tests/passes/expect_pass.h"

namespace pome::passes {
namespace {

TEST(WidenFp16, ComputesInFp32BehindFp16Borders) {
  expect_pass(widen_fp16,
              R"((tensor<fp16, [2]> x, tensor<fp32, [2]> z) {
                tensor<fp16, [2]> w = const()[name = string("w"), val = tensor<fp16, [2]>([1, 0.5])];
                tensor<fp16, [2]> a = mul(x = x, y = w)[name = string("a")];
                tensor<fp16, [2]> b = cast(dtype = string("fp16"), x = z);
                tensor<fp16, [2]> c = add(x = b, y = fp16(2));
                tensor<fp32, [2]> d = cast(dtype = string("fp32"), x = c);
              } -> (a, d);)",
              R"((tensor<fp16, [2]> x, tensor<fp32, [2]> z) {
                tensor<fp32, [2]> x_fp32 = cast(dtype = string("fp32"), x = x)[name = string("x_fp32")];
                tensor<fp32, [2]> w = const()[name = string("w"), val = tensor<fp32, [2]>([1, 0.5])];
                tensor<fp32, [2]> a_fp32 = mul(x = x_fp32, y = w)[name = string("a")];
                tensor<fp32, [2]> b = cast(dtype = string("fp32"), x = z);
                tensor<fp32, [2]> c = add(x = b, y = fp32(2));
                tensor<fp32, [2]> d = cast(dtype = string("fp32"), x = c);
                tensor<fp16, [2]> a = cast(dtype = string("fp16"), x = a_fp32)[name = string("a_fp16")];
              } -> (a, d);)",
              {.relative = 2e-3, .absolute = 2e-3});
}

TEST(WidenFp16, ConstantOutputsAndPassedInputsStay) {
  expect_pass(widen_fp16,
              R"((tensor<fp16, [2]> x) {
                tensor<fp16, [2]> w = const()[val = tensor<fp16, [2]>([1, 2])];
                tensor<fp16, [2]> a = add(x = x, y = w);
              } -> (w, a, a);)",
              R"((tensor<fp16, [2]> x) {
                tensor<fp32, [2]> x_fp32 = cast(dtype = string("fp32"), x = x)[name = string("x_fp32")];
                tensor<fp32, [2]> w_fp32 = const()[name = string("w_fp32"), val = tensor<fp32, [2]>([1, 2])];
                tensor<fp16, [2]> w = const()[val = tensor<fp16, [2]>([1, 2])];
                tensor<fp32, [2]> a_fp32 = add(x = x_fp32, y = w_fp32);
                tensor<fp16, [2]> a = cast(dtype = string("fp16"), x = a_fp32)[name = string("a_fp16")];
              } -> (w, a, a);)",
              {.relative = 2e-3, .absolute = 2e-3});
}

TEST(WidenFp16, CompressedConstantsStayCompressed) {
  expect_pass(widen_fp16,
              R"((tensor<fp16, [2, 4]> x) {
                tensor<fp16, [3, 4]> w = constexpr_affine_dequantize()[axis = int32(0), quantized_data = tensor<int8, [3, 4]>([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]), scale = fp16(0.5), zero_point = int8(1)];
                tensor<fp16, [2, 3]> y = linear(weight = w, x = x);
              } -> (y);)",
              R"((tensor<fp16, [2, 4]> x) {
                tensor<fp32, [2, 4]> x_fp32 = cast(dtype = string("fp32"), x = x)[name = string("x_fp32")];
                tensor<fp32, [3, 4]> w = constexpr_affine_dequantize(axis = int32(0), quantized_data = tensor<int8, [3, 4]>([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]), scale = fp32(0.5), zero_point = int8(1));
                tensor<fp32, [2, 3]> y_fp32 = linear(weight = w, x = x_fp32);
                tensor<fp16, [2, 3]> y = cast(dtype = string("fp16"), x = y_fp32)[name = string("y_fp16")];
              } -> (y);)",
              {.relative = 2e-3, .absolute = 2e-3});
}

TEST(WidenFp16, ConstantsRememberWhatTheModelStores) {
  auto program = ir::parse(R"(program(1.0)
{
    func main<ios15>(tensor<fp16, [2]> x) {
        tensor<fp16, [2]> w = const()[val = tensor<fp16, [2]>([1, 0.5])];
        tensor<fp16, [2]> a = mul(x = x, y = w);
        tensor<fp16, [2]> b = add(x = a, y = fp16(2));
    } -> (b);
})");
  ASSERT_TRUE(program.ok()) << program.error().to_string();
  ASSERT_TRUE(widen_fp16(**program).ok());
  int constants = 0;
  for (const auto& op : (*program)->function("main")->body.ops()) {
    if (op->kind() != "mul" && op->kind() != "add") continue;
    const ir::Literal* constant = op->constant("y");
    ASSERT_NE(constant, nullptr);
    ASSERT_NE(constant->stored(), nullptr) << op->kind();
    EXPECT_EQ(constant->type().dtype(), ir::DType::kFp32);
    EXPECT_EQ(constant->stored()->type().dtype(), ir::DType::kFp16);
    EXPECT_EQ(constant->stored()->to_floats(), constant->to_floats());
    ++constants;
  }
  EXPECT_EQ(constants, 2);
}

TEST(WidenFp16, WhatMustBeFp16Stays) {
  expect_unchanged(widen_fp16, R"((tensor<fp32, [2]> x) {
    tensor<fp32, [2]> w = constexpr_cast(output_dtype = string("fp32"), source_val = tensor<fp16, [2]>([1, 2]));
    tensor<fp32, [2]> y = mul(x = x, y = w);
  } -> (y);)");
}

constexpr std::string_view kNetwork = R"((tensor<fp16, [1, 4, 4, 3]> image) {
  tensor<fp16, [1, 3, 4, 4]> first = transpose(perm = tensor<int32, [4]>([0, 3, 1, 2]), x = image);
  tensor<fp16, [2, 3, 1, 1]> w = const()[val = tensor<fp16, [2, 3, 1, 1]>([[[[1]], [[2]], [[3]]], [[[-1]], [[0.5]], [[2]]]])];
  tensor<fp16, [1, 2, 4, 4]> c = conv(weight = w, x = first)[name = string("c")];
  tensor<fp16, [1, 2, 4, 4]> n = batch_norm(mean = tensor<fp16, [2]>([1, 2]), variance = tensor<fp16, [2]>([1, 3]), x = c);
  tensor<fp16, [1, 4, 4, 2]> t = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = n);
  tensor<fp16, [1, 4, 4, 2]> r = relu6(x = t);
  tensor<fp16, [1, 2, 4, 4]> u = transpose(perm = tensor<int32, [4]>([0, 3, 1, 2]), x = r);
  tensor<fp16, [1, 2, 1, 1]> p = reduce_mean(axes = tensor<int32, [2]>([2, 3]), keep_dims = bool(true), x = u);
  tensor<int32, [4]> s = shape(x = p);
  tensor<int32, [1]> batch = slice_by_index(begin = tensor<int32, [1]>([0]), end = tensor<int32, [1]>([1]), x = s);
  tensor<int32, [2]> to = concat(axis = int32(0), interleave = bool(false), values = (batch, tensor<int32, [1]>([-1])));
  tensor<fp16, [?, ?]> f = reshape(shape = to, x = p);
  tensor<fp16, [?, ?]> y = identity(x = f);
} -> (y);)";

TEST(Pipeline, ShrinksANetworkAndKeepsItsNumbers) {
  const auto before = program(kNetwork);
  const auto after = program(kNetwork);
  ASSERT_FALSE(HasFailure());
  const Status status = run_pipeline(*after, {.verify = true});
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  std::vector<std::string> kinds;
  for (const auto& op : after->function("main")->body.ops())
    if (op->kind() != ir::kConstOp) kinds.push_back(op->kind());
  EXPECT_EQ(kinds, (std::vector<std::string>{"cast", "transpose", "conv", "clip", "reduce_mean",
                                             "reshape", "cast"}))
      << ir::print(*after);
  expect_same_outputs(*before, *after, {.relative = 4e-3, .absolute = 4e-3});
}

TEST(Pipeline, EmulationOfFloat16SkipsNoRounding) {
  const auto before = program(kNetwork);
  const auto after = program(kNetwork);
  ASSERT_FALSE(HasFailure());
  ASSERT_TRUE(run_pipeline(*after, {.emulate_float16 = true, .verify = true}).ok());
  expect_same_outputs(*before, *after, {.relative = 0, .absolute = 0});
  for (const auto& op : after->function("main")->body.ops())
    for (const auto& output : op->outputs())
      EXPECT_NE(output->dtype(), ir::DType::kFp32) << output->name();
}

TEST(Pipeline, RefusesWhatIsNoProgram) {
  const auto p = program(R"((tensor<fp32, [2]> x) {
    tensor<fp32, [2]> y = abs(x = x);
  } -> (y);)");
  p->function("main")->body.ops().front()->output()->set_name("x");
  EXPECT_EQ(run_pipeline(*p).error().to_string(),
            "main / x (abs): the name \"x\" belongs to two values");
}

TEST(VerifyOps, NamesBothTypes) {
  const auto p = program(R"((tensor<fp32, [2]> x) {
    tensor<fp32, [2]> y = abs(x = x);
  } -> (y);)");
  ir::Op& op = *p->function("main")->body.ops().front();
  EXPECT_TRUE(verify_ops(*p).ok());
  op.output()->set_type(ir::Type::tensor(ir::DType::kFp32, {Shape::kUnknown}));
  EXPECT_TRUE(verify_ops(*p).ok()) << "an unknown extent contradicts nothing";
  op.output()->set_type(ir::Type::tensor(ir::DType::kFp32, {3}));
  EXPECT_EQ(verify_ops(*p).error().to_string(),
            "main / y (abs): the declared type is tensor<fp32, [3]>, the op makes tensor<fp32, "
            "[2]>");
  op.output()->set_type(ir::Type::tensor(ir::DType::kFp16, {2}));
  EXPECT_FALSE(verify_ops(*p).ok());
}

}  // namespace
}  // namespace pome::passes
