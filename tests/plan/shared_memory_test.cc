// Which tensors share memory, and that nobody writes over what others still read.
#include <gtest/gtest.h>

#include <algorithm>

#include "ops/builder.h"
#include "plan/planner.h"
#include "tests/support/property.h"

namespace pome::plan {
namespace {

using ir::Value;
using ops::Arg;

constexpr int64_t kBlock = 16;
constexpr int64_t kPixels = 4;
constexpr auto kBlocked = ops::Layout::kBlocked;

int64_t block_bytes(int64_t channels) { return channels * kPixels * 4; }

// A backend of rows that only say where tensors may lie; nothing is run.

ops::Candidate of_one_op(const ir::Op& op) {
  ops::Candidate c;
  c.covered = {&op};
  for (const ir::Argument& a : op.arguments()) {
    for (const ir::Operand& operand : a.operands)
      if (operand.value != nullptr) c.inputs.push_back({operand.value, kBlocked});
  }
  for (const auto& output : op.outputs()) c.outputs.push_back({output.get(), kBlocked});
  return c;
}

ops::Match match_in_place(const ops::MatchContext& context, const ir::Op& op) {
  ops::Candidate c = of_one_op(op);
  if (op.kind() == "relu") {
    const ops::Layout layout = context.layout(c.inputs[0].value);
    c.inputs[0].layout = c.outputs[0].layout = layout;
  }
  c.in_place = true;
  return c;
}

ops::Match match_apart(const ops::MatchContext&, const ir::Op& op) { return of_one_op(op); }

ops::Match match_concat(const ops::MatchContext&, const ir::Op& op) {
  ops::Candidate c = of_one_op(op);
  int64_t begin = 0;
  for (const ops::Port& port : c.inputs) {
    const int64_t channels = port.value->shape()[1];
    const bool whole = begin % kBlock == 0 && channels % kBlock == 0;
    c.input_places.push_back(whole ? block_bytes(begin) : -1);
    begin += channels;
  }
  return c;
}

ops::Match match_split(const ops::MatchContext& context, const ir::Op& op) {
  ops::Candidate c = of_one_op(op);
  const bool blocked = context.layout(c.inputs[0].value) == kBlocked;
  if (!blocked) {
    c.inputs[0].layout = ops::Layout::kPlain;
    for (ops::Port& port : c.outputs) port.layout = ops::Layout::kPlain;
  }
  int64_t begin = 0;
  for (const ops::Port& port : c.outputs) {
    c.output_places.push_back(!blocked || begin % kBlock == 0 ? block_bytes(begin) : -1);
    begin += port.value->shape()[1];
  }
  return c;
}

/// All exps of one tensor in one step.
ops::Match match_siblings(const ops::MatchContext& context, const ir::Op& op) {
  const ir::Value* x = op.input("x");
  ops::Candidate c = of_one_op(op);
  c.cost = 0.5;
  for (const ir::Op* reader : context.readers(x)) {
    if (reader == &op || reader->kind() != "exp") continue;
    c.covered.push_back(reader);
    c.outputs.push_back({reader->output(), kBlocked});
  }
  c.runs_first = true;
  return c;
}

/// An exp and the add behind it, in one step that claims to run first.
ops::Match match_hasty(const ops::MatchContext& context, const ir::Op& op) {
  const ir::Op* add = context.sole_user(op.output());
  if (add == nullptr || add->kind() != "add") return ops::Refusal{"no add"};
  ops::Candidate c = of_one_op(op);
  c.cost = 0.4;
  c.covered.push_back(add);
  c.inputs.push_back({add->input("y"), kBlocked});
  c.outputs = {{add->output(), kBlocked}};
  c.runs_first = true;
  return c;
}

void run_nothing(const void*, const ops::RunContext&) noexcept {}

constexpr ops::KernelRow kRows[] = {
    {"in_place", 1, "relu", match_in_place, run_nothing},
    {"in_place", 1, "add", match_in_place, run_nothing},
    {"apart", 1, "tanh", match_apart, run_nothing},
    {"apart", 1, "exp", match_apart, run_nothing},
    {"hasty", 1, "exp", match_hasty, run_nothing},
    {"siblings", 1, "exp", match_siblings, run_nothing},
    {"concat", 1, "concat", match_concat, run_nothing},
    {"split", 1, "split", match_split, run_nothing},
};
constexpr ops::Backend kBackend = {"toy", "toy", 0, kBlock, kRows, run_nothing};

/// A program under construction, with one input of [1, channels, 2, 2].
struct Net {
  explicit Net(int64_t channels)
      : main(program.add_function("main", ir::Opset::kIos15)),
        x(main->body.add_input("x", ir::Type::tensor(ir::DType::kFp32, Shape{1, channels, 2, 2}))),
        b(*main, main->body) {}

