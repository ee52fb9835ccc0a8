// merge_transposes, move_transposes.
#include <gtest/gtest.h>

#include "passes/passes.h"
#include "passes/permutation.h"
#include "tests/passes/expect_pass.h"

namespace pome::passes {
namespace {

TEST(Permutation, Algebra) {
  const Permutation a = {0, 2, 3, 1};
  const Permutation b = {1, 0, 3, 2};
  const Shape shape = {2, 3, 5, 7};
  EXPECT_EQ(permuted(permuted(shape, a), b), permuted(shape, then(a, b)));
  EXPECT_EQ(permuted(permuted(shape, a), inverse(a)), shape);
  EXPECT_TRUE(is_identity(then(a, inverse(a))));
  EXPECT_FALSE(is_identity(a));
}

TEST(MergeTransposes, ChainsBecomeOneOrNone) {
  expect_pass(merge_transposes,
              R"((tensor<fp32, [2, 3, 4, 5]> x) {
                tensor<fp32, [2, 4, 5, 3]> a = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = x);
                tensor<fp32, [2, 5, 3, 4]> b = transpose(perm = tensor<int32, [4]>([0, -2, -1, -3]), x = a)[name = string("b")];
                tensor<fp32, [2, 3, 4, 5]> c = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = b);
                tensor<fp32, [2, 3, 4, 5]> y = abs(x = c);
              } -> (y, b);)",
              R"((tensor<fp32, [2, 3, 4, 5]> x) {
                tensor<fp32, [2, 5, 3, 4]> b = transpose(perm = tensor<int32, [4]>([0, 3, 1, 2]), x = x)[name = string("b")];
                tensor<fp32, [2, 3, 4, 5]> y = abs(x = x);
              } -> (y, b);)");
}

TEST(MergeTransposes, MovingExtentsOfOneIsAReshape) {
  expect_pass(merge_transposes,
              R"((tensor<fp32, [1, 8, 1, 1]> x) {
                tensor<fp32, [1, 1, 1, 8]> y = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = x);
              } -> (y);)",
              R"((tensor<fp32, [1, 8, 1, 1]> x) {
                tensor<fp32, [1, 1, 1, 8]> y = reshape(shape = tensor<int32, [4]>([1, 1, 1, 8]), x = x);
              } -> (y);)");
}

TEST(MoveTransposes, AroundElementwiseOpsTheyVanish) {
  expect_pass(move_transposes,
              R"((tensor<fp32, [1, 8, 5, 7]> x) {
                tensor<fp32, [1, 5, 7, 8]> a = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = x);
                tensor<fp32, [1, 5, 7, 8]> b = add(x = a, y = tensor<fp32, [8]>([1, 2, 3, 4, 5, 6, 7, 8]))[name = string("plus")];
                tensor<fp32, [1, 5, 7, 8]> c = relu(x = b)[name = string("c")];
                tensor<fp32, [1, 8, 5, 7]> y = transpose(perm = tensor<int32, [4]>([0, 3, 1, 2]), x = c);
              } -> (y);)",
              R"((tensor<fp32, [1, 8, 5, 7]> x) {
                tensor<fp32, [1, 8, 1, 1]> const_1_1 = const()[name = string("const_1"), val = tensor<fp32, [1, 8, 1, 1]>([[[[1]], [[2]], [[3]], [[4]], [[5]], [[6]], [[7]], [[8]]]])];
                tensor<fp32, [1, 8, 5, 7]> b = add(x = x, y = const_1_1)[name = string("plus")];
                tensor<fp32, [1, 8, 5, 7]> y = relu(x = b)[name = string("c")];
              } -> (y);)");
}

