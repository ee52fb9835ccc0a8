// Programs with control flow, lists and values whose size is data, interpreted.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "cpu/backend.h"
#include "cpu/isa.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "runtime/interpreter.h"
#include "runtime/network_predictor.h"
#include "tests/runtime/networks.h"
#include "tests/support/evaluate.h"

namespace pome::runtime {
namespace {

std::unique_ptr<HostProgram> prepare(const std::string& body) {
  const std::string text = "program(1.3)\n{\n    func main<ios16>" + body + ";\n}";
  auto program = ir::parse(text);
  EXPECT_TRUE(program.ok()) << (program.ok() ? "" : program.error().to_string());
  if (!program.ok()) return nullptr;
  const Status verified = ir::verify(**program);
  EXPECT_TRUE(verified.ok()) << (verified.ok() ? "" : verified.error().to_string());
  EXPECT_TRUE(needs_interpreter(*(*program)->function("main")));
  auto host = make_host_program(*std::move(program));
  EXPECT_TRUE(host.ok()) << (host.ok() ? "" : host.error().to_string());
  return host.ok() ? *std::move(host) : nullptr;
}

struct Outcome {
  Status status;
  std::vector<float> values;
  Shape shape;
};

/// Runs on one fp32 input and reads the first output; with regions, a second time with those that
/// the first run compiled.
Outcome run(const std::string& body, const std::vector<float>& input, InterpreterLimits limits,
            bool with_regions) {
  const auto host = prepare(body);
  if (host == nullptr) return {Error(ErrorCode::kInternal, "not prepared"), {}, {}};
  ThreadPool pool(1);
  RegionOptions options;
  options.plan.backend = cpu::backend(cpu::choose_isa().value());
  options.pool = &pool;
  RegionCache regions(*host, options);
  Outcome outcome;
  for (int i = 0; i < (with_regions ? 2 : 1); ++i) {
    Interpreter interpreter(*host, limits, with_regions ? &regions : nullptr);
    const auto n = static_cast<int64_t>(input.size());
    auto view = interpreter.input(0, ir::Type::tensor(ir::DType::kFp32, {n}));
    if (!view.ok()) return {view.error(), {}, {}};
    std::copy(input.begin(), input.end(), view->as<float>());
    Status status = interpreter.run();
    if (!status.ok()) return {std::move(status), {}, {}};
    auto output = interpreter.output(0);
    if (!output.ok()) return {output.error(), {}, {}};
    outcome = {{}, {}, (*output)->type().shape()};
    for (int64_t k = 0; k < (*output)->view().elements(); ++k)
      outcome.values.push_back(static_cast<float>((*output)->view().real(k)));
  }
  return outcome;
}

/// Op by op; what regions make of it must be the same.
Outcome run(const std::string& body, const std::vector<float>& input,
            const InterpreterLimits& limits = {}) {
  Outcome outcome = run(body, input, limits, false);
  const Outcome planned = run(body, input, limits, true);
  EXPECT_EQ(outcome.status.ok(), planned.status.ok());
  EXPECT_EQ(outcome.values, planned.values);
  EXPECT_EQ(outcome.shape, planned.shape);
  return outcome;
}

std::string error_of(const Outcome& outcome) {
  return outcome.status.ok() ? "no error" : outcome.status.error().to_string();
}

using Floats = std::vector<float>;

TEST(Interpreter, SizesThatAreDataAreKnownWhenTheyAreMade) {
  const auto outcome = run(R"((tensor<fp32, [4]> x) {
            tensor<int32, [?, 1]> where = non_zero(x = x);
            tensor<int32, [?]> flat = squeeze(axes = tensor<int32, [1]>([1]), x = where);
            tensor<fp32, [?]> y = gather(axis = int32(0), indices = flat, x = x);
        } -> (y))",
                           {0, 2, 0, -3});
  EXPECT_EQ(error_of(outcome), "no error");
  EXPECT_EQ(outcome.values, (Floats{2, -3}));
}

TEST(Interpreter, ConditionsRunOneBlock) {
  const std::string body = R"((tensor<fp32, [1]> x) {
            tensor<bool, [1]> large = greater(x = x, y = fp32(1));
            tensor<fp32, [1]> y = cond(pred = large)
                () {
                    tensor<fp32, [1]> a = mul(x = x, y = fp32(10));
                } -> (a),
                () {
                } -> (x);
        } -> (y))";
  EXPECT_EQ(run(body, {2}).values, Floats{20});
  EXPECT_EQ(run(body, {0.5}).values, Floats{0.5});
}

/// y = x doubled `times` times.
std::string doubling(int times) {
  return R"((tensor<fp32, [2]> x) {
            int32 zero = const()[val = int32(0)];
            int32 last, tensor<fp32, [2]> y = while_loop(loop_vars = (zero, x))
                (int32 i, tensor<fp32, [2]> v) {
                    bool go = less(x = i, y = int32()" +
         std::to_string(times) + R"());
                } -> (go),
                (int32 j, tensor<fp32, [2]> w) {
                    int32 next = add(x = j, y = int32(1));
                    tensor<fp32, [2]> twice = add(x = w, y = w);
                } -> (next, twice);
        } -> (y))";
}

