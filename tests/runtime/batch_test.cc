// Batches: which networks keep the pictures of their input apart, that running them one by one and
// several inputs side by side gives what the references give, and in which cases neither is done.
#include <gtest/gtest.h>

#include <cstring>

#include "cpu/backend.h"
#include "cpu/isa.h"
#include "ir/parser.h"
#include "ops/builder.h"
#include "plan/plan_file.h"
#include "runtime/network_predictor.h"
#include "runtime/separate_pictures.h"
#include "runtime/side_by_side.h"
#include "tests/runtime/networks.h"
#include "tests/support/evaluate.h"

namespace pome::runtime {
namespace {

constexpr int64_t kChannels = 12;
constexpr int64_t kSize = 33;

using testing::array_of;

ModelDescription describe(int64_t batch) {
  ModelDescription d;
  d.inputs = {array_of("x", {batch, 3, kSize, kSize})};
  d.outputs = {array_of("y", {batch, 10})};
  return d;
}

NetworkOptions on_threads(int threads) {
  NetworkOptions options;
  options.backend = cpu::backend(cpu::choose_isa().value());
  options.threads = threads;
  return options;
}

std::unique_ptr<NetworkPredictor> predictor_of(int64_t batch, int threads) {
  const auto source = [](const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
    const Shape& s = shapes.at("x");
    return testing::small_network(s[0], s[2], s[3], kChannels, 9);
  };
  return NetworkPredictor::create(describe(batch), source, on_threads(threads)).value();
}

/// Pictures that differ.
MultiArray pictures(int64_t batch, int seed) {
  MultiArray a = MultiArray::create(MultiArrayDataType::kFloat32, {batch, 3, kSize, kSize}).value();
  for (int64_t i = 0; i < a.size(); ++i)
    a.set(i, static_cast<double>((i * 7 + i / 3267 + seed) % 29) / 29 - 0.4);
  return a;
}

std::vector<float> of_references(const MultiArray& a) {
  auto program = testing::small_network(a.shape()[0], kSize, kSize, kChannels, 9);
  testing::Tensors inputs;
  inputs.emplace("x", testing::tensor(Shape{std::span<const int64_t>(a.shape())}, a.to_floats()));
  const auto outputs = testing::evaluate(*program->function("main"), inputs);
  const auto& y = outputs.value().at("y");
  return {y.view().as<float>(), y.view().as<float>() + y.view().elements()};
}

void expect_near(const FeatureProvider& result, const std::vector<float>& want) {
  const auto got = result["y"].multi_array().to_floats();
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-5) << i;
}

TEST(Batch, PicturesOfOneInputRunOneByOne) {
  for (const int64_t batch : {2, 5, 8}) {
    for (const int threads : {1, 2}) {
      SCOPED_TRACE("batch " + std::to_string(batch) + ", threads " + std::to_string(threads));
      const auto predictor = predictor_of(batch, threads);
      EXPECT_EQ(predictor->only_plan()->tensors[0].shape[0], 1) << "the plan is for one picture";
      for (int seed = 0; seed < 2; ++seed) {
        const MultiArray x = pictures(batch, seed);
        const auto result = predictor->predict({{"x", x}}, {});
        ASSERT_TRUE(result.ok()) << result.error().to_string();
        EXPECT_EQ((*result)["y"].multi_array().shape(), (std::vector<int64_t>{batch, 10}));
        expect_near(*result, of_references(x));
      }
    }
  }
}

TEST(Batch, FewerPicturesThanThreadsShareTheThreads) {
  EXPECT_EQ(predictor_of(2, 3)->only_plan()->tensors[0].shape[0], 2);
}

TEST(Batch, AProfileIsOfAllPictures) {
  const auto one = predictor_of(1, 1)->compute_plan();
  const auto predictor = predictor_of(4, 1);
  const auto all = predictor->profile({{"x", pictures(4, 0)}}, 2, {}).value();
  ASSERT_EQ(one.steps.size(), all.steps.size());
  for (size_t i = 0; i < one.steps.size(); ++i) {
    EXPECT_EQ(all.steps[i].flops, 4 * one.steps[i].flops);
    EXPECT_EQ(all.steps[i].bytes, 4 * one.steps[i].bytes);
    EXPECT_GT(all.steps[i].milliseconds, 0);
    EXPECT_EQ(all.steps[i].runs, 4);
    EXPECT_EQ(one.steps[i].runs, 1);
    EXPECT_EQ(all.steps[i].output_shape, one.steps[i].output_shape) << "is of one run";
  }
}

TEST(Batch, AStoredPlanStillRunsForEachPicture) {
  const auto predictor = predictor_of(4, 2);
  std::vector<std::byte> file;
  ASSERT_TRUE(plan::write_plan(*predictor->only_plan(), [&](std::span<const std::byte> piece) {
                file.insert(file.end(), piece.begin(), piece.end());
                return Status();
              }).ok());
  auto aligned = std::make_shared<AlignedBuffer>(AlignedBuffer::allocate(file.size()).value());
  std::memcpy(aligned->data(), file.data(), file.size());
  auto plan = plan::read_plan(aligned->bytes(), aligned);
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  const auto stored =
      NetworkPredictor::create(describe(4), *std::move(plan), on_threads(2)).value();
  const MultiArray x = pictures(4, 3);
  expect_near(stored->predict({{"x", x}}, {}).value(), of_references(x));
}

TEST(Batch, SeveralInputsSideBySideAnswerInOrder) {
  for (const int threads : {1, 2, 3}) {
    const auto predictor = predictor_of(1, threads);
    std::vector<FeatureProvider> inputs;
    for (int i = 0; i < 7; ++i) inputs.push_back({{"x", pictures(1, i)}});
    const auto results = predictor->predict_batch(inputs, {});
    ASSERT_TRUE(results.ok()) << results.error().to_string();
    ASSERT_EQ(results->size(), 7u);
    for (int i = 0; i < 7; ++i) {
      SCOPED_TRACE("threads " + std::to_string(threads) + ", element " + std::to_string(i));
      expect_near((*results)[static_cast<size_t>(i)], of_references(pictures(1, i)));
    }
    EXPECT_TRUE(predictor->predict_batch({}, {}).value().empty());
  }
}

TEST(Batch, TheFirstErrorNamesItsElement) {
  for (const int threads : {1, 2}) {
    const auto predictor = predictor_of(1, threads);
    std::vector<FeatureProvider> inputs(9, FeatureProvider{{"x", pictures(1, 0)}});
    inputs[3] = inputs[7] = FeatureProvider();
    const auto results = predictor->predict_batch(inputs, {});
    ASSERT_FALSE(results.ok());
    EXPECT_EQ(results.error().code(), ErrorCode::kMissingInput);
    EXPECT_NE(results.error().to_string().find("element 3"), std::string::npos)
        << results.error().to_string();
  }
}

TEST(Batch, SideBySideCallsEachOnceUntilOneFails) {
  for (const int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    std::vector<std::atomic<int>> calls(11);
    side_by_side(pool, 11, [&](int i) noexcept {
      calls[static_cast<size_t>(i)]++;
      return i != 6;
    });
    for (int i = 0; i <= 6; ++i) EXPECT_EQ(calls[static_cast<size_t>(i)], 1) << i;
  }
}

/// How many pictures a function of `x` (and of `z`, as large) keeps apart.
int64_t kept_apart(const std::string& ops, const std::string& shape = "4, 6, 8, 8") {
  const std::string tensor = "tensor<fp32, [" + shape + "]>";
  auto program = ir::parse("program(1.0)\n{\n func main<ios15>(" + tensor + " x, " + tensor +
                           " z) {\n" + ops + "\n } -> (y);\n}");
  EXPECT_TRUE(program.ok()) << (program.ok() ? "" : program.error().to_string());
  const ir::Function& main = *(*program)->function("main");
  const Shape bound = main.body.inputs()[0]->shape();
  const int64_t pictures = separate_pictures(main, {{"x", bound}, {"z", bound}});
  if (pictures > 1) {
    EXPECT_TRUE(for_one_picture(main, pictures).ok());
  }
  return pictures;
}

TEST(Batch, OpsThatKeepPicturesApart) {
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 6, 8, 8]> y = add(x = x, y = z);"), 4);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 6, 8, 8]> y = softmax(x = x, axis = int32(1));"), 4);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 8, 8, 6]> y = transpose(x = x, perm = tensor<int32, "
                       "[4]>([0, 2, 3, 1]));"),
            4);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 384]> y = reshape(x = x, shape = tensor<int32, [2]>([4, "
                       "384]));"),
            4);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 12, 8, 8]> y = concat(values = (x, z), axis = int32(1), "
                       "interleave = bool(false));"),
            4);
}

