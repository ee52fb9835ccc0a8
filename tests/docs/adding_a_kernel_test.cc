// docs/adding-a-kernel.md builds what it says: its fused step covers both ops, agrees with the
// references on every layout and tail, refuses what it must, and can be switched off.
#include <gtest/gtest.h>

#include <cstring>

#include "cpu/backend.h"
#include "cpu/isa.h"
#include "ops/builder.h"
#include "plan/planner.h"
#include "runtime/session.h"
#include "tests/docs/multiply_add.h"
#include "tests/support/evaluate.h"

namespace pome::docs {
namespace {

using ir::Value;

/// y = x * x2 + x3, or the same with another reader of the product.
std::unique_ptr<ir::Program> program_of(const Shape& shape, bool product_is_read_twice) {
  auto program = std::make_unique<ir::Program>();
  ir::Function* main = program->add_function("main", ir::Opset::kIos15);
  const ir::Type type = ir::Type::tensor(ir::DType::kFp32, shape);
  Value* x = main->body.add_input("a", type);
  Value* y = main->body.add_input("b", type);
  Value* z = main->body.add_input("c", type);
  ops::Builder b(*main, main->body);
  Value* product = b.add("mul", "product", {{"x", x}, {"y", y}});
  Value* sum = b.add("add", "sum", {{"x", z}, {"y", product}});
  if (product_is_read_twice) sum = b.add("add", "twice", {{"x", sum}, {"y", product}});
  EXPECT_TRUE(b.ok());
  sum->set_name("y");
  main->body.outputs().push_back(sum);
  return program;
}

Result<plan::Plan> plan_of(const ir::Program& program, const ops::Backend& backend,
                           std::vector<std::string> without = {}) {
  plan::PlanOptions options;
  options.backend = &backend;
  options.without_kernels = std::move(without);
  return plan::make_plan(*program.function("main"), options);
}

ops::Backend backend_of(cpu::Isa isa) {
  ops::Backend backend = *cpu::backend(isa);
  backend.rows = fused_rows();
  return backend;
}

class AddingAKernel : public ::testing::TestWithParam<cpu::Isa> {
 protected:
  void SetUp() override {
    if (!cpu::runs_here(GetParam())) GTEST_SKIP() << "this CPU lacks " << cpu::name(GetParam());
  }
};

TEST_P(AddingAKernel, TheStepCoversBothOpsAndAgrees) {
  const ops::Backend backend = backend_of(GetParam());
  for (const Shape& shape : {Shape{1}, Shape{3, 5}, Shape{2, 7, 5, 3}, Shape{1, 16, 20, 20}}) {
    const auto program = program_of(shape, false);
    testing::Tensors inputs;
    for (const char* name : {"a", "b", "c"})
      inputs.emplace(name, testing::random_tensor(shape, static_cast<uint64_t>(name[0])));
    const auto want = testing::evaluate(*program->function("main"), inputs);
    ASSERT_TRUE(want.ok());
    const auto plan = plan_of(*program, backend);
    ASSERT_TRUE(plan.ok()) << plan.error().to_string();
    ASSERT_EQ(plan->report.size(), 1u);
    EXPECT_EQ(plan->report[0].kernel, "multiply_add");
    EXPECT_EQ(plan->report[0].kinds, (std::vector<std::string>{"mul", "add"}));
    ThreadPool pool(2);
    const auto session = runtime::Session::create(*plan, &backend, &pool);
    ASSERT_TRUE(session.ok());
    for (const plan::Binding& input : plan->inputs) {
      const auto bytes = inputs.at(input.name).data.bytes();
      std::memcpy((*session)->memory(input.tensor), bytes.data(), bytes.size());
    }
    ASSERT_TRUE((*session)->run().ok());
    EXPECT_EQ(testing::difference((*session)->view(plan->outputs[0].tensor), want->at("y").view(),
                                  1e-6, 1e-6),
              "");
  }
}

TEST_P(AddingAKernel, ItCanBeSwitchedOffAndRefuses) {
  const ops::Backend backend = backend_of(GetParam());
  const auto off = plan_of(*program_of({4, 4}, false), backend, {"multiply_add"});
  ASSERT_TRUE(off.ok());
  ASSERT_EQ(off->report.size(), 2u);
  EXPECT_EQ(off->report[0].kernel, "reference");
  EXPECT_EQ(off->report[0].refusals.at(0).reason, "switched off by without_kernels");
  const auto twice = plan_of(*program_of({4, 4}, true), backend);
  ASSERT_TRUE(twice.ok());
  EXPECT_EQ(twice->report[0].kernel, "reference");
  EXPECT_EQ(twice->report[0].refusals.at(0).reason, "is not followed by an add alone");
}

INSTANTIATE_TEST_SUITE_P(Isas, AddingAKernel,
                         ::testing::Values(cpu::Isa::kSse4, cpu::Isa::kAvx2, cpu::Isa::kAvx512,
                                           cpu::Isa::kNeon),
                         [](const auto& isa) { return std::string(cpu::name(isa.param)); });

}  // namespace
}  // namespace pome::docs
