// Every fused step against the references, on random networks; and that each can be switched off.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cpu/backend.h"
#include "ops/sample.h"
#include "plan/planner.h"
#include "runtime/session.h"
#include "tests/runtime/count_allocations.h"
#include "tests/runtime/fused_networks.h"
#include "tests/support/evaluate.h"

namespace pome::runtime {
namespace {

std::vector<cpu::Isa> isas() {
  std::vector<cpu::Isa> found;
  for (cpu::Isa isa : {cpu::Isa::kSse4, cpu::Isa::kAvx2, cpu::Isa::kAvx512, cpu::Isa::kNeon})
    if (cpu::runs_here(isa)) found.push_back(isa);
  return found;
}

Result<plan::Plan> plan_of(const ir::Program& program, cpu::Isa isa, int threads,
                           std::vector<std::string> without = {}) {
  plan::PlanOptions options;
  options.backend = cpu::backend(isa);
  options.threads = threads;
  options.without_kernels = std::move(without);
  return plan::make_plan(*program.function("main"), options);
}

bool uses(const plan::Plan& plan, std::string_view kernel) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [&](const plan::Step& step) { return step.kernel == kernel; });
}

/// Random numbers, or a random picture's bytes, for the one input.
ops::OwnedTensor input_of(const ir::Program& program, uint64_t seed) {
  const ir::Type& type = program.function("main")->body.inputs()[0]->type();
  auto tensor = ops::allocate_tensor(type).value();
  const bool bytes = type.dtype() == ir::DType::kUint8;
  ops::fill_random(tensor.view(), seed, bytes ? 0 : -1, bytes ? 255 : 1);
  return tensor;
}

/// One run of a plan on one thread.
std::vector<float> run_plan(const plan::Plan& plan, cpu::Isa isa, const ops::OwnedTensor& input) {
  ThreadPool pool(1);
  auto session = Session::create(plan, cpu::backend(isa), &pool);
  if (!session.ok()) return {};
  const auto bytes = input.data.bytes();
  std::memcpy((*session)->memory(plan.inputs[0].tensor), bytes.data(), bytes.size());
  EXPECT_TRUE((*session)->run().ok());
  const ops::TensorView y = (*session)->view(plan.outputs[0].tensor);
  const auto* values = reinterpret_cast<const float*>(y.data);
  return {values, values + y.shape.elements()};
}

class FusedSteps : public ::testing::TestWithParam<testing::FusedNetwork> {
 protected:
  static ops::OwnedTensor wanted(const ir::Program& program, uint64_t seed) {
    testing::Tensors inputs;
    inputs.emplace("x", input_of(program, seed));
    auto want = testing::evaluate(*program.function("main"), inputs);
    EXPECT_TRUE(want.ok()) << (want.ok() ? "" : want.error().to_string());
    return std::move(want->at("y"));
  }
  /// Runs a plan twice (the second run must not see what the first one left behind) and compares.
  static std::string compare(const plan::Plan& plan, cpu::Isa isa, int threads,
                             const ops::OwnedTensor& input, const ops::OwnedTensor& want) {
    ThreadPool pool(threads);
    auto session = Session::create(plan, cpu::backend(isa), &pool);
    if (!session.ok()) return session.error().to_string();
    const auto bytes = input.data.bytes();
    for (int run = 0; run < 2; ++run) {
      std::memcpy((*session)->memory(plan.inputs[0].tensor), bytes.data(), bytes.size());
      if (!(*session)->run().ok()) return "the session failed";
      const std::string wrong =
          testing::difference((*session)->view(plan.outputs[0].tensor), want.view(), 2e-5, 1e-4);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }
};

TEST_P(FusedSteps, GiveWhatTheReferencesGive) {
  testing::for_all(24, 1, [](testing::Draws& d) {
    const int size = d.pick(1, 3);
    const int threads = d.pick(1, 2);
    const auto program = GetParam().build(d, size);
    const ops::OwnedTensor input = input_of(*program, 1);
    const ops::OwnedTensor want = wanted(*program, 1);
    for (cpu::Isa isa : isas()) {
      auto plan = plan_of(*program, isa, threads);
      ASSERT_TRUE(plan.ok()) << plan.error().to_string();
      ASSERT_EQ(compare(*plan, isa, threads, input, want), "")
          << cpu::name(isa) << ", size " << size << ", threads " << threads << ", input "
          << program->function("main")->body.inputs()[0]->shape().to_string();
    }
  });
}

TEST_P(FusedSteps, AreTakenAndCanBeSwitchedOff) {
  for (cpu::Isa isa : isas()) {
    for (std::string_view kernel : GetParam().kernels) {
      bool taken = false;
      for (uint64_t seed = 1; seed <= 40 && !taken; ++seed) {
        const auto program = GetParam().make(seed, 4);
        const int planned = 1 + static_cast<int>(seed % 2);  // some only help several threads
        auto with = plan_of(*program, isa, planned);
        auto without = plan_of(*program, isa, planned, {std::string(kernel)});
        ASSERT_TRUE(with.ok() && without.ok());
        ASSERT_FALSE(uses(*without, kernel));
        taken = uses(*with, kernel);
        if (!taken) continue;
        const ops::OwnedTensor input = input_of(*program, seed);
        const ops::OwnedTensor want = wanted(*program, seed);
        for (int threads : {1, 2}) {
          auto plan = plan_of(*program, isa, threads);
          ASSERT_EQ(compare(*plan, isa, threads, input, want), "") << kernel << ", seed " << seed;
        }
        ASSERT_EQ(compare(*without, isa, planned, input, want), "") << "without " << kernel;
      }
      EXPECT_TRUE(taken) << kernel << " on " << cpu::name(isa) << " in none of 40 networks";
    }
  }
}

TEST_P(FusedSteps, WeightsDoNotDecide) {
  if (isas().empty()) GTEST_SKIP() << "no kernels on this CPU";
  const cpu::Isa isa = isas().back();
  const auto program = GetParam().make(3, 2);
  auto a = plan_of(*program, isa, 1);
  ASSERT_TRUE(a.ok());
  // The same network with other numbers: every constant of it negated.
  const auto other = GetParam().make(3, 2);
  for (const auto& op : other->function("main")->body.ops()) {
    for (const ir::Argument& argument : op->arguments()) {
      const ir::LiteralPtr& weight = argument.operands[0].literal;
      if (argument.param != "weight" || weight == nullptr) continue;
      auto* values = reinterpret_cast<float*>(const_cast<std::byte*>(weight->bytes().data()));
      for (int64_t i = 0; i < weight->size(); ++i) values[i] = -values[i];
    }
  }
  auto b = plan_of(*other, isa, 1);
  ASSERT_TRUE(b.ok());
  ASSERT_EQ(a->steps.size(), b->steps.size());
  for (size_t i = 0; i < a->steps.size(); ++i) {
    EXPECT_EQ(a->steps[i].kernel, b->steps[i].kernel);
    EXPECT_EQ(a->steps[i].inputs, b->steps[i].inputs);
    EXPECT_EQ(a->steps[i].outputs, b->steps[i].outputs);
  }
  EXPECT_EQ(a->arena_bytes, b->arena_bytes);
}

TEST_P(FusedSteps, RunWithoutAllocating) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "the address sanitizer counts for itself";
  if (isas().empty()) GTEST_SKIP() << "no kernels on this CPU";
  const auto program = GetParam().make(2, 3);
  ThreadPool pool(2);
  auto plan = plan_of(*program, isas().back(), 2);
  ASSERT_TRUE(plan.ok());
  auto session = Session::create(*plan, cpu::backend(isas().back()), &pool);
  ASSERT_TRUE(session.ok());
  const int64_t before = testing::allocations();
  for (int run = 0; run < 3; ++run) ASSERT_TRUE((*session)->run().ok());
  EXPECT_EQ(testing::allocations() - before, 0);
}

