#include "tests/passes/expect_pass.h"

#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "ops/sample.h"
#include "passes/passes.h"
#include "passes/verify_ops.h"
#include "tests/support/evaluate.h"

namespace pome::passes {
namespace {

testing::Tensors random_inputs(const ir::Function& function, const Expectation& e) {
  testing::Tensors inputs;
  uint64_t seed = 1;
  for (const auto& input : function.body.inputs()) {
    Shape shape = input->shape();
    for (int64_t& d : shape) d = d == Shape::kUnknown ? 3 : d;
    auto tensor = ops::allocate_tensor(ir::Type::tensor(input->dtype(), shape)).value();
    ops::fill_random(tensor.view(), seed++, e.low, e.high);
    inputs.emplace(input->name(), std::move(tensor));
  }
  return inputs;
}

void expect_valid(const ir::Program& program) {
  const Status structure = ir::verify(program);
  EXPECT_TRUE(structure.ok()) << structure.error().to_string();
  const Status ops = verify_ops(program);
  EXPECT_TRUE(ops.ok()) << ops.error().to_string();
}

}  // namespace

std::unique_ptr<ir::Program> program(std::string_view function, std::string_view opset) {
  std::string text = "program(1.3)\n{\nfunc main<";
  text.append(opset).append(">").append(function).append("\n}");
  auto parsed = ir::parse(text);
  EXPECT_TRUE(parsed.ok()) << parsed.error().to_string();
  if (!parsed.ok()) return std::make_unique<ir::Program>();
  const Status inferred = infer_types(**parsed);
  EXPECT_TRUE(inferred.ok()) << inferred.error().to_string();
  return *std::move(parsed);
}

void expect_same_outputs(const ir::Program& a, const ir::Program& b, Expectation e) {
  const ir::Function& main = *a.function("main");
  const testing::Tensors inputs = random_inputs(main, e);
  const auto want = testing::evaluate(main, inputs);
  const auto got = testing::evaluate(*b.function("main"), inputs);
  ASSERT_TRUE(want.ok()) << want.error().to_string();
  ASSERT_TRUE(got.ok()) << got.error().to_string();
  ASSERT_EQ(got->size(), want->size());
  for (const auto& [name, tensor] : *want) {
    const auto it = got->find(name);
    ASSERT_NE(it, got->end()) << name;
    EXPECT_EQ(it->second.type.dtype(), tensor.type.dtype()) << name;
    EXPECT_EQ(testing::difference(it->second.view(), tensor.view(), e.absolute, e.relative), "")
        << name;
  }
}

void expect_pass(Status (*pass)(ir::Program&), std::string_view before, std::string_view after,
                 Expectation e) {
  const auto original = program(before);
  const auto rewritten = program(before);
  const auto expected = program(after);
  if (::testing::Test::HasFailure()) return;
  const Status status = pass(*rewritten);
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  ASSERT_TRUE(remove_dead_code(*rewritten).ok());
  EXPECT_EQ(ir::print(*rewritten), ir::print(*expected));
  expect_valid(*rewritten);
  expect_same_outputs(*original, *rewritten, e);
}

void expect_unchanged(Status (*pass)(ir::Program&), std::string_view function) {
  const auto rewritten = program(function);
  const std::string text = ir::print(*rewritten);
  if (::testing::Test::HasFailure()) return;
  const Status status = pass(*rewritten);
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  EXPECT_EQ(ir::print(*rewritten), text);
  expect_valid(*rewritten);
}

}  // namespace pome::passes