  Value* unary(const char* kind, Value* v) { return b.add(kind, kind, {{"x", v}}); }
  Value* add(Value* v, Value* w) { return b.add("add", "sum", {{"x", v}, {"y", w}}); }
  Value* concat(const std::vector<Value*>& values) {
    return b.add("concat", "joined", {{"values", Arg(values)}, {"axis", 1}});
  }
  std::vector<Value*> split(Value* v, const std::vector<int64_t>& sizes) {
    ir::Op* op = b.add_op("split", "part",
                          {{"x", v},
                           {"num_splits", static_cast<int>(sizes.size())},
                           {"split_sizes", Arg::ints(sizes)},
                           {"axis", 1}});
    std::vector<Value*> parts;
    for (size_t i = 0; i < sizes.size(); ++i) parts.push_back(op->output(static_cast<int>(i)));
    return parts;
  }
  Plan plan(const std::vector<Value*>& outputs) {
    EXPECT_TRUE(b.ok()) << (b.ok() ? "" : b.status().error().to_string());
    main->body.outputs() = outputs;
    PlanOptions options;
    options.backend = &kBackend;
    auto made = make_plan(*main, options);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().to_string());
    return *std::move(made);
  }

  ir::Program program;
  ir::Function* main;
  Value* x;
  ops::Builder b;
};

/// Plays a plan with tokens for values: what a step reads must be what was written for it.
class Player {
 public:
  explicit Player(const Plan& plan)
      : plan_(plan), memory_(plan.arena_bytes / kLine + 1), wanted_(plan.tensors.size()) {}

  /// The first thing that went wrong; empty when nothing did.
  std::string play() {
    for (const Binding& b : plan_.inputs) write(b.tensor);
    for (size_t i = 0; i < plan_.steps.size() && wrong_.empty(); ++i) {
      const Step& step = plan_.steps[i];
      for (const int t : step.inputs) read(t, "step " + std::to_string(i) + ", " + step.kernel);
      if (step.kernel == "concat") {
        join(step);
      } else {
        for (const int t : step.outputs) {
          if (step.kernel == "split" && lies_in(t, step.inputs[0])) {
            wanted_[static_cast<size_t>(t)] = lines_of(t);
            ++views;
          } else {
            check_others(step, t, i);
            write(t);
          }
        }
      }
    }
    for (const Binding& b : plan_.outputs) read(b.tensor, "output " + b.name);
    return wrong_;
  }
  int views = 0;  // parts that were not copied
  int joins = 0;  // parts of a concat that were not

 private:
  static constexpr uint64_t kLine = 64;

  const TensorRecord& record(int t) const { return plan_.tensors[static_cast<size_t>(t)]; }
  bool lies_in(int inner, int outer) const {
    const TensorRecord& a = record(inner);
    const TensorRecord& b = record(outer);
    return a.offset >= b.offset && a.offset + a.bytes <= b.offset + b.bytes;
  }
  std::vector<int> lines_of(int t) const {
    const TensorRecord& r = record(t);
    EXPECT_EQ(r.offset % kLine, 0U);
    const auto begin = memory_.begin() + static_cast<std::ptrdiff_t>(r.offset / kLine);
    return {begin, begin + static_cast<std::ptrdiff_t>((r.bytes + kLine - 1) / kLine)};
  }
  void fill(uint64_t offset, uint64_t bytes) {
    for (uint64_t line = offset / kLine; line * kLine < offset + bytes; ++line)
      memory_[line] = ++token_;
  }
  void write(int t) {
    fill(record(t).offset, record(t).bytes);
    wanted_[static_cast<size_t>(t)] = lines_of(t);
  }
  void read(int t, const std::string& where) {
    if (wrong_.empty() && lines_of(t) != wanted_[static_cast<size_t>(t)])
      wrong_ = where + " reads tensor " + std::to_string(t) + ", which was written over";
  }
  /// A step may write where its first input lies, over no other.
  void check_others(const Step& step, int output, size_t i) {
    const TensorRecord& out = record(output);
    for (size_t k = 0; k < step.inputs.size(); ++k) {
      const TensorRecord& in = record(step.inputs[k]);
      const bool overlaps = in.offset < out.offset + out.bytes && out.offset < in.offset + in.bytes;
      if (overlaps && (k > 0 || in.offset != out.offset))
        wrong_ = "step " + std::to_string(i) + " writes over what it reads";
    }
  }
  void join(const Step& step) {
    const int out = step.outputs[0];
    uint64_t place = record(out).offset;
    for (const int t : step.inputs) {
      const uint64_t bytes = static_cast<uint64_t>(block_bytes(record(t).shape[1]));
      const bool there = record(t).offset == place && place % kLine == 0;
      joins += there;
      if (!there) fill(place, bytes);
      place += bytes;
    }
    wanted_[static_cast<size_t>(out)] = lines_of(out);
  }

