// remove_dead_code, remove_identities, fold_constants, share_constants, infer_types.
#include <gtest/gtest.h>

#include "ir/printer.h"
#include "passes/passes.h"
#include "tests/passes/expect_pass.h"

namespace pome::passes {
namespace {

TEST(RemoveDeadCode, DropsChainsThatNobodyReads) {
  expect_pass(remove_dead_code,
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [2]> c = const()[val = tensor<fp32, [2]>([1, 2])];
                tensor<fp32, [2]> a = add(x = x, y = c);
                tensor<fp32, [2]> unused = exp(x = a);
                tensor<fp32, [2]> y = abs(x = x);
              } -> (y);)",
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [2]> y = abs(x = x);
              } -> (y);)");
}

TEST(RemoveDeadCode, KeepsAnOpOfWhichOneOutputIsRead) {
  expect_unchanged(remove_dead_code, R"((tensor<fp32, [4]> x) {
    tensor<fp32, [2]> a, tensor<fp32, [2]> b = split(axis = int32(0), num_splits = int32(2), x = x);
  } -> (b);)");
}

TEST(RemoveIdentities, EveryKind) {
  expect_pass(remove_identities,
              R"((tensor<fp32, [2, 3]> x) {
                tensor<fp32, [2, 3]> a = identity(x = x);
                tensor<fp32, [2, 3]> b = cast(dtype = string("fp32"), x = a);
                tensor<fp32, [2, 3]> c = mul(x = fp32(1), y = b);
                tensor<fp32, [2, 3]> d = add(x = c, y = tensor<fp32, [3]>([0, 0, 0]));
                tensor<fp32, [2, 3]> e = sub(x = d, y = fp32(0));
                tensor<fp32, [2, 3]> f = real_div(x = e, y = fp32(1));
                tensor<fp32, [2, 3]> g = reshape(shape = tensor<int32, [2]>([2, 3]), x = f);
                tensor<fp32, [2, 3]> h = transpose(perm = tensor<int32, [2]>([0, -1]), x = g);
                tensor<fp32, [2, 3]> i = concat(axis = int32(0), interleave = bool(false), values = (h));
                tensor<fp32, [2, 3]> y = abs(x = i);
              } -> (y);)",
              R"((tensor<fp32, [2, 3]> x) {
                tensor<fp32, [2, 3]> y = abs(x = x);
              } -> (y);)");
}

TEST(RemoveIdentities, WhatChangesSomethingStays) {
  expect_unchanged(remove_identities, R"((tensor<fp32, [2, 2]> x) {
    tensor<fp32, [1, 2, 2]> a = add(x = x, y = tensor<fp32, [1, 1, 1]>([[[0]]]));
    tensor<fp32, [1, 2, 2]> b = transpose(perm = tensor<int32, [3]>([0, 2, 1]), x = a);
    tensor<fp32, [1, 2, 2]> c = sub(x = fp32(0), y = b);
    tensor<fp32, [1, 2, 2]> d = mul(x = c, y = tensor<fp32, [2]>([1, 2]));
    tensor<fp16, [1, 2, 2]> y = cast(dtype = string("fp16"), x = d);
  } -> (y);)");
}

TEST(RemoveIdentities, TheOutputKeepsItsName) {
  expect_pass(remove_identities,
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [2]> a = abs(x = x)[name = string("a")];
                tensor<fp32, [2]> y = identity(x = a);
              } -> (y);)",
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [2]> y = abs(x = x)[name = string("a")];
              } -> (y);)");
}

TEST(RemoveIdentities, AnInputThatIsAnOutputNeedsItsIdentity) {
  expect_unchanged(remove_identities, R"((tensor<fp32, [2]> x) {
    tensor<fp32, [2]> y = identity(x = x);
    tensor<fp32, [2]> a = abs(x = x);
    tensor<fp32, [2]> z = identity(x = a);
  } -> (y, a, z);)");
}

TEST(FoldConstants, RunsTheReference) {
  expect_pass(fold_constants,
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [2]> a = const()[name = string("a"), val = tensor<fp32, [2]>([1, 2])];
                tensor<fp32, [2]> b = mul(x = a, y = fp32(3))[name = string("b")];
                tensor<fp32, [1, 2]> c = expand_dims(axes = tensor<int32, [1]>([0]), x = b);
                tensor<fp32, [1, 2]> y = add(x = x, y = c);
              } -> (y);)",
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [1, 2]> c = const()[val = tensor<fp32, [1, 2]>([[3, 6]])];
                tensor<fp32, [1, 2]> y = add(x = x, y = c);
              } -> (y);)");
}

