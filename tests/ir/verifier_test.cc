#include "ir/verifier.h"

#include <gtest/gtest.h>

#include <array>

#include "ir/parser.h"

namespace pome::ir {
namespace {

/// x -> relu "a" -> add "b" of a and a const "c" -> output b.
struct Sample {
  std::unique_ptr<Program> program =
      parse(
          "program(1.3){func main<ios15>(tensor<fp32, [2]> x){"
          "tensor<fp32, [2]> a = relu(x = x)[name = string(\"a\")];"
          "tensor<fp32, [2]> c = const()[name = string(\"c\"), val = tensor<fp32, [2]>([1, 2])];"
          "tensor<fp32, [2]> b = add(x = a, y = c)[name = string(\"b\")];"
          "}->(b);}")
          .value();
  Block& body = program->function("main")->body;
  Value* x = body.inputs()[0].get();
  Op* a = body.ops().begin()->get();
  Op* c = std::next(body.ops().begin())->get();
  Op* b = body.ops().back().get();

  std::string complaint() const {
    const Status status = verify(*program);
    return status.ok() ? "" : status.error().to_string();
  }
};

TEST(Verifier, AcceptsWhatIsWellFormed) { EXPECT_EQ(Sample().complaint(), ""); }

TEST(Verifier, ReadsComeAfterDefinitions) {
  Sample s;
  auto op = std::make_unique<Op>("neg", "early");
  op->set_argument("x", {s.a->output()});
  op->add_output("early", s.x->type());
  s.body.insert_before(*s.a, std::move(op));
  EXPECT_EQ(s.complaint(),
            "main / early (neg) / parameter \"x\": a value is read that is not defined before");
}

TEST(Verifier, OutputsAreDefined) {
  Sample s;
  Value stray("stray", s.x->type());
  s.body.outputs()[0] = &stray;
  EXPECT_EQ(s.complaint(), "main / the outputs: a value is read that is not defined before");
  s.body.outputs()[0] = nullptr;
  EXPECT_EQ(s.complaint(), "main / the outputs: a value is missing");
}

TEST(Verifier, InnerValuesStayInside) {
  const auto program = parse(
                           "program(1.3){func main<ios15>(bool p){"
                           "bool r = cond(pred = p)(){bool i = logical_not(x = p);}->(i),(){}->(p);"
                           "}->(r);}")
                           .value();
  ASSERT_TRUE(verify(*program).ok());
  Block& body = program->function("main")->body;
  body.outputs()[0] = body.ops().front()->blocks()[0]->outputs()[0];
  EXPECT_EQ(verify(*program).error().to_string(),
            "main / the outputs: a value is read that belongs to an inner block: \"i\"");
}

TEST(Verifier, NamesAreUnique) {
  Sample s;
  s.a->output()->set_name("x");
  EXPECT_EQ(s.complaint(), "main / a (relu): the name \"x\" belongs to two values");
  s.a->output()->set_name("");
  EXPECT_EQ(s.complaint(), "main / a (relu): a value has no name");
}

TEST(Verifier, ConstantsHoldWhatTheirTypeSays) {
  Sample s;
  const std::array<std::byte, 4> four{};
  const LiteralPtr shorter = Literal::view(s.x->type(), std::span<const std::byte>(four), nullptr);
  s.c->attributes()["val"] = shorter;
  EXPECT_EQ(s.complaint(),
            "main / c (const): a constant of type tensor<fp32, [2]> has 4 bytes, 8 are needed");
  s.c->attributes()["val"] = Literal::int32(1);
  EXPECT_EQ(s.complaint(),
            "main / c (const): the const is declared as tensor<fp32, [2]>, its value is of type "
            "int32");
  s.c->attributes()["val"] = Literal::floats(std::array<float, 2>{7, 8});
  EXPECT_EQ(s.complaint(), "main / c (const): the const's output does not hold its value");
  s.c->attributes().clear();
  EXPECT_EQ(s.complaint(),
            "main / c (const): a const must have one output, no argument and the attribute "
            "\"val\"");
}

TEST(Verifier, AggregatesAreComplete) {
  const Type list = Type::list(Type::scalar(DType::kInt32), 2);
  EXPECT_TRUE(verify(*Literal::aggregate(list, {Literal::int32(1), Literal::int32(2)})).ok());
  EXPECT_EQ(verify(*Literal::aggregate(list, {Literal::int32(1)})).error().message(),
            "a constant of type list<int32, 2> has 1 members, 2 are needed");
  const Type dict = Type::dict(Type::scalar(DType::kInt32), Type::scalar(DType::kInt32));
  EXPECT_FALSE(verify(*Literal::aggregate(dict, {Literal::int32(1)})).ok());
  EXPECT_FALSE(verify(*Literal::aggregate(dict, {nullptr, nullptr})).ok());
  EXPECT_FALSE(verify(*Literal::strings(Type::tensor(DType::kString, {2}), {"a"})).ok());
}

TEST(Verifier, TypesArePossible) {
  Sample s;
  s.x->set_type(Type::tensor(DType::kFp32, {-7}));
  EXPECT_NE(s.complaint().find("has an extent of -7"), std::string::npos) << s.complaint();
  s.x->set_type(Type::tensor(DType::kFp32, {int64_t{1} << 40, 0, int64_t{1} << 40}));
  EXPECT_NE(s.complaint().find("larger than any memory"), std::string::npos) << s.complaint();
  s.x->set_type(Type::tensor(DType::kFp32, {Shape::kUnknown, 2}));
  EXPECT_EQ(s.complaint(), "");
}

TEST(Verifier, OperandsAreOneThing) {
  Sample s;
  s.b->set_argument("y", {Operand()});
  EXPECT_EQ(s.complaint(),
            "main / b (add) / parameter \"y\": an operand must be a value or a constant");
}

TEST(Verifier, FunctionsStandUnderTheirNames) {
  Sample s;
  s.program->function("main")->name = "other";
  EXPECT_EQ(s.complaint(), "the function \"main\" stands under another name");
}

}  // namespace
}  // namespace pome::ir