TEST(MoveTransposes, ResidualBlocksWithConcatSoftmaxAndReductions) {
  expect_pass(move_transposes,
              R"((tensor<fp32, [2, 3, 4, 5]> x, tensor<fp32, [2, 3, 4, 5]> z) {
                tensor<fp32, [2, 4, 5, 3]> a = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = x);
                tensor<fp32, [2, 4, 5, 3]> b = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = z);
                tensor<fp32, [2, 4, 5, 3]> s = sigmoid(x = a);
                tensor<fp32, [2, 4, 5, 3]> m = mul(x = a, y = s);
                tensor<fp32, [2, 4, 5, 6]> c = concat(axis = int32(-1), interleave = bool(false), values = (m, b));
                tensor<fp32, [2, 1, 1, 6]> r = reduce_mean(axes = tensor<int32, [2]>([1, 2]), keep_dims = bool(true), x = c);
                tensor<fp32, [2, 4, 5, 6]> d = mul(x = c, y = r);
                tensor<fp32, [2, 4, 5, 6]> e = softmax(axis = int32(3), x = d);
                tensor<fp32, [2, 6, 4, 5]> y = transpose(perm = tensor<int32, [4]>([0, 3, 1, 2]), x = e);
              } -> (y);)",
              R"((tensor<fp32, [2, 3, 4, 5]> x, tensor<fp32, [2, 3, 4, 5]> z) {
                tensor<fp32, [2, 3, 4, 5]> s = sigmoid(x = x);
                tensor<fp32, [2, 3, 4, 5]> m = mul(x = x, y = s);
                tensor<fp32, [2, 6, 4, 5]> c = concat(axis = int32(1), interleave = bool(false), values = (m, z));
                tensor<fp32, [2, 6, 1, 1]> r = reduce_mean(axes = tensor<int32, [2]>([2, 3]), keep_dims = bool(true), x = c);
                tensor<fp32, [2, 6, 4, 5]> d = mul(x = c, y = r);
                tensor<fp32, [2, 6, 4, 5]> y = softmax(axis = int32(1), x = d);
              } -> (y);)",
              {.relative = 1e-5});
}

TEST(MoveTransposes, TwoBecomeOneBehind) {
  expect_pass(move_transposes,
              R"((tensor<fp32, [2, 3]> x, tensor<fp32, [2, 3]> z) {
                tensor<fp32, [3, 2]> a = transpose(perm = tensor<int32, [2]>([1, 0]), x = x);
                tensor<fp32, [3, 2]> b = transpose(perm = tensor<int32, [2]>([1, 0]), x = z);
                tensor<fp32, [3, 2]> y = mul(x = a, y = b);
              } -> (y);)",
              R"((tensor<fp32, [2, 3]> x, tensor<fp32, [2, 3]> z) {
                tensor<fp32, [2, 3]> y_1 = mul(x = x, y = z);
                tensor<fp32, [3, 2]> y = transpose(perm = tensor<int32, [2]>([1, 0]), x = y_1)[name = string("y")];
              } -> (y);)");
}

TEST(MoveTransposes, WhereNothingIsGainedTheyStay) {
  expect_unchanged(move_transposes, R"((tensor<fp32, [2, 3]> x, tensor<fp32, [3, 2]> z) {
    tensor<fp32, [3, 2]> a = transpose(perm = tensor<int32, [2]>([1, 0]), x = x);
    tensor<fp32, [3, 2]> b = relu(x = a);
    tensor<fp32, [3, 2]> c = mul(x = b, y = z);
  } -> (c, b);)");
}

TEST(MoveTransposes, SlopesOfPreluStayOnTheirAxis) {
  expect_unchanged(move_transposes, R"((tensor<fp32, [1, 2, 3, 4]> x) {
    tensor<fp32, [1, 3, 4, 2]> a = transpose(perm = tensor<int32, [4]>([0, 2, 3, 1]), x = x);
    tensor<fp32, [1, 3, 4, 2]> b = prelu(alpha = tensor<fp32, [3]>([1, 2, 3]), x = a);
    tensor<fp32, [1, 2, 3, 4]> y = transpose(perm = tensor<int32, [4]>([0, 3, 1, 2]), x = b);
  } -> (y);)");
}

}  // namespace
}  // namespace pome::passes
