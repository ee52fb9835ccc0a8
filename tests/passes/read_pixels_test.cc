#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/passes.h"
#include "passes/verify_ops.h"
#include "tests/passes/expect_pass.h"
#include "tests/support/evaluate.h"

namespace pome::passes {
namespace {

const std::vector<std::string> kPictures = {"x"};

/// Levels 0..255, as floats or as bytes.
testing::Tensors levels(const ir::Value& input) {
  auto tensor = ops::allocate_tensor(input.type()).value();
  for (int64_t i = 0; i < tensor.view().elements(); ++i) tensor.view().set_integer(i, i * 37 % 256);
  testing::Tensors inputs;
  inputs.emplace(input.name(), std::move(tensor));
  return inputs;
}

/// read_pixels gives `after`, and the same numbers for the same picture.
void expect_read(std::string_view before, std::string_view after) {
  const auto original = program(before);
  const auto rewritten = program(before);
  const auto expected = program(after);
  if (::testing::Test::HasFailure()) return;
  ASSERT_TRUE(read_pixels(*rewritten, kPictures).ok());
  ASSERT_TRUE(remove_dead_code(*rewritten).ok());
  EXPECT_EQ(ir::print(*rewritten), ir::print(*expected));
  EXPECT_TRUE(ir::verify(*rewritten).ok() && verify_ops(*rewritten).ok());
  const ir::Function& a = *original->function("main");
  const ir::Function& b = *rewritten->function("main");
  const auto want = testing::evaluate(a, levels(*a.body.inputs()[0]));
  const auto got = testing::evaluate(b, levels(*b.body.inputs()[0]));
  ASSERT_TRUE(want.ok() && got.ok());
  for (const auto& [name, tensor] : *want)
    EXPECT_EQ(testing::difference(got->at(name).view(), tensor.view(), 1e-5, 1e-6), "") << name;
}

TEST(ReadPixels, ScaleAndBiasBecomeTheirs) {
  expect_read(R"((tensor<fp32, [1, 3, 2, 2]> x) {
    tensor<fp32, [1, 3, 2, 2]> a = mul(x = x, y = fp32(0.5));
    tensor<fp32, [1, 3, 2, 2]> b = add(x = a, y = tensor<fp32, [1, 3, 1, 1]>([[[[1]], [[2]], [[-4]]]]));
    tensor<fp32, [1, 3, 2, 2]> c = mul(x = tensor<fp32, [3, 1, 1]>([[[2]], [[1]], [[0.5]]]), y = b);
    tensor<fp32, [1, 3, 2, 2]> y = relu(x = c);
  } -> (y);)",
              R"((tensor<uint8, [1, 3, 2, 2]> x) {
    tensor<fp32, [3]> x_scale = const()[name = string("x_scale"), val = tensor<fp32, [3]>([1, 0.5, 0.25])];
    tensor<fp32, [3]> x_bias = const()[name = string("x_bias"), val = tensor<fp32, [3]>([2, 2, -2])];
    tensor<fp32, [1, 3, 2, 2]> x_pixels = pome.pixels(bias = x_bias, scale = x_scale, x = x)[name = string("x_pixels")];
    tensor<fp32, [1, 3, 2, 2]> y = relu(x = x_pixels);
  } -> (y);)");
}

TEST(ReadPixels, WhatOthersReadStays) {
  expect_read(R"((tensor<fp32, [1, 1, 2, 2]> x) {
    tensor<fp32, [1, 1, 2, 2]> a = mul(x = x, y = fp32(0.5));
    tensor<fp32, [1, 1, 2, 2]> b = add(x = a, y = fp32(1));
    tensor<fp32, [1, 1, 2, 2]> y = sub(x = b, y = a);
    tensor<fp32, [1, 1, 2, 2]> z = relu(x = a);
  } -> (y, z);)",
              R"((tensor<uint8, [1, 1, 2, 2]> x) {
    tensor<fp32, [1]> x_scale = const()[name = string("x_scale"), val = tensor<fp32, [1]>([0.5])];
    tensor<fp32, [1]> x_bias = const()[name = string("x_bias"), val = tensor<fp32, [1]>([0])];
    tensor<fp32, [1, 1, 2, 2]> x_pixels = pome.pixels(bias = x_bias, scale = x_scale, x = x)[name = string("x_pixels")];
    tensor<fp32, [1, 1, 2, 2]> b = add(x = x_pixels, y = fp32(1));
    tensor<fp32, [1, 1, 2, 2]> y = sub(x = b, y = x_pixels);
    tensor<fp32, [1, 1, 2, 2]> z = relu(x = x_pixels);
  } -> (y, z);)");
}

TEST(ReadPixels, AnOutputKeepsItsName) {
  expect_read(R"((tensor<fp32, [1, 1, 2, 2]> x) {
    tensor<fp32, [1, 1, 2, 2]> y = mul(x = x, y = fp32(0.5));
  } -> (y);)",
              R"((tensor<uint8, [1, 1, 2, 2]> x) {
    tensor<fp32, [1]> x_scale = const()[name = string("x_scale"), val = tensor<fp32, [1]>([0.5])];
    tensor<fp32, [1]> x_bias = const()[name = string("x_bias"), val = tensor<fp32, [1]>([0])];
    tensor<fp32, [1, 1, 2, 2]> y = pome.pixels(bias = x_bias, scale = x_scale, x = x)[name = string("x_pixels")];
  } -> (y);)");
}

TEST(ReadPixels, OtherInputsStay) {
  constexpr std::string_view kPrograms[] = {
      // no picture's name, no four axes, an output itself, what nobody reads
      "(tensor<fp32, [1, 1, 2, 2]> z) { tensor<fp32, [1, 1, 2, 2]> y = relu(x = z); } -> (y);",
      "(tensor<fp32, [2, 2]> x) { tensor<fp32, [2, 2]> y = relu(x = x); } -> (y);",
      "(tensor<fp32, [1, 1, 2, 2]> x) { tensor<fp32, [1, 1, 2, 2]> y = relu(x = x); } -> (y, x);",
      "(tensor<fp32, [1, 1, 2, 2]> x, tensor<fp32, [2]> z) { tensor<fp32, [2]> y = relu(x = z); } "
      "-> (y);"};
  for (const std::string_view text : kPrograms)
    expect_unchanged([](ir::Program& p) { return read_pixels(p, kPictures); }, text);
}

}  // namespace
}  // namespace pome::passes