INSTANTIATE_TEST_SUITE_P(Networks, FusedSteps, ::testing::ValuesIn(testing::fused_networks()),
                         [](const auto& network) { return std::string(network.param.name); });

// Winograd's algorithm adds and subtracts before it multiplies; networks may not notice.
TEST(Winograd, AgreesWithDirect) {
  int compared = 0;
  for (const testing::FusedNetwork& network : testing::fused_networks()) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      const auto program = network.make(seed, 4);
      const ops::OwnedTensor input = input_of(*program, seed);
      for (cpu::Isa isa : isas()) {
        auto winograd = plan_of(*program, isa, 1);
        auto direct = plan_of(*program, isa, 1, {"conv_winograd"});
        ASSERT_TRUE(winograd.ok() && direct.ok());
        if (!uses(*winograd, "conv_winograd")) continue;
        ++compared;
        const std::vector<float> a = run_plan(*winograd, isa, input);
        const std::vector<float> b = run_plan(*direct, isa, input);
        double largest = 0;
        double apart = 0;
        for (size_t i = 0; i < a.size(); ++i) {
          largest = std::max<double>(largest, std::abs(b[i]));
          apart = std::max<double>(apart, std::abs(double{a[i]} - b[i]));
        }
        EXPECT_LE(apart, 5e-6 * largest) << network.name << ", seed " << seed << ", " << name(isa);
      }
    }
  }
  EXPECT_GE(compared, isas().empty() ? 0 : 10);
}

// A concat's parts lie inside its output.
TEST(ConcatInPlace, PartsLieWhereTheOutputWantsThem) {
  if (isas().empty()) GTEST_SKIP() << "no kernels on this CPU";
  const cpu::Isa isa = isas().back();
  int in_place = 0;
  for (const testing::FusedNetwork& network : testing::fused_networks()) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      const auto program = network.make(seed, 2);
      auto plan = plan_of(*program, isa, 1);
      ASSERT_TRUE(plan.ok());
      for (size_t i = 0; i < plan->steps.size(); ++i) {
        const plan::Step& step = plan->steps[i];
        if (step.kernel != "concat_in_place") continue;
        const plan::TensorRecord& out = plan->tensors[static_cast<size_t>(step.outputs[0])];
        bool all = true;  // the parts lie where the concat wants them
        int64_t channels = 0;
        for (int input : step.inputs) {
          const plan::TensorRecord& part = plan->tensors[static_cast<size_t>(input)];
          const bool inside =
              part.offset >= out.offset && part.offset + part.bytes <= out.offset + out.bytes;
          const bool outside =
              part.offset + part.bytes <= out.offset || part.offset >= out.offset + out.bytes;
          EXPECT_TRUE(inside || outside) << network.name << ", seed " << seed;
          in_place += inside;
          const int64_t plane = part.shape[2] * part.shape[3] * static_cast<int64_t>(sizeof(float));
          all = all && part.offset == out.offset + static_cast<uint64_t>(channels * plane);
          channels += part.shape[1];
        }
        // What the plan says of its traffic: parts that lie there already are no traffic.
        EXPECT_EQ(plan->report[i].bytes == 0, all) << network.name << ", seed " << seed;
      }
    }
  }
  EXPECT_GT(in_place, 0);
}

}  // namespace
}  // namespace pome::runtime
