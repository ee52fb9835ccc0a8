// Whole small networks: plan and session against the references run op by op.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "cpu/backend.h"
#include "ir/parser.h"
#include "plan/planner.h"
#include "runtime/network_predictor.h"
#include "runtime/session.h"
#include "tests/runtime/count_allocations.h"
#include "tests/runtime/networks.h"
#include "tests/support/evaluate.h"

namespace pome::runtime {
namespace {

constexpr cpu::Isa kIsas[] = {cpu::Isa::kNone, cpu::Isa::kSse4, cpu::Isa::kAvx2, cpu::Isa::kAvx512,
                              cpu::Isa::kNeon};

class Networks : public ::testing::TestWithParam<cpu::Isa> {
 protected:
  void SetUp() override {
    if (GetParam() != cpu::Isa::kNone && !cpu::runs_here(GetParam())) {
      GTEST_SKIP() << "this CPU lacks " << cpu::name(GetParam());
    }
  }
};

Result<plan::Plan> plan_of(const ir::Program& program, cpu::Isa isa, int threads) {
  plan::PlanOptions options;
  options.backend = cpu::backend(isa);
  options.threads = threads;
  return plan::make_plan(*program.function("main"), options);
}

TEST_P(Networks, GiveWhatTheReferencesGive) {
  const struct {
    int64_t batch, height, width, channels;
  } kSizes[] = {{1, 32, 32, 16}, {1, 17, 23, 5}, {2, 20, 20, 24}, {3, 9, 31, 33}};
  for (const auto& size : kSizes) {
    for (int threads : {1, 2}) {
      auto program = testing::small_network(size.batch, size.height, size.width, size.channels, 11);
      testing::Tensors inputs;
      const Shape shape = {size.batch, 3, size.height, size.width};
      inputs.emplace("x", testing::random_tensor(shape, 5));
      auto want = testing::evaluate(*program->function("main"), inputs);
      ASSERT_TRUE(want.ok()) << want.error().to_string();
      ThreadPool pool(threads);
      auto plan = plan_of(*program, GetParam(), threads);
      ASSERT_TRUE(plan.ok()) << plan.error().to_string();
      auto session = Session::create(*plan, cpu::backend(GetParam()), &pool);
      ASSERT_TRUE(session.ok()) << session.error().to_string();
      // Twice: the second run must not see what the first one left in the arena.
      for (int run = 0; run < 2; ++run) {
        const auto bytes = inputs.at("x").data.bytes();
        std::memcpy((*session)->memory(plan->inputs[0].tensor), bytes.data(), bytes.size());
        ASSERT_TRUE((*session)->run().ok());
        EXPECT_EQ(testing::difference((*session)->view(plan->outputs[0].tensor),
                                      want->at("y").view(), 1e-6, 1e-4),
                  "")
            << "batch " << size.batch << ", channels " << size.channels << ", threads " << threads;
      }
    }
  }
}

TEST_P(Networks, RunWithoutAllocating) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "the address sanitizer counts for itself";
  auto program = testing::small_network(1, 32, 32, 16, 3);
  ThreadPool pool(2);
  auto plan = plan_of(*program, GetParam(), 2);
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  auto session = Session::create(*plan, cpu::backend(GetParam()), &pool);
  ASSERT_TRUE(session.ok());
  const int64_t before = testing::allocations();
  for (int run = 0; run < 3; ++run) ASSERT_TRUE((*session)->run().ok());
  EXPECT_EQ(testing::allocations() - before, 0);
}

INSTANTIATE_TEST_SUITE_P(Cpu, Networks, ::testing::ValuesIn(kIsas),
                         [](const auto& isa) { return std::string(cpu::name(isa.param)); });

TEST(Fusion, ConvolutionsTakeResidualAndActivationAlong) {
  const cpu::Isa isa = cpu::runs_here(cpu::Isa::kAvx2) ? cpu::Isa::kAvx2 : cpu::Isa::kSse4;
  if (!cpu::runs_here(isa)) GTEST_SKIP() << "no x86 kernels on this CPU";
  auto program = testing::small_network(1, 32, 32, 16, 3);
  auto plan = plan_of(*program, isa, 1);
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  int fused_adds = 0;
  for (const ComputePlanStep& step : plan->report) {
    for (size_t i = 1; i < step.kinds.size(); ++i) fused_adds += step.kinds[i] == "add";
    EXPECT_NE(step.kernel, "reference") << step.ops[0];
    EXPECT_FALSE(step.kinds[0] == "relu6") << "an activation was left alone";
  }
  EXPECT_EQ(fused_adds, 2);
}

TEST(Plan, TwoSeedsGiveEqualPlans) {
  const cpu::Isa isa = cpu::runs_here(cpu::Isa::kAvx2) ? cpu::Isa::kAvx2 : cpu::Isa::kNone;
  auto a = plan_of(*testing::small_network(1, 32, 32, 16, 3), isa, 1);
  auto b = plan_of(*testing::small_network(1, 32, 32, 16, 900), isa, 1);
  ASSERT_TRUE(a.ok() && b.ok());
  ASSERT_EQ(a->steps.size(), b->steps.size());
  for (size_t i = 0; i < a->steps.size(); ++i) {
    EXPECT_EQ(a->steps[i].kernel, b->steps[i].kernel);
    EXPECT_EQ(a->steps[i].outputs, b->steps[i].outputs);
  }
  EXPECT_EQ(a->arena_bytes, b->arena_bytes);
}

TEST(Plan, StepsTellTheBytesThatTheyTouch) {
  auto program = ir::parse(R"(program(1.0)
{
    func main<ios15>(tensor<fp32, [2, 3]> x) {
        tensor<fp32, [2, 3]> y = exp(x = x);
    } -> (y);
})");
  ASSERT_TRUE(program.ok()) << program.error().to_string();
  for (const cpu::Isa isa : {cpu::Isa::kNone, cpu::choose_isa().value()}) {
    const auto plan = plan_of(**program, isa, 1);
    ASSERT_TRUE(plan.ok()) << plan.error().to_string();
    ASSERT_EQ(plan->report.size(), 1u);
    EXPECT_EQ(plan->report[0].bytes, 2 * 6 * sizeof(float)) << cpu::name(isa);
  }
}

TEST(Plan, CostWeightsSumToOne) {
  for (const cpu::Isa isa : {cpu::Isa::kNone, cpu::choose_isa().value()}) {
    const auto plan = plan_of(*testing::small_network(1, 32, 32, 16, 3), isa, 1);
    ASSERT_TRUE(plan.ok()) << plan.error().to_string();
    double sum = 0;
    double most = 0;
    std::string dearest;
    for (const ComputePlanStep& step : plan->report) {
      EXPECT_GT(step.cost_weight, 0);
      sum += step.cost_weight;
      if (step.cost_weight <= most) continue;
      most = step.cost_weight;
      dearest.clear();
      for (const std::string& kind : step.kinds) dearest += kind + " ";
    }
    EXPECT_NEAR(sum, 1, 1e-9);
    EXPECT_NE(dearest.find("conv"), std::string::npos) << dearest;
  }
}

TEST(Plan, ArenaBlocksInUseAtATimeDoNotOverlap) {
  const auto plan =
      plan_of(*testing::small_network(1, 32, 32, 16, 3), cpu::choose_isa().value(), 1);
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  uint64_t end = 0;
  for (size_t i = 0; i < plan->arena.size(); ++i) {
    const ArenaBlock& a = plan->arena[i];
    end = std::max(end, a.offset + a.bytes);
    for (size_t k = 0; k < i; ++k) {
      const ArenaBlock& b = plan->arena[k];
      const bool together = a.first_step <= b.last_step && b.first_step <= a.last_step;
      const bool apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
      EXPECT_TRUE(!together || apart) << i << " and " << k;
    }
  }
  EXPECT_LE(end, plan->arena_bytes);
  EXPECT_GT(end + 64, plan->arena_bytes);
}

ModelDescription describe(const std::vector<int64_t>& shape) {
  ModelDescription d;
  d.inputs = {testing::array_of("x", shape)};
  d.outputs = {testing::array_of("y", {1, 10})};
  return d;
}

/// A source that gives small networks of the height and width that "x" is bound to, and counts.
ProgramSource small_networks(int64_t channels, uint64_t seed, std::atomic<int>* made = nullptr) {
  return [=](const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
    if (made != nullptr) ++*made;
    const Shape& s = shapes.at("x");
    return testing::small_network(s[0], s[2], s[3], channels, seed);
  };
}

TEST(NetworkPredictor, ManyThreadsGetTheSameNumbers) {
  NetworkOptions options;
  options.backend = cpu::backend(cpu::choose_isa().value());
  options.threads = 2;
  auto predictor =
      NetworkPredictor::create(describe({1, 3, 24, 24}), small_networks(8, 2), options);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  auto input = MultiArray::create(MultiArrayDataType::kFloat32, {1, 3, 24, 24}).value();
  for (int64_t i = 0; i < input.size(); ++i) input.set(i, static_cast<double>(i % 17) / 17);
  const FeatureProvider inputs = {{"x", input}};
  const auto want = (*predictor)->predict(inputs, {}).value()["y"].multi_array().to_floats();
  std::vector<std::thread> threads;
  std::atomic<int> equal{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        auto got = (*predictor)->predict(inputs, {});
        if (got.ok() && (*got)["y"].multi_array().to_floats() == want) ++equal;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(equal.load(), 20);
}

TEST(NetworkPredictor, ErrorsNameInputAndBothValues) {
  auto predictor = NetworkPredictor::create(describe({1, 3, 24, 24}), small_networks(8, 2), {});
  ASSERT_TRUE(predictor.ok());
  const auto message = [&](const FeatureProvider& inputs) {
    auto result = (*predictor)->predict(inputs, {});
    return result.ok() ? std::string("no error") : result.error().to_string();
  };
  const auto wrong = MultiArray::create(MultiArrayDataType::kFloat32, {1, 3, 24, 23}).value();
  EXPECT_EQ(message({{"x", wrong}}),
            "input \"x\": the array has shape [1,3,24,23], the input takes [1,3,24,24]");
  EXPECT_NE(message({}).find("input \"x\" is missing"), std::string::npos);
  EXPECT_NE(message({{"X1", wrong}}).find("the model has no input \"X1\""), std::string::npos);
  const auto picture =
      Image::from_pixels(PixelFormat::kGray8, 1, 1, std::vector<std::byte>(1)).value();
  EXPECT_NE(message({{"x", picture}}).find("the value is of type Image"), std::string::npos);
}

}  // namespace
}  // namespace pome::runtime
