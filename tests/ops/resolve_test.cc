// What resolve() and infer() refuse, and what they fill in.
#include <gtest/gtest.h>

#include "ops/builder.h"
#include "ops/families.h"
#include "ops/sample.h"

namespace pome::ops {
namespace {

using ir::DType;
using ir::Opset;
using ir::Type;

/// A function with inputs to build upon.
class Resolve : public testing::Test {
 protected:
  ir::Value* input(std::string name, DType dtype, const Shape& shape) {
    return function_->body.add_input(std::move(name), Type::tensor(dtype, shape));
  }
  Builder builder() { return {*function_, function_->body}; }

  ir::Program program_;
  ir::Function* function_ = program_.add_function("main", Opset::kIos15);
};

/// The message of the error of building one op.
std::string refusal(Builder builder, std::string_view kind, Builder::NamedArgs args) {
  EXPECT_EQ(builder.add(kind, "it", args), nullptr);
  return builder.ok() ? "no error" : builder.status().error().to_string();
}

TEST_F(Resolve, UnknownParameter) {
  auto* x = input("x", DType::kFp32, {2});
  EXPECT_EQ(refusal(builder(), "clip", {{"x", x}, {"alhpa", 0.0}, {"beta", 1.0}}),
            "it (clip): parameter \"alhpa\" is unknown, clip of ios15 takes \"x\", \"alpha\" and "
            "\"beta\". Did you mean \"alpha\"?");
}

TEST_F(Resolve, MissingParameter) {
  auto* x = input("x", DType::kFp32, {2});
  EXPECT_EQ(refusal(builder(), "clip", {{"x", x}, {"alpha", 0.0}}),
            "it (clip): parameter \"beta\" is missing, clip requires it");
}

TEST_F(Resolve, WrongElementType) {
  auto* x = input("x", DType::kBool, {2});
  EXPECT_EQ(refusal(builder(), "exp", {{"x", x}}),
            "it (exp): parameter \"x\" is a tensor<bool, [2]>, it takes fp16 or fp32");
}

TEST_F(Resolve, MixedElementTypes) {
  auto* x = input("x", DType::kFp32, {2});
  auto* y = input("y", DType::kInt32, {2});
  EXPECT_EQ(refusal(builder(), "add", {{"x", x}, {"y", y}}),
            "it (add): parameters \"x\" (fp32) and \"y\" (int32) must have the same element type");
}

TEST_F(Resolve, ConstantsMustBeConstant) {
  auto* x = input("x", DType::kFp32, {2, 3});
  auto* perm = input("perm", DType::kInt32, {2});
  EXPECT_EQ(refusal(builder(), "transpose", {{"x", x}, {"perm", perm}}),
            "it (transpose): parameter \"perm\" is computed while running, it must be a constant");
}

TEST_F(Resolve, ListsAndScalarsHaveTheirSize) {
  auto* x = input("x", DType::kFp32, {2, 3});
  EXPECT_EQ(
      refusal(builder(), "transpose", {{"x", x}, {"perm", Arg::ints(Shape{0, 1, 2, 3})}}),
      "it (transpose): parameter \"perm\" is [0,1,2,3], the tensor has rank 2: different axes "
      "from -2 to 1 are expected");
  const std::vector<int64_t> many(17, 0);
  EXPECT_EQ(refusal(builder(), "transpose", {{"x", x}, {"perm", Arg::ints(many)}}),
            "it (transpose): parameter \"perm\" has shape [17], a list of at most 16 integers is "
            "expected");
  EXPECT_EQ(refusal(builder(), "flatten2d", {{"x", x}, {"axis", Arg::ints({1, 1})}}),
            "it (flatten2d): parameter \"axis\" has shape [2], a scalar is expected");
}

TEST_F(Resolve, OneValueWhereNoTupleIsTaken) {
  auto* x = input("x", DType::kFp32, {2});
  EXPECT_EQ(refusal(builder(), "exp", {{"x", std::vector<ir::Value*>{x, x}}}),
            "it (exp): parameter \"x\" is bound to 2 values, one is expected");
}

TEST_F(Resolve, UnknownOp) {
  auto* x = input("x", DType::kFp32, {2});
  EXPECT_EQ(refusal(builder(), "gatherr", {{"x", x}}),
            "it (gatherr): op \"gatherr\" is not supported by this version of Pome. Did you mean "
            "\"gather\"?");
}

TEST_F(Resolve, TheFirstErrorSticks) {
  Builder b = builder();
  auto* x = input("x", DType::kFp32, {2});
  ir::Value* bad = b.add("exp", "first", {{"x", b.constant(ir::Literal::boolean(true), "c")}});
  EXPECT_EQ(bad, nullptr);
  EXPECT_EQ(b.add("add", "second", {{"x", x}, {"y", bad}}), nullptr);
  EXPECT_EQ(b.status().error().places().front(), "first (exp)");
}

TEST_F(Resolve, DefaultsTakeTheDtypeOfTheirGroup) {
  ir::Op op("log", "");
  op.set_argument("x", {input("x", DType::kFp16, {2})});
  const auto args = resolve(*find("log", Opset::kIos15), op);
  ASSERT_TRUE(args.ok());
  EXPECT_EQ(args->dtype(1), DType::kFp16);
  EXPECT_EQ(args->real(1), 0);  // 1e-45 is below float16's smallest
  const auto args17 = resolve(*find("log", Opset::kIos17), op);
  ASSERT_TRUE(args17.ok());
  EXPECT_EQ(args17->dtype(1), DType::kFp32);
  EXPECT_GT(args17->real(1), 0);
}

TEST_F(Resolve, WholeNumbersAsDefaultsFollowTheirGroupToo) {
  ir::Op op("one_hot", "");
  op.set_argument("indices", {input("i", DType::kInt32, {2})});
  op.set_argument("one_hot_vector_size", {ir::Literal::int32(3)});
  op.set_argument("on_value", {ir::Literal::fp32(2.5f)});
  const auto args = resolve(*find("one_hot", Opset::kIos15), op);
  ASSERT_TRUE(args.ok()) << args.error().to_string();
  EXPECT_EQ(args->dtype(4), DType::kFp32);
}

TEST_F(Resolve, NumbersGivenToTheBuilderTakeTheDtypeOfTheirGroup) {
  Builder b = builder();
  auto* y =
      b.add("clip", "", {{"x", input("x", DType::kFp16, {2})}, {"alpha", 0.0}, {"beta", 1.0}});
  ASSERT_TRUE(b.ok()) << b.status().error().to_string();
  EXPECT_EQ(y->dtype(), DType::kFp16);
  EXPECT_EQ(y->producer()->constant("beta")->type(), Type::scalar(DType::kFp16));
}

TEST_F(Resolve, NamesAreUniqueAndMadeOfAllowedLetters) {
  Builder b = builder();
  auto* x = input("x", DType::kFp32, {4});
  EXPECT_EQ(b.add("exp", "a/b", {{"x", x}})->name(), "a_b");
  EXPECT_EQ(b.add("exp", "a/b", {{"x", x}})->name(), "a_b_1");
  EXPECT_EQ(b.add("exp", "1st", {{"x", x}})->name(), "_1st");
  const ir::Op* parts = b.add_op("split", "s", {{"x", x}, {"num_splits", 2}, {"axis", 0}});
  ASSERT_NE(parts, nullptr);
  EXPECT_EQ(parts->output(1)->name(), "s_1");
}

TEST_F(Resolve, ShapeArithmeticIsKnownBeforeRunning) {
  Builder b = builder();
  auto* x = input("x", DType::kFp32, {2, 3, 8, 6});
  auto* shape = b.add("shape", "", {{"x", x}});
  auto* height = b.add("gather", "", {{"x", shape}, {"indices", Arg::ints({2})}});
  auto* half = b.add("floor_div", "", {{"x", height}, {"y", 2}});
  auto* rest = b.add("slice_by_index", "",
                     {{"x", shape}, {"begin", Arg::ints({0})}, {"end", Arg::ints({2})}});
  auto* wanted =
      b.add("concat", "",
            {{"values",
              std::vector<ir::Value*>{
                  rest, half, b.constant(ir::Literal::ints(std::vector<int64_t>{-1}), "m")}},
             {"axis", 0}});
  auto* y = b.add("reshape", "y", {{"x", x}, {"shape", wanted}});
  ASSERT_TRUE(b.ok()) << b.status().error().to_string();
  EXPECT_EQ(y->shape(), Shape({2, 3, 4, 12}));
}

TEST_F(Resolve, LargeTensorsAreNotFoldedByInfer) {
  Builder b = builder();
  auto* big = b.constant(ir::Literal::ints(std::vector<int64_t>(300, 1)), "big");
  auto* sum = b.add("add", "", {{"x", big}, {"y", 1}});
  ASSERT_TRUE(b.ok());
  EXPECT_EQ(sum->literal(), nullptr);
}

TEST_F(Resolve, ClassifyTakesAsManyLabelsAsProbabilities) {
  auto* p = input("p", DType::kFp32, {1, 3});
  const auto label = Type::scalar(DType::kString);
  const auto classes = ir::Literal::aggregate(Type::list(label, 2),
                                              {ir::Literal::string("a"), ir::Literal::string("b")});
  EXPECT_EQ(refusal(builder(), "classify", {{"probabilities", p}, {"classes", classes}}),
            "it (classify): parameter \"probabilities\" has shape [1,3] for 2 classes: one "
            "probability each is expected");
  auto* q = input("q", DType::kFp32, {2});
  Builder b = builder();
  const ir::Op* op = b.add_op("classify", "c", {{"probabilities", q}, {"classes", classes}});
  ASSERT_NE(op, nullptr) << b.status().error().to_string();
  EXPECT_EQ(op->output(0)->type(), label);
  EXPECT_EQ(op->output(1)->type(), Type::dict(label, Type::scalar(DType::kFp64)));
}

}  // namespace
}  // namespace pome::ops
