// canonical_arithmetic, canonical_clip, merge_reshapes.
#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/passes/expect_pass.h"

namespace pome::passes {
namespace {

TEST(CanonicalArithmetic, ConstantsToTheRightSumsAndProducts) {
  expect_pass(canonical_arithmetic,
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [2]> k = const()[val = tensor<fp32, [2]>([4, 8])];
                tensor<fp32, [2]> a = mul(x = fp32(2), y = x)[name = string("m")];
                tensor<fp32, [2]> b = sub(x = a, y = fp32(3));
                tensor<fp32, [2]> y = real_div(x = b, y = k)[name = string("d")];
              } -> (y);)",
              R"((tensor<fp32, [2]> x) {
                tensor<fp32, [2]> a = mul(x = x, y = fp32(2))[name = string("m")];
                tensor<fp32, [2]> b = add(x = a, y = fp32(-3));
                tensor<fp32, [2]> k_1 = const()[name = string("k"), val = tensor<fp32, [2]>([0.25, 0.125])];
                tensor<fp32, [2]> y = mul(x = b, y = k_1)[name = string("d")];
              } -> (y);)");
}

TEST(CanonicalArithmetic, SquaresAndRoots) {
  expect_pass(canonical_arithmetic,
              R"((tensor<fp32, [2, 3]> x) {
                tensor<fp32, [2, 3]> a = pow(x = x, y = fp32(2));
                tensor<fp32, [2, 3]> b = pow(x = a, y = tensor<fp32, [3]>([0.5, 0.5, 0.5]));
                tensor<fp32, [2, 3]> c = pow(x = x, y = fp32(3));
                tensor<fp32, [2, 3]> d = pow(x = fp32(2), y = x);
                tensor<fp32, [2, 2, 3]> e = pow(x = x, y = tensor<fp32, [2, 1, 1]>([[[2]], [[2]]]));
              } -> (b, c, d, e);)",
              R"((tensor<fp32, [2, 3]> x) {
                tensor<fp32, [2, 3]> a = square(x = x);
                tensor<fp32, [2, 3]> b = sqrt(x = a);
                tensor<fp32, [2, 3]> c = pow(x = x, y = fp32(3));
                tensor<fp32, [2, 3]> d = pow(x = fp32(2), y = x);
                tensor<fp32, [2, 2, 3]> e = pow(x = x, y = tensor<fp32, [2, 1, 1]>([[[2]], [[2]]]));
              } -> (b, c, d, e);)");
}

TEST(CanonicalArithmetic, WhatIsNotTheSameStays) {
  expect_unchanged(canonical_arithmetic, R"((tensor<fp32, [2]> x, tensor<int32, [2]> n) {
    tensor<fp32, [2]> a = sub(x = fp32(1), y = x);
    tensor<fp32, [2]> b = real_div(x = a, y = tensor<fp32, [2]>([0, 1]));
    tensor<fp32, [2]> c = real_div(x = b, y = fp32(1e38));
    tensor<fp32, [2]> y = real_div(x = c, y = x);
    tensor<int32, [2]> m = sub(x = n, y = int32(2));
  } -> (y, m);)");
}

TEST(CanonicalClip, OneFormOfEveryInterval) {
  expect_pass(canonical_clip,
              R"((tensor<fp32, [8]> x) {
                tensor<fp32, [8]> a = relu6(x = x)[name = string("six")];
                tensor<fp32, [8]> b = clamped_relu(alpha = fp32(0), beta = fp32(1), x = x);
                tensor<fp32, [8]> c = minimum(x = x, y = fp32(1.5));
                tensor<fp32, [8]> d = maximum(x = c, y = fp32(-1))[name = string("both")];
                tensor<fp32, [8]> e = relu(x = x);
                tensor<fp32, [8]> f = minimum(x = e, y = tensor<fp32, [1]>([1]));
                tensor<fp32, [8]> g = clip(alpha = fp32(-1), beta = fp32(1), x = x);
                tensor<fp32, [8]> h = relu(x = g);
                tensor<fp32, [8]> i = maximum(x = x, y = fp32(-1));
                tensor<fp32, [8]> j = relu(x = i);
              } -> (a, b, d, f, h, j);)",
              R"((tensor<fp32, [8]> x) {
                tensor<fp32, [8]> a = clip(alpha = fp32(0), beta = fp32(6), x = x)[name = string("six")];
                tensor<fp32, [8]> b = clip(alpha = fp32(0), beta = fp32(1), x = x);
                tensor<fp32, [8]> d = clip(alpha = fp32(-1), beta = fp32(1.5), x = x)[name = string("both")];
                tensor<fp32, [8]> f = clip(alpha = fp32(0), beta = fp32(1), x = x);
                tensor<fp32, [8]> h = clip(alpha = fp32(0), beta = fp32(1), x = x);
                tensor<fp32, [8]> j = relu(x = x);
              } -> (a, b, d, f, h, j);)",
              {.low = -8, .high = 8});
}