TEST(FoldConstants, ShapeArithmeticDisappears) {
  expect_pass(fold_constants,
              R"((tensor<fp32, [2, 3, 4]> x) {
                tensor<int32, [3]> s = shape(x = x);
                tensor<int32, [1]> n = slice_by_index(begin = tensor<int32, [1]>([0]), end = tensor<int32, [1]>([1]), x = s);
                tensor<int32, [2]> to = concat(axis = int32(0), interleave = bool(false), values = (n, tensor<int32, [1]>([12])));
                tensor<fp32, [2, 12]> y = reshape(shape = to, x = x);
              } -> (y);)",
              R"((tensor<fp32, [2, 3, 4]> x) {
                tensor<int32, [2]> to = const()[val = tensor<int32, [2]>([2, 12])];
                tensor<fp32, [2, 12]> y = reshape(shape = to, x = x);
              } -> (y);)");
}

TEST(FoldConstants, CompressedWeightsAreMadeWhole) {
  const std::string_view whole = R"((tensor<fp32, [1, 2]> x) {
                tensor<fp32, [2, 2]> w = const()[val = tensor<fp32, [2, 2]>([[0, 0.5], [1, 1.5]])];
                tensor<fp32, [1, 2]> y = linear(weight = w, x = x);
              } -> (y);)";
  expect_pass(fold_constants,
              R"((tensor<fp32, [1, 2]> x) {
                tensor<fp32, [2, 2]> w = constexpr_affine_dequantize()[axis = int32(0), quantized_data = tensor<int8, [2, 2]>([[1, 2], [3, 4]]), scale = fp32(0.5), zero_point = int8(1)];
                tensor<fp32, [1, 2]> y = linear(weight = w, x = x);
              } -> (y);)",
              whole);
  expect_pass(fold_constants,
              R"((tensor<fp32, [1, 2]> x) {
                tensor<fp32, [2, 2]> w = constexpr_sparse_to_dense()[mask = tensor<uint8, [1]>([14]), nonzero_data = tensor<fp32, [3]>([0.5, 1, 1.5]), shape = tensor<uint32, [2]>([2, 2])];
                tensor<fp32, [1, 2]> y = linear(weight = w, x = x);
              } -> (y);)",
              whole);
}

TEST(FoldConstants, WhatWouldBlowUpStays) {
  expect_unchanged(fold_constants, R"((tensor<fp32, [2]> x) {
    tensor<fp32, [3000, 3000]> z = fill(shape = tensor<int32, [2]>([3000, 3000]), value = fp32(1));
  } -> (z);)");
}

TEST(ShareConstants, EqualBitsAreOneConstant) {
  expect_pass(share_constants,
              R"((tensor<fp32, [2]> x) {
                fp32 a = const()[val = fp32(2)];
                fp32 b = const()[val = fp32(2)];
                tensor<fp32, [1]> c = const()[val = tensor<fp32, [1]>([2])];
                tensor<fp32, [2]> d = mul(x = x, y = a);
                tensor<fp32, [2]> e = mul(x = d, y = b);
                tensor<fp32, [2]> y = mul(x = e, y = c);
              } -> (y);)",
              R"((tensor<fp32, [2]> x) {
                fp32 a = const()[val = fp32(2)];
                tensor<fp32, [1]> c = const()[val = tensor<fp32, [1]>([2])];
                tensor<fp32, [2]> d = mul(x = x, y = a);
                tensor<fp32, [2]> e = mul(x = d, y = a);
                tensor<fp32, [2]> y = mul(x = e, y = c);
              } -> (y);)");
}

TEST(InferTypes, UnknownExtentsBecomeKnown) {
  const auto p = program(R"((tensor<fp32, [2, 3]> x) {
    tensor<fp32, [?, 3]> a = abs(x = x);
    tensor<int32, [?]> s = shape(x = a);
  } -> (a, s);)");
  const auto& ops = p->function("main")->body.ops();
  EXPECT_EQ(ops.front()->output()->type().to_string(), "tensor<fp32, [2, 3]>");
  ASSERT_NE(ops.back()->output()->literal(), nullptr);
  EXPECT_EQ(ops.back()->output()->literal()->to_ints(), (std::vector<int64_t>{2, 3}));
}

}  // namespace
}  // namespace pome::passes