  const Plan& plan_;
  int token_ = 0;
  std::vector<int> memory_;
  std::vector<std::vector<int>> wanted_;
  std::string wrong_;
};

/// Steps of a kernel.
int64_t count(const Plan& plan, std::string_view kernel) {
  return std::count_if(plan.steps.begin(), plan.steps.end(),
                       [&](const Step& s) { return s.kernel == kernel; });
}

TEST(SharedMemory, PartsAreTheInputsMemory) {
  Net net(48);
  const auto parts = net.split(net.unary("tanh", net.x), {16, 32});
  Value* y = net.add(net.unary("tanh", parts[0]), net.unary("relu", parts[0]));
  Value* z = net.unary("tanh", parts[1]);
  const Plan plan = net.plan({y, z});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 2);
}

// 24 is no multiple of the block: the second part is a tensor of its own, the others are not.
TEST(SharedMemory, OthersAreCopied) {
  Net net(64);
  const auto parts = net.split(net.unary("tanh", net.x), {24, 8, 32});
  const Plan plan = net.plan(
      {net.unary("relu", parts[0]), net.unary("relu", parts[1]), net.unary("relu", parts[2])});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 2);
}

// In place on a part while its neighbour, and the whole, are still to be read.
TEST(SharedMemory, APartIsNotWrittenOver) {
  Net net(32);
  Value* x = net.unary("tanh", net.x);
  const auto parts = net.split(x, {16, 16});
  Value* a = net.unary("relu", parts[0]);
  Value* b = net.add(parts[1], a);
  Value* again = net.unary("relu", x);
  const Plan plan = net.plan({b, again});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 2);
}

// A block holds both parts: the first may be a view of it, but not be worked on in place while the
// whole is read.
TEST(SharedMemory, NorIsAPartOfOneBlock) {
  Net net(16);
  Value* x = net.unary("tanh", net.x);
  const auto parts = net.split(x, {8, 8});
  Value* a = net.unary("relu", parts[0]);
  const Plan plan = net.plan({a, net.unary("tanh", x), net.unary("tanh", parts[1])});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 1);
}

// A split that leaves everything in one part.
TEST(SharedMemory, AWholePart) {
  Net net(32);
  Value* x = net.unary("tanh", net.x);
  const auto parts = net.split(x, {32});
  Value* a = net.unary("relu", parts[0]);
  const Plan plan = net.plan({net.add(a, x)});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 1);
}

// What is added is a part of what it is added to.
TEST(SharedMemory, AnOperandThatIsAPartOfTheOther) {
  Net net(32);
  Value* x = net.unary("tanh", net.x);
  const auto parts = net.split(x, {1, 31});
  const Plan plan = net.plan({net.add(x, parts[0])});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 1);
}

// Cross-stage partial: the halves, and what was made of one of them, are joined: no copy at all.
TEST(SharedMemory, PartsJoinedAgainStayWhereTheyAre) {
  Net net(64);
  const auto parts = net.split(net.unary("tanh", net.x), {32, 32});
  Value* made = net.unary("tanh", parts[1]);
  const Plan plan = net.plan({net.concat({parts[0], parts[1], made})});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 2);
  EXPECT_EQ(player.joins, 3);
}

TEST(SharedMemory, PartsInAnotherOrderAreCopied) {
  Net net(64);
  const auto parts = net.split(net.unary("tanh", net.x), {32, 32});
  const Plan plan = net.plan({net.concat({parts[1], parts[0]}), net.unary("tanh", parts[0])});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.joins, 0);
}

// One half joined with something else: what lies beside the half must not be overwritten.
TEST(SharedMemory, AHalfJoinedWithAnotherIsCopied) {
  Net net(64);
  const auto parts = net.split(net.unary("tanh", net.x), {32, 32});
  Value* joined = net.concat({parts[0], net.unary("tanh", parts[1])});
  const Plan plan = net.plan({joined, net.unary("tanh", parts[1])});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.joins, 1);
}