// What coremltools' Keras converter writes for relu6.
TEST(CanonicalClip, MinimumSaidWithNegations) {
  expect_pass(canonical_clip,
              R"((tensor<fp32, [8]> x) {
                tensor<fp32, [8]> a = relu(x = x);
                tensor<fp32, [8]> b = linear_activation(alpha = fp32(-1), beta = fp32(0), x = a);
                tensor<fp32, [8]> c = threshold(alpha = fp32(-6), x = b);
                tensor<fp32, [8]> d = linear_activation(alpha = fp32(-1), beta = fp32(0), x = c);
              } -> (d);)",
              R"((tensor<fp32, [8]> x) {
                tensor<fp32, [8]> d = clip(alpha = fp32(0), beta = fp32(6), x = x);
              } -> (d);)",
              {.low = -8, .high = 8});
  expect_unchanged(canonical_clip, R"((tensor<fp32, [8]> x) {
    tensor<fp32, [8]> b = linear_activation(alpha = fp32(-1), beta = fp32(0), x = x);
    tensor<fp32, [8]> c = threshold(alpha = fp32(-6), x = b);
    tensor<fp32, [8]> d = linear_activation(alpha = fp32(-1), beta = fp32(1), x = c);
  } -> (c, d);)");
}

TEST(CanonicalClip, WhatIsNoIntervalStays) {
  expect_unchanged(canonical_clip, R"((tensor<fp32, [2]> x, tensor<int32, [2]> n) {
    tensor<fp32, [2]> a = minimum(x = x, y = fp32(3));
    tensor<fp32, [2]> b = maximum(x = a, y = fp32(5));
    tensor<fp32, [2]> c = maximum(x = x, y = tensor<fp32, [2]>([1, 2]));
    tensor<fp32, [2]> d = clamped_relu(alpha = fp32(0.1), beta = fp32(1), x = x);
    tensor<fp32, [1, 2]> e = minimum(x = x, y = tensor<fp32, [1, 1]>([[1]]));
    tensor<fp32, [2]> f = relu(x = x);
    tensor<int32, [2]> g = minimum(x = n, y = int32(3));
    tensor<int32, [2]> h = maximum(x = g, y = int32(0));
  } -> (a, b, c, d, e, f, h);)");
}

TEST(CanonicalClip, AnInnerIntervalThatOthersReadStays) {
  expect_unchanged(canonical_clip, R"((tensor<fp32, [2]> x) {
    tensor<fp32, [2]> a = relu(x = x);
    tensor<fp32, [2]> b = minimum(x = a, y = fp32(3));
    tensor<fp32, [2]> y = add(x = a, y = b);
  } -> (y);)");
}

TEST(CanonicalClip, HardSwishKeepsItsShape) {
  expect_pass(canonical_clip,
              R"((tensor<fp32, [8]> x) {
                tensor<fp32, [8]> a = add(x = x, y = fp32(3));
                tensor<fp32, [8]> b = relu6(x = a);
                tensor<fp32, [8]> c = mul(x = x, y = b);
                tensor<fp32, [8]> y = mul(x = c, y = fp32(0.25));
              } -> (y);)",
              R"((tensor<fp32, [8]> x) {
                tensor<fp32, [8]> a = add(x = x, y = fp32(3));
                tensor<fp32, [8]> b = clip(alpha = fp32(0), beta = fp32(6), x = a);
                tensor<fp32, [8]> c = mul(x = x, y = b);
                tensor<fp32, [8]> y = mul(x = c, y = fp32(0.25));
              } -> (y);)");
}

TEST(MergeReshapes, ChainsBecomeOne) {
  expect_pass(merge_reshapes,
              R"((tensor<fp32, [2, 3, 4]> x) {
                tensor<fp32, [2, 12]> a = reshape(shape = tensor<int32, [2]>([2, -1]), x = x);
                tensor<fp32, [2, 12, 1]> b = expand_dims(axes = tensor<int32, [1]>([2]), x = a);
                tensor<fp32, [2, 1, 12]> c = reshape(shape = tensor<int32, [3]>([2, 1, 12]), x = b)[name = string("c")];
                tensor<fp32, [2, 12]> d = squeeze(axes = tensor<int32, [1]>([1]), x = c);
                tensor<fp32, [2, 3, 4]> e = reshape(shape = tensor<int32, [3]>([2, 3, 4]), x = d);
                tensor<fp32, [2, 3, 4]> y = abs(x = e);
              } -> (y, c);)",
              R"((tensor<fp32, [2, 3, 4]> x) {
                tensor<fp32, [2, 1, 12]> c = reshape(shape = tensor<int32, [3]>([2, 1, 12]), x = x)[name = string("c")];
                tensor<fp32, [2, 3, 4]> y = abs(x = x);
              } -> (y, c);)");
}

TEST(MergeReshapes, SingleOnesAndUnknownShapesStay) {
  expect_unchanged(merge_reshapes, R"((tensor<fp32, [2, 3]> x, tensor<fp32, [?, 3]> u) {
    tensor<fp32, [6]> a = reshape(shape = tensor<int32, [1]>([6]), x = x);
    tensor<fp32, [?, 3, 1]> b = expand_dims(axes = tensor<int32, [1]>([2]), x = u);
    tensor<fp32, [?, 3]> c = squeeze(axes = tensor<int32, [1]>([2]), x = b);
  } -> (a, c);)");
}

}  // namespace
}  // namespace pome::passes