TEST(Interpreter, LoopsCarryTheirVariables) {
  EXPECT_EQ(run(doubling(0), {1, 3}).values, (Floats{1, 3}));
  EXPECT_EQ(run(doubling(1), {1, 3}).values, (Floats{2, 6}));
  EXPECT_EQ(run(doubling(10), {1, 3}).values, (Floats{1024, 3072}));
}

TEST(Interpreter, TheBudgetNamesTheLoop) {
  InterpreterLimits limits;
  limits.instructions = 1000;
  const std::string text = error_of(run(doubling(2'000'000), {1, 3}, limits));
  EXPECT_NE(text.find("(while_loop) / iteration "), std::string::npos) << text;
  EXPECT_NE(text.find("1000 operations"), std::string::npos) << text;
  limits.instructions = 1000;
  EXPECT_EQ(error_of(run(doubling(100), {1, 3}, limits)), "no error");
}

TEST(Interpreter, IsCancelledFromAnotherThread) {
  std::stop_source stop;
  InterpreterLimits limits;
  limits.instructions = std::numeric_limits<int64_t>::max();
  limits.cancellation = stop.get_token();
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    stop.request_stop();
  });
  const auto outcome = run(doubling(2'000'000'000), {1, 3}, limits);
  canceller.join();
  ASSERT_FALSE(outcome.status.ok());
  EXPECT_EQ(outcome.status.error().code(), ErrorCode::kCancelled);
}

/// Writes x * i at i for i in 0..5, then gathers 4 and 1.
constexpr const char* kListLoop = R"((tensor<fp32, [2]> x) {
            int32 zero = const()[val = int32(0)];
            list<tensor<fp32, [2]>, ?> empty = make_list(dtype = string("fp32"), dynamic_length = bool(true), elem_shape = (int32(2)), init_length = int32(0));
            int32 last, list<tensor<fp32, [2]>, ?> all = while_loop(loop_vars = (zero, empty))
                (int32 i, list<tensor<fp32, [2]>, ?> l) {
                    bool go = less(x = i, y = int32(5));
                } -> (go),
                (int32 j, list<tensor<fp32, [2]>, ?> m) {
                    fp32 factor = cast(dtype = string("fp32"), x = j);
                    tensor<fp32, [2]> value = mul(x = x, y = factor);
                    list<tensor<fp32, [2]>, ?> longer = list_write(index = j, ls = m, value = value);
                    int32 next = add(x = j, y = int32(1));
                } -> (next, longer);
            tensor<int32, [2]> which = const()[val = tensor<int32, [2]>([4, 1])];
            tensor<fp32, [2, 2]> y = list_gather(indices = which, ls = all);
        } -> (y))";

TEST(Interpreter, ListsGrowInLoops) {
  const auto outcome = run(kListLoop, {1, 10});
  EXPECT_EQ(error_of(outcome), "no error");
  EXPECT_EQ(outcome.shape, (Shape{2, 2}));
  EXPECT_EQ(outcome.values, (Floats{4, 40, 1, 10}));
}

TEST(Interpreter, ListsAreValues) {
  // Writing into a list leaves who reads the old one as it was; what was not written reads as 0.
  const std::string text = R"((tensor<fp32, [1]> x) {
            list<tensor<fp32, [1]>, 2> a = make_list(dtype = string("fp32"), dynamic_length = bool(false), elem_shape = (int32(1)), init_length = int32(2));
            list<tensor<fp32, [1]>, 2> b = list_write(index = int32(0), ls = a, value = x);
            list<tensor<fp32, [1]>, 2> c = list_write(index = int32(1), ls = a, value = x);
            tensor<fp32, [1]> a0 = list_read(index = int32(0), ls = a);
            tensor<fp32, [1]> b0 = list_read(index = int32(0), ls = b);
            tensor<fp32, [1]> c0 = list_read(index = int32(0), ls = c);
            tensor<fp32, [1]> c1 = list_read(index = int32(1), ls = c);
            int32 n = list_length(ls = b);
            fp32 m = cast(dtype = string("fp32"), x = n);
            tensor<fp32, [1]> e = expand_dims(axes = tensor<int32, [1]>([0]), x = m);
            tensor<fp32, [5]> y = concat(axis = int32(0), values = (a0, b0, c0, c1, e));
        } -> (y))";
  EXPECT_EQ(run(text, {7}).values, (Floats{0, 7, 0, 7, 2}));
}

TEST(Interpreter, ScatteredElementsLieWhereTheyShould) {
  const std::string text = R"((tensor<fp32, [4]> x) {
            tensor<fp32, [2, 2]> rows = reshape(shape = tensor<int32, [2]>([2, 2]), x = x);
            list<tensor<fp32, [2]>, ?> a = make_list(dtype = string("fp32"), elem_shape = (int32(2)), init_length = int32(1));
            list<tensor<fp32, [2]>, ?> b = list_scatter(indices = tensor<int32, [2]>([2, 0]), ls = a, value = rows);
            tensor<fp32, [3, 2]> y = list_gather(indices = tensor<int32, [3]>([0, 1, 2]), ls = b);
        } -> (y))";
  EXPECT_EQ(run(text, {1, 2, 3, 4}).values, (Floats{3, 4, 0, 0, 1, 2}));
}