TEST(Batch, SplitsOfChannels) {
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 3, 8, 8]> a, tensor<fp32, [4, 3, 8, 8]> b = split(x = x, "
                       "num_splits = int32(2), axis = int32(1));\n tensor<fp32, [4, 3, 8, 8]> y = "
                       "mul(x = a, y = b);"),
            4);
}

TEST(Batch, OpsThatMix) {
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 6, 8, 8]> y = softmax(x = x, axis = int32(0));"), 1);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 6, 8, 8]> y = softmax(x = x, axis = int32(-4));"), 1);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 4]> y = transpose(x = x, perm = tensor<int32, [2]>([1, "
                       "0]));",
                       "4, 4"),
            1);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 4]> y = cumsum(x = x, axis = int32(0), exclusive = "
                       "bool(false), reverse = bool(false));",
                       "4, 4"),
            1)
      << "an op that is not known to keep them apart";
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 4]> y = reduce_sum(x = x, axes = tensor<int32, [1]>([0]), "
                       "keep_dims = bool(false));",
                       "4, 4, 4"),
            1);
  EXPECT_EQ(kept_apart("tensor<fp32, [4, 4]> r = reduce_sum(x = x, axes = tensor<int32, [1]>([1]), "
                       "keep_dims = bool(false));\n tensor<fp32, [4, 4, 4]> y = add(x = z, y = r);",
                       "4, 4, 4"),
            1)
      << "pictures of one meet rows of the other";
  EXPECT_EQ(kept_apart("tensor<fp32, [1, 6, 8, 8]> y = relu(x = x);", "1, 6, 8, 8"), 1);
}

TEST(Batch, WeightsThatAreMostOfTheWorkAreReadOnceForAllPictures) {
  const auto source = [](const InputShapes& shapes) -> Result<std::unique_ptr<ir::Program>> {
    auto program = std::make_unique<ir::Program>();
    ir::Function* main = program->add_function("main", ir::Opset::kIos15);
    ops::Builder b(*main, main->body);
    const std::vector<float> weights(512 * 256, 0.25f);
    const auto type = ir::Type::tensor(ir::DType::kFp32, {512, 256});
    ir::Value* x = main->body.add_input("x", ir::Type::tensor(ir::DType::kFp32, shapes.at("x")));
    main->body.outputs().push_back(
        b.add("linear", "y",
              {{"x", x}, {"weight", ir::Literal::copy(type, std::span<const float>(weights))}}));
    return program;
  };
  ModelDescription description;
  description.inputs = {array_of("x", {8, 256})};
  description.outputs = {array_of("y", {8, 512})};
  const auto predictor = NetworkPredictor::create(description, source, on_threads(1)).value();
  EXPECT_EQ(predictor->only_plan()->tensors[0].shape[0], 8);
}

}  // namespace
}  // namespace pome::runtime
