// Plans as files: what is written is read back, and what is damaged is noticed.
#include "plan/plan_file.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/content_hash.h"
#include "ir/parser.h"
#include "plan/planner.h"

namespace pome::plan {
namespace {

constexpr const char* kProgram = R"(program(1.0)
{
    func main<ios15>(tensor<fp32, [2, 3]> x) {
        tensor<fp32, [3]> w = const()[val = tensor<fp32, [3]>([1, 2, 4])];
        tensor<fp32, [2, 3]> a = mul(x = x, y = w);
        tensor<fp32, [2, 3]> b = exp(x = a);
        tensor<fp32, [2, 1]> y = reduce_sum(axes = tensor<int32, [1]>([1]), keep_dims = bool(true), x = b);
    } -> (y);
})";

Plan small_plan() {
  auto program = ir::parse(kProgram);
  EXPECT_TRUE(program.ok()) << program.error().to_string();
  auto plan = make_plan(*(*program)->function("main"), {});
  EXPECT_TRUE(plan.ok()) << plan.error().to_string();
  return *std::move(plan);
}

std::vector<std::byte> written(const Plan& plan) {
  std::vector<std::byte> bytes;
  const Status status = write_plan(plan, [&](std::span<const std::byte> piece) -> Status {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    return {};
  });
  EXPECT_TRUE(status.ok());
  return bytes;
}

/// The bytes at an address as a mapping has it.
std::shared_ptr<AlignedBuffer> mapped(const std::vector<std::byte>& bytes) {
  auto buffer = std::make_shared<AlignedBuffer>(AlignedBuffer::allocate(bytes.size()).value());
  if (!bytes.empty()) std::memcpy(buffer->data(), bytes.data(), bytes.size());
  return buffer;
}

Result<Plan> read(const std::vector<std::byte>& bytes) {
  auto owner = mapped(bytes);
  return read_plan({owner->data(), bytes.size()}, owner);
}

TEST(PlanFile, GivesBackThePlan) {
  const Plan plan = small_plan();
  ASSERT_TRUE(can_be_written(plan));
  const auto bytes = written(plan);
  const auto again = read(bytes);
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(written(*again), bytes);  // all that is written
  ASSERT_EQ(again->steps.size(), plan.steps.size());
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    EXPECT_EQ(again->steps[i].kernel, plan.steps[i].kernel);
    EXPECT_EQ(again->steps[i].inputs, plan.steps[i].inputs);
    EXPECT_EQ(again->report[i].ops, plan.report[i].ops);
  }
  ASSERT_EQ(again->tensors.size(), plan.tensors.size());
  for (size_t i = 0; i < plan.tensors.size(); ++i) {
    EXPECT_EQ(again->tensors[i].shape, plan.tensors[i].shape);
    EXPECT_EQ(again->tensors[i].offset, plan.tensors[i].offset);
    EXPECT_EQ(again->tensors[i].dtype, plan.tensors[i].dtype);
  }
  EXPECT_EQ(again->arena_bytes, plan.arena_bytes);
  ASSERT_EQ(again->constants.size(), plan.constants.size());
  EXPECT_EQ(std::memcmp(again->constants.data(), plan.constants.data(), plan.constants.size()), 0);
}

TEST(PlanFile, ConstantsStayInTheFile) {
  auto owner = mapped(written(small_plan()));
  const std::byte* begin = owner->data();
  const std::byte* end = begin + owner->size();
  std::weak_ptr<AlignedBuffer> watched = owner;
  const std::span<const std::byte> bytes = owner->bytes();
  auto plan = read_plan(bytes, std::move(owner));
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  EXPECT_TRUE(plan->constants.data() > begin && plan->constants.data() < end);
  EXPECT_FALSE(watched.expired());
  plan = Error(ErrorCode::kCorrupt, "away with it");
  EXPECT_TRUE(watched.expired());
}

TEST(PlanFile, EveryFlippedByteIsNoticed) {
  auto bytes = written(small_plan());
  const size_t pad = AlignedBuffer::kAlignment;  // behind the constants: never read as numbers
  for (size_t i = 0; i + pad < bytes.size(); ++i) {
    bytes[i] ^= std::byte{0x20};
    const auto plan = read(bytes);
    // Between the record and the constants nothing lies.
    EXPECT_TRUE(!plan.ok() || bytes[i] == std::byte{0x20}) << i;
    bytes[i] ^= std::byte{0x20};
  }
}

TEST(PlanFile, EveryCutIsNoticed) {
  const auto bytes = written(small_plan());
  for (size_t n = 0; n < bytes.size(); n += n < 2000 ? 1 : 97) {
    const auto plan =
        read(std::vector<std::byte>(bytes.begin(), bytes.begin() + static_cast<long>(n)));
    EXPECT_FALSE(plan.ok()) << n;
  }
}

/// A record whose fingerprint is right but whose numbers are not the plan's own.
TEST(PlanFile, NumbersAreCheckedBehindTheirFingerprint) {
  const auto expect_corrupt = [](Plan plan, const char* what) {
    const auto read_back = read(written(plan));
    ASSERT_FALSE(read_back.ok()) << what;
    EXPECT_EQ(read_back.error().code(), ErrorCode::kCorrupt) << what;
    EXPECT_NE(read_back.error().message().find(what), std::string::npos)
        << read_back.error().message();
  };
  Plan plan = small_plan();
  plan.steps[0].inputs[0] = 1000;
  expect_corrupt(std::move(plan), "a tensor that is not there");
  plan = small_plan();
  plan.tensors[0].offset = UINT64_MAX - 4;
  expect_corrupt(std::move(plan), "outside of the memory");
  plan = small_plan();
  plan.outputs[0].tensor = -1;
  expect_corrupt(std::move(plan), "a border tensor");
  plan = small_plan();
  plan.steps[0].operand_counts[0] = -1;
  expect_corrupt(std::move(plan), "negative number");
  plan = small_plan();
  plan.report.pop_back();
  expect_corrupt(std::move(plan), "their report");
}

TEST(PlanFile, OtherFilesAndVersionsAreRefused) {
  auto bytes = written(small_plan());
  EXPECT_EQ(read({}).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(read(std::vector<std::byte>(10000)).error().code(), ErrorCode::kCorrupt);
  bytes[8] = std::byte{99};
  EXPECT_EQ(read(bytes).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace pome::plan
