// Networks whose inputs take several shapes: which are taken, and how many compiled forms are kept.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "cpu/backend.h"
#include "cpu/isa.h"
#include "runtime/network_predictor.h"
#include "tests/runtime/count_allocations.h"
#include "tests/runtime/networks.h"
#include "tests/support/evaluate.h"

namespace pome::runtime {
namespace {

using testing::array_of;

ModelDescription describe(FeatureDescription x) {
  ModelDescription d;
  d.inputs = {std::move(x)};
  d.outputs = {array_of("y", {})};
  return d;
}

/// [1..4, 3, 8..40, 16 and more].
FeatureDescription ranged() {
  FeatureDescription x = array_of("x", {1, 3, 16, 16});
  x.multi_array.ranges = {{1, 4}, {3, 3}, {8, 40}, {16, -1}};
  return x;
}

/// Counts how often a program is asked for.
struct Networks {
  std::atomic<int> made{0};

  ProgramSource source() {
    return [this](const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
      ++made;
      const Shape& s = shapes.at("x");
      return testing::small_network(s[0], s[2], s[3], 5, 9);
    };
  }
};

NetworkOptions options_with(int cache) {
  NetworkOptions options;
  options.backend = cpu::backend(cpu::choose_isa().value());
  options.threads = 1;
  options.plan_cache_size = cache;
  return options;
}

MultiArray ramp(const std::vector<int64_t>& shape) {
  MultiArray a = MultiArray::create(MultiArrayDataType::kFloat32, shape).value();
  for (int64_t i = 0; i < a.size(); ++i) a.set(i, static_cast<double>(i % 23) / 23 - 0.4);
  return a;
}

/// What the references give for the small network on `a`.
std::vector<float> expected(const MultiArray& a) {
  const auto& s = a.shape();
  auto program = testing::small_network(s[0], s[2], s[3], 5, 9);
  testing::Tensors inputs;
  const Shape shape{std::span<const int64_t>(s)};
  inputs.emplace("x", testing::tensor(shape, a.to_floats()));
  const auto outputs = testing::evaluate(*program->function("main"), inputs);
  const auto& y = outputs.value().at("y");
  const float* values = y.view().as<float>();
  return {values, values + y.view().elements()};
}

void expect_predicts(const Predictor& predictor, const MultiArray& x) {
  const auto result = predictor.predict({{"x", x}}, {});
  ASSERT_TRUE(result.ok()) << result.error().to_string();
  const MultiArray& y = (*result)["y"].multi_array();
  EXPECT_EQ(y.shape(), (std::vector<int64_t>{x.shape()[0], 10}));
  const auto want = expected(x);
  const auto got = y.to_floats();
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-5) << i;
}

TEST(FlexibleShapes, EachShapeIsCompiledOnceAndPredictsItsOwnNumbers) {
  Networks networks;
  auto predictor =
      NetworkPredictor::create(describe(ranged()), networks.source(), options_with(8)).value();
  EXPECT_EQ(networks.made, 1) << "the default shapes are compiled at load";
  for (int round = 0; round < 2; ++round) {
    expect_predicts(*predictor, ramp({1, 3, 16, 16}));
    expect_predicts(*predictor, ramp({2, 3, 9, 31}));
    expect_predicts(*predictor, ramp({4, 3, 40, 100}));
  }
  EXPECT_EQ(networks.made, 3);
  EXPECT_EQ(predictor->cached(), 2u);
}

TEST(FlexibleShapes, FormsOfOneNetworkHoldTheirWeightsOnce) {
  const auto source = [](const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
    const Shape& s = shapes.at("x");
    return testing::small_network(s[0], s[2], s[3], 40, 9);
  };
  // Which form of Winograd's algorithm pays depends on the size, and each has weights of its own.
  NetworkOptions options = options_with(8);
  options.without_kernels = {"conv_winograd"};
  auto predictor = NetworkPredictor::create(describe(ranged()), source, options).value();
  const size_t of_one = predictor->shared_blobs();
  EXPECT_GT(of_one, 0u);
  const uint64_t packed = predictor->compute_plan().packed_bytes;
  for (int64_t h = 17; h < 20; ++h)
    ASSERT_TRUE(predictor->predict({{"x", ramp({1, 3, h, 16})}}, {}).ok());
  EXPECT_EQ(predictor->cached(), 3u);
  EXPECT_EQ(predictor->shared_blobs(), of_one);
  EXPECT_EQ(predictor->compute_plan().packed_bytes, packed);
}

TEST(FlexibleShapes, TheCacheDropsWhatWasNotUsedForLongest) {
  Networks networks;
  auto predictor =
      NetworkPredictor::create(describe(ranged()), networks.source(), options_with(2)).value();
  const auto predict = [&](int64_t height) {
    return predictor->predict({{"x", ramp({1, 3, height, 16})}}, {}).ok();
  };
  ASSERT_TRUE(predict(17) && predict(18) && predict(17));
  EXPECT_EQ(networks.made, 3);
  ASSERT_TRUE(predict(19));  // 18 goes
  EXPECT_EQ(predictor->cached(), 2u);
  ASSERT_TRUE(predict(17) && predict(19) && predict(16));
  EXPECT_EQ(networks.made, 4);
  ASSERT_TRUE(predict(18));
  EXPECT_EQ(networks.made, 5);
  EXPECT_EQ(predictor->cached(), 2u);
}

TEST(FlexibleShapes, ACacheOfNoneKeepsOnlyTheDefaultShapes) {
  Networks networks;
  auto predictor =
      NetworkPredictor::create(describe(ranged()), networks.source(), options_with(0)).value();
  for (int i = 0; i < 3; ++i) expect_predicts(*predictor, ramp({1, 3, 20, 16}));
  for (int i = 0; i < 3; ++i) expect_predicts(*predictor, ramp({1, 3, 16, 16}));
  EXPECT_EQ(networks.made, 4);
  EXPECT_EQ(predictor->cached(), 0u);
}

TEST(FlexibleShapes, ManyThreadsOnManyShapesGetTheirOwnNumbers) {
  Networks networks;
  auto predictor =
      NetworkPredictor::create(describe(ranged()), networks.source(), options_with(3)).value();
  std::vector<std::vector<float>> want;
  for (int64_t h = 8; h < 14; ++h) want.push_back(expected(ramp({1, 3, h, 16})));
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 24; ++i) {
        const auto which = static_cast<size_t>(i + t) % want.size();
        const auto x = ramp({1, 3, 8 + static_cast<int64_t>(which), 16});
        const auto result = predictor->predict({{"x", x}}, {});
        if (!result.ok()) continue;
        const auto got = (*result)["y"].multi_array().to_floats();
        bool equal = got.size() == want[which].size();
        for (size_t k = 0; equal && k < got.size(); ++k)
          equal = std::abs(got[k] - want[which][k]) < 1e-5f;
        right += equal;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(right, 4 * 24);
  EXPECT_LE(predictor->cached(), 3u);
}

std::string refusal(FeatureDescription x, const std::vector<int64_t>& given,
                    LeadingAxes leading = LeadingAxes::kOnes) {
  const auto bound = bound_shape(x, FeatureValue(ramp(given)), leading);
  return bound.ok() ? "taken as " + bound->to_string() : bound.error().message();
}

TEST(FlexibleShapes, AShapeOutsideIsToldWithTheAllowedOnes) {
  EXPECT_EQ(refusal(ranged(), {1, 3, 41, 16}),
            "the array has shape [1,3,41,16], the input takes [1...4,3,8...40,16+]");
  EXPECT_EQ(refusal(ranged(), {5, 3, 16, 16}),
            "the array has shape [5,3,16,16], the input takes [1...4,3,8...40,16+]");
  FeatureDescription listed = array_of("x", {1, 4});
  listed.multi_array.enumerated = {{1, 4}, {2, 4}, {3, 5, 6}};
  EXPECT_EQ(refusal(listed, {3, 4}),
            "the array has shape [3,4], the input takes [1,4], [2,4] or [3,5,6]");
  EXPECT_EQ(refusal(listed, {3, 5, 6}), "taken as [3,5,6]");
  EXPECT_EQ(refusal(listed, {1, 1, 2, 4}), "taken as [2,4]");
  EXPECT_EQ(refusal(array_of("x", {4}), {2, 4}), "the array has shape [2,4], the input takes [4]");
}

TEST(FlexibleShapes, OldNetworksTakeSequenceAndBatch) {
  constexpr auto kBoth = LeadingAxes::kSequenceAndBatch;
  EXPECT_EQ(refusal(array_of("x", {4}), {5, 2, 4}, kBoth), "taken as [5,2,4]");
  EXPECT_EQ(refusal(array_of("x", {4}), {1, 1, 4}, kBoth), "taken as [4]");
  EXPECT_EQ(refusal(array_of("x", {3, 8, 8}), {2, 3, 8, 8}, kBoth), "taken as [2,3,8,8]");
  EXPECT_EQ(refusal(array_of("x", {3, 8, 8}), {7, 2, 3, 8, 8}, kBoth), "taken as [7,2,3,8,8]");
  EXPECT_EQ(refusal(array_of("x", {3, 8, 8}), {2, 3, 8, 9}, kBoth),
            "the array has shape [2,3,8,9], the input takes [3,8,8], also with [Batch] or "
            "[Seq,Batch] in front");
  EXPECT_EQ(refusal(array_of("x", {4}), {2, 2, 2, 4}, kBoth),
            "the array has shape [2,2,2,4], the input takes [4], also with [Batch] or [Seq,Batch] "
            "in front");
}

TEST(FlexibleShapes, APictureKeepsItsSizeWhereItMay) {
  ImageConstraint c;
  c.width = 64;
  c.height = 32;
  using Size = std::pair<int64_t, int64_t>;
  EXPECT_EQ(nearest_size(c, 100, 100), Size(64, 32));
  c.enumerated = {{128, 128}, {320, 240}};
  EXPECT_EQ(nearest_size(c, 320, 240), Size(320, 240));
  EXPECT_EQ(nearest_size(c, 300, 300), Size(320, 240));
  EXPECT_EQ(nearest_size(c, 10, 10), Size(64, 32));
  c.enumerated.clear();
  c.width_range = SizeRange{32, 256};
  c.height_range = SizeRange{32, -1};
  EXPECT_EQ(nearest_size(c, 100, 5000), Size(100, 5000));
  EXPECT_EQ(nearest_size(c, 1000, 16), Size(256, 32));
}

TEST(FlexibleShapes, TheProblemOfAShapeIsAnErrorAndOthersGoOn) {
  const auto source = [](const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
    const Shape& s = shapes.at("x");
    if (s[2] == 20) return Error(ErrorCode::kUnsupported, "no such network").at("layer");
    return testing::small_network(s[0], s[2], s[3], 5, 9);
  };
  auto predictor = NetworkPredictor::create(describe(ranged()), source, options_with(8)).value();
  const auto failed = predictor->predict({{"x", ramp({1, 3, 20, 16})}}, {});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().to_string(), "layer: no such network");
  expect_predicts(*predictor, ramp({1, 3, 21, 16}));
}

