// Weights that a constexpr_* op makes count as constants.
#include <gtest/gtest.h>

#include "ops/builder.h"

namespace pome::ops {
namespace {

using ir::DType;
using ir::Type;

TEST(Weight, MayComeFromAConstexprOp) {
  ir::Program program;
  ir::Function* main = program.add_function("main", ir::Opset::kIos16);
  ir::Value* x = main->body.add_input("x", Type::tensor(DType::kFp32, {2, 3}));
  Builder b(*main, main->body);
  const std::vector<std::byte> halves(4 * 3 * 2);
  const auto stored = ir::Literal::copy(Type::tensor(DType::kFp16, {4, 3}), halves);
  ir::Value* weight =
      b.add("constexpr_cast", "weight", {{"source_val", stored}, {"output_dtype", "fp32"}});
  ir::Value* y = b.add("linear", "y", {{"x", x}, {"weight", weight}});
  ASSERT_TRUE(b.ok()) << b.status().error().to_string();
  EXPECT_EQ(y->shape(), (Shape{2, 4}));
}

TEST(Weight, MayComeFromOneCompressionOfAnother) {
  ir::Program program;
  ir::Function* main = program.add_function("main", ir::Opset::kIos18);
  ir::Value* x = main->body.add_input("x", Type::tensor(DType::kFp32, {2, 6}));
  Builder b(*main, main->body);
  const std::vector<std::byte> ones(3, std::byte{0xff});
  const auto mask = ir::Literal::copy(Type::tensor(DType::kUint1, {4, 6}), ones);
  const auto indices = ir::Literal::copy(Type::tensor(DType::kUint1, {24}), ones);
  const std::vector<float> table = {0.5f, 2.0f};
  const auto lut =
      ir::Literal::copy(Type::tensor(DType::kFp32, {1, 1, 2, 1}), std::span<const float>(table));
  ir::Op* sparse =
      b.add_op("constexpr_lut_to_sparse", "s",
               {{"indices_mask", mask}, {"indices_nonzero_data", indices}, {"lut", lut}});
  ASSERT_TRUE(b.ok()) << b.status().error().to_string();
  EXPECT_EQ(sparse->output(0)->dtype(), DType::kUint1);
  ir::Value* weight = b.add("constexpr_sparse_to_dense", "weight",
                            {{"nonzero_data", sparse->output(1)}, {"mask", sparse->output(0)}});
  ir::Value* y = b.add("linear", "y", {{"x", x}, {"weight", weight}});
  ASSERT_TRUE(b.ok()) << b.status().error().to_string();
  EXPECT_EQ(weight->shape(), (Shape{4, 6}));
  EXPECT_EQ(y->shape(), (Shape{2, 4}));
}

TEST(Weight, MustNotComeFromAnyOtherOp) {
  ir::Program program;
  ir::Function* main = program.add_function("main", ir::Opset::kIos16);
  ir::Value* x = main->body.add_input("x", Type::tensor(DType::kFp32, {2, 3}));
  ir::Value* w = main->body.add_input("w", Type::tensor(DType::kFp32, {4, 3}));
  Builder b(*main, main->body);
  EXPECT_EQ(b.add("linear", "y", {{"x", x}, {"weight", b.add("relu", "r", {{"x", w}})}}), nullptr);
  EXPECT_NE(b.status().error().to_string().find("\"weight\" is computed while running"),
            std::string::npos);
}

}  // namespace
}  // namespace pome::ops