TEST(Interpreter, IndicesOutsideAListAreErrors) {
  const auto text = [](const std::string& index, bool grows) {
    return R"((tensor<fp32, [1]> x) {
            list<tensor<fp32, [1]>, ?> a = make_list(dtype = string("fp32"), dynamic_length = bool()" +
           std::string(grows ? "true" : "false") +
           R"(), elem_shape = (int32(1)), init_length = int32(2));
            list<tensor<fp32, [1]>, ?> b = list_write(index = int32()" +
           index + R"(), ls = a, value = x);
            tensor<fp32, [1]> y = list_read(index = int32()" +
           index + R"(), ls = b);
        } -> (y))";
  };
  EXPECT_EQ(run(text("5", true), {3}).values, Floats{3});
  EXPECT_NE(error_of(run(text("2", false), {3})).find("the index is 2, the list has 2 elements"),
            std::string::npos);
  EXPECT_NE(error_of(run(text("-1", true), {3})).find("the index is -1"), std::string::npos);
  // A list as long as memory is not made.
  EXPECT_NE(error_of(run(text("2147483647", true), {3})).find("memory limit"), std::string::npos);
}

TEST(Interpreter, RegionsStopWhereSizesAreDataAndGoOnBehind) {
  // A growing value: each round has another shape. slice_by_index takes what was added last.
  const std::string text = R"((tensor<fp32, [2]> x) {
            int32 zero = const()[val = int32(0)];
            int32 last, tensor<fp32, [?]> y = while_loop(loop_vars = (zero, x))
                (int32 i, tensor<fp32, [?]> v) {
                    bool go = less(x = i, y = int32(9));
                } -> (go),
                (int32 j, tensor<fp32, [?]> w) {
                    int32 next = add(x = j, y = int32(1));
                    tensor<int32, [1]> from = expand_dims(axes = tensor<int32, [1]>([0]), x = j);
                    tensor<int32, [1]> to = add(x = from, y = tensor<int32, [1]>([1]));
                    tensor<fp32, [?]> picked = slice_by_index(begin = from, end = to, x = w);
                    tensor<fp32, [?]> more = add(x = picked, y = fp32(1));
                    tensor<fp32, [?]> longer = concat(axis = int32(0), values = (w, more));
                } -> (next, longer);
        } -> (y))";
  EXPECT_EQ(run(text, {1, 10}).values, (Floats{1, 10, 2, 11, 3, 12, 4, 13, 5, 14, 6}));
}

TEST(Interpreter, ManyThreadsShareTheRegions) {
  const auto host = prepare(doubling(50));
  ASSERT_NE(host, nullptr);
  ThreadPool pool(2);
  RegionOptions options;
  options.plan.backend = cpu::backend(cpu::choose_isa().value());
  options.pool = &pool;
  RegionCache regions(*host, options);
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Interpreter interpreter(*host, {}, &regions);
        const auto view = interpreter.input(0, ir::Type::tensor(ir::DType::kFp32, {2}));
        view->as<float>()[0] = static_cast<float>(t);
        view->as<float>()[1] = static_cast<float>(i);
        if (!interpreter.run().ok()) continue;
        const float* y = (*interpreter.output(0))->view().as<float>();
        right += y[0] == static_cast<float>(t) * 0x1p50f && y[1] == static_cast<float>(i) * 0x1p50f;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(right, 80);
}

TEST(Interpreter, TextOfControlFlowReadsBack) {
  for (const std::string& body : {doubling(3), std::string(kListLoop)}) {
    const auto host = prepare(body);
    ASSERT_NE(host, nullptr);
    const std::string text = ir::print(*host->program);
    const auto again = ir::parse(text);
    ASSERT_TRUE(again.ok()) << again.error().to_string();
    EXPECT_EQ(ir::print(**again), text);
  }
}

TEST(Interpreter, GivesWhatTheReferencesGiveOnAStraightLine) {
  auto program = testing::small_network(1, 16, 16, 5, 3);
  testing::Tensors inputs;
  inputs.emplace("x", testing::random_tensor({1, 3, 16, 16}, 4));
  const auto want = testing::evaluate(*program->function("main"), inputs);
  ASSERT_TRUE(want.ok());
  auto host = make_host_program(std::move(program));
  ASSERT_TRUE(host.ok()) << host.error().to_string();
  Interpreter interpreter(**host, {});
  const auto& x = inputs.at("x");
  const auto view = interpreter.input(0, x.type);
  ASSERT_TRUE(view.ok());
  std::copy(x.data.bytes().begin(), x.data.bytes().end(), view->data);
  ASSERT_TRUE(interpreter.run().ok());
  const auto y = interpreter.output(0);
  ASSERT_TRUE(y.ok());
  EXPECT_EQ(testing::difference((*y)->view(), want->at("y").view(), 1e-6, 1e-5), "");
}

}  // namespace
}  // namespace pome::runtime
