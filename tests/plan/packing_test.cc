// When weights are packed: once per plan, and only where the plan is wanted.
#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "ops/builder.h"
#include "plan/planner.h"

namespace pome::plan {
namespace {

constexpr size_t kPackedBytes = 8192;

int fills = 0;

ops::Match match_with_weights(const ops::MatchContext&, const ir::Op& op) {
  ops::Candidate c;
  c.covered = {&op};
  c.inputs = {{op.input("x"), ops::Layout::kPlain}};
  c.outputs = {{op.output(), ops::Layout::kPlain}};
  c.packed.push_back({kPackedBytes, [](std::byte* to) {
                        ++fills;
                        std::memset(to, 7, kPackedBytes);
                      }});
  return c;
}

void does_nothing(const void*, const ops::RunContext&) noexcept {}

constexpr ops::KernelRow kHeavyRows[] = {{"heavy", 1, "relu", match_with_weights, does_nothing}};
constexpr ops::Backend kHeavyBackend = {"toy", "toy", 0, 16, kHeavyRows, does_nothing};

/// Of two steps; `blobs` may be null.
Result<Plan> heavy_plan(BlobPool* blobs, decltype(PlanOptions::is_wanted) is_wanted = {}) {
  PlanOptions options;
  options.backend = &kHeavyBackend;
  options.blobs = blobs;
  options.is_wanted = std::move(is_wanted);
  ir::Program program;
  ir::Function* main = program.add_function("main", ir::Opset::kIos15);
  ops::Builder b(*main, main->body);
  ir::Value* x = main->body.add_input("x", ir::Type::tensor(ir::DType::kFp32, {1, 4}));
  main->body.outputs().push_back(b.add("relu", "y", {{"x", b.add("relu", "h", {{"x", x}})}}));
  fills = 0;
  return make_plan(*main, options);
}

TEST(Packing, APlanThatIsNotWantedPacksNothing) {
  BlobPool pool;
  for (BlobPool* blobs : {static_cast<BlobPool*>(nullptr), &pool}) {
    const auto refuse = [](std::span<const ComputePlanStep> steps, uint64_t packed_bytes) {
      EXPECT_EQ(steps.size(), 2u);
      EXPECT_NEAR(steps[0].cost_weight, 0.5, 1e-9) << "steps are weighed by then";
      EXPECT_GE(packed_bytes, 2 * kPackedBytes);
      EXPECT_EQ(fills, 0);
      return false;
    };
    const auto plan = heavy_plan(blobs, refuse);
    ASSERT_FALSE(plan.ok());
    EXPECT_EQ(plan.error().code(), ErrorCode::kUnsupported);
    EXPECT_EQ(fills, 0);
  }
  EXPECT_EQ(pool.size(), 0u);
}

TEST(Packing, EachStepsWeightsArePackedOnce) {
  BlobPool pool;
  for (BlobPool* blobs : {static_cast<BlobPool*>(nullptr), &pool}) {
    const auto plan = heavy_plan(blobs);
    ASSERT_TRUE(plan.ok()) << plan.error().to_string();
    EXPECT_EQ(fills, 2);
    for (const Step& step : plan->steps) {
      ASSERT_EQ(step.packed.size(), 1u);
      const PackedRecord& at = step.packed[0];
      const std::byte* bytes = at.blob < 0 ? plan->constants.data() + at.offset
                                           : plan->blobs[static_cast<size_t>(at.blob)]->data();
      EXPECT_EQ(bytes[0], std::byte{7});
      EXPECT_EQ(bytes[kPackedBytes - 1], std::byte{7});
    }
    EXPECT_EQ(pool.size(), blobs == nullptr ? 0u : 1u) << "equal weights are kept once";
  }
}

}  // namespace
}  // namespace pome::plan