TEST(SharedMemory, APartOfAPartOfAConcat) {
  Net net(32);
  Value* a = net.unary("tanh", net.x);
  Value* b = net.unary("tanh", a);
  const auto inner = net.split(b, {16, 16});
  Value* joined = net.concat({a, b});
  const auto parts = net.split(joined, {48, 16});
  const auto smaller = net.split(parts[0], {16, 32});
  Value* sum = net.add(net.unary("relu", parts[1]), net.unary("relu", inner[0]));
  const Plan plan = net.plan({sum, net.unary("relu", smaller[1]), net.unary("tanh", joined)});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 6);
  EXPECT_EQ(player.joins, 2);
}

// Row-major parts of the function's input are its outputs: read after the last step, never written.
TEST(SharedMemory, PartsOfTheInputAsOutputs) {
  Net net(32);
  const auto parts = net.split(net.x, {16, 16});
  Value* other = net.unary("relu", parts[0]);
  const Plan plan = net.plan({parts[0], parts[1], other});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 2);
  const TensorRecord& x = plan.tensors[static_cast<size_t>(plan.inputs[0].tensor)];
  const TensorRecord& second = plan.tensors[static_cast<size_t>(plan.outputs[1].tensor)];
  EXPECT_EQ(second.offset, x.offset + static_cast<uint64_t>(block_bytes(16)));
}

// A blocked part as an output is put into rows behind everything else.
TEST(SharedMemory, ABlockedPartAsOutput) {
  Net net(32);
  const auto parts = net.split(net.unary("tanh", net.x), {16, 16});
  Value* other = net.unary("relu", parts[0]);
  const Plan plan = net.plan({parts[1], other});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(player.views, 2);
}

/// Splits, joins and steps in place at random; gives the values that nobody needs to read as well.
Plan random_plan(testing::Draws& d) {
  Net net(kBlock * d.pick(1, 4));
  std::vector<Value*> values = {net.x, net.unary("tanh", net.x)};
  const auto any = [&] { return values[static_cast<size_t>(d.pick(0, 1000)) % values.size()]; };
  for (int step = d.pick(3, 14); step > 0; --step) {
    Value* v = any();
    const int64_t channels = v->shape()[1];
    const int choice = 5 - d.pick(0, 5);
    if (choice < 2 && channels > 1) {
      const auto most = static_cast<int>(channels - 1);
      const int64_t first = most >= kBlock && d.pick(0, 4) < 4
                                ? kBlock * d.pick(1, most / static_cast<int>(kBlock))
                                : d.pick(1, most);
      const auto parts = net.split(v, {first, channels - first});
      values.insert(values.end(), parts.begin(), parts.end());
      if (d.pick(0, 2) == 0) values.push_back(net.concat(parts));
    } else if (choice == 2 && channels < 200) {
      values.push_back(net.concat({v, any()}));
    } else if (choice == 3) {
      values.push_back(net.add(net.unary("relu", v), v));
    } else {
      values.push_back(net.unary(choice == 4 ? "relu" : "tanh", v));
    }
  }
  std::vector<Value*> outputs = {values.back()};
  if (Value* v = any(); v != outputs[0] && v != net.x) outputs.push_back(v);
  return net.plan(outputs);
}

TEST(SharedMemory, RandomNetworks) {
  int views = 0;
  int joins = 0;
  testing::for_all(400, 1, [&](testing::Draws& d) {
    const Plan plan = random_plan(d);
    Player player(plan);
    ASSERT_EQ(player.play(), "");
    views += player.views;
    joins += player.joins;
  });
  EXPECT_GT(views, 100);
  EXPECT_GT(joins, 100);
}

// What the first of them gives is read before the last of them stands.
TEST(RunsFirst, OutputsAreThereForTheirReaders) {
  Net net(32);
  Value* x = net.unary("tanh", net.x);
  Value* a = net.unary("exp", x);
  Value* b = net.unary("relu", a);
  Value* c = net.unary("exp", x);
  const Plan plan = net.plan({net.concat({b, c})});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(count(plan, "siblings"), 1);
  EXPECT_EQ(count(plan, "apart"), 1);
  EXPECT_EQ(player.joins, 2);
}

TEST(RunsFirst, NotWhereAnInputIsMadeLater) {
  Net net(32);
  Value* x = net.unary("tanh", net.x);
  Value* a = net.unary("exp", x);
  Value* z = net.unary("relu", x);
  const Plan plan = net.plan({net.add(a, z)});
  Player player(plan);
  EXPECT_EQ(player.play(), "");
  EXPECT_EQ(count(plan, "hasty"), 0);
  bool said = false;
  for (const ComputePlanStep& step : plan.report) {
    for (const KernelRefusal& r : step.refusals)
      said = said || (r.kernel == "hasty" && r.reason == "reads what is made between its ops");
  }
  EXPECT_TRUE(said);
}

}  // namespace
}  // namespace pome::plan