TEST(FlexibleShapes, ANetworkMayFitOtherShapesThanTheDefaultOnes) {
  const ProgramSource source =
      [](const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
    const Shape& s = shapes.at("x");
    if (s[2] == 16) return Error(ErrorCode::kInvalidModel, "16 rows do not fit");
    return testing::small_network(s[0], s[2], s[3], 5, 9);
  };
  NetworkOptions options = options_with(8);
  EXPECT_FALSE(NetworkPredictor::create(describe(ranged()), source, options).ok());
  options.default_shapes_may_not_fit = true;
  auto predictor = NetworkPredictor::create(describe(ranged()), source, options).value();
  const auto refused = predictor->predict({{"x", ramp({1, 3, 16, 16})}}, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().to_string().find("16 rows do not fit"), std::string::npos);
  EXPECT_TRUE(predictor->predict({{"x", ramp({1, 3, 20, 16})}}, {}).ok());
  EXPECT_TRUE(predictor->compute_plan().steps.empty());
}

TEST(Cancellation, IsLookedAtBetweenSteps) {
  Networks networks;
  auto predictor =
      NetworkPredictor::create(describe(ranged()), networks.source(), options_with(8)).value();
  std::stop_source stop;
  PredictionOptions options;
  options.cancellation = stop.get_token();
  const FeatureProvider inputs = {{"x", ramp({1, 3, 16, 16})}};
  EXPECT_TRUE(predictor->predict(inputs, options).ok());
  stop.request_stop();
  const auto cancelled = predictor->predict(inputs, options);
  ASSERT_FALSE(cancelled.ok());
  EXPECT_EQ(cancelled.error().code(), ErrorCode::kCancelled);
  EXPECT_TRUE(predictor->predict(inputs, {}).ok());
}

}  // namespace
}  // namespace pome::runtime
