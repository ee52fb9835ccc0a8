// Weights that a model stores as fp16 stay so where reading them is what takes the time.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/half.h"
#include "cpu/backend.h"
#include "ir/parser.h"
#include "plan/planner.h"
#include "runtime/session.h"

namespace pome::runtime {
namespace {

std::string tensor(const std::string& extents) { return "tensor<fp32, [" + extents + "]>"; }

/// Numbers in [-1, 1], nested as a constant of these extents is written.
std::string numbers(const std::vector<int>& extents, int& next) {
  if (extents.empty()) return std::to_string(((next = next * 77 % 1009) - 504) / 504.0);
  std::string text = "[";
  for (int i = 0; i < extents[0]; ++i)
    text += (i > 0 ? ", " : "") + numbers({extents.begin() + 1, extents.end()}, next);
  return text + "]";
}

std::string constant(const std::vector<int>& extents) {
  std::string list;
  int next = 5;
  for (const int n : extents) list += (list.empty() ? "" : ", ") + std::to_string(n);
  return tensor(list) + "(" + numbers(extents, next) + ")";
}

std::string program_of(const std::string& input, const std::string& body) {
  return "program(1.0)\n{\nfunc main<ios15>(" + input + " x) {\n" + body + "} -> (y);\n}";
}

/// A linear layer, a product with a constant and a convolution of one pixel.
std::string products(int rows) {
  const std::string n = std::to_string(rows);
  return program_of(tensor(n + ", 40"),
                    tensor(n + ", 32") + " a = linear(weight = " + constant({32, 40}) +
                        ", x = x);\n" + tensor(n + ", 32") +
                        " b = matmul(x = a, y = " + constant({32, 32}) + ");\n" +
                        tensor(n + ", 32, 1, 1") + " c = reshape(shape = tensor<int32, [4]>([" + n +
                        ", 32, 1, 1]), x = b);\n" + tensor(n + ", 16, 1, 1") +
                        " y = conv(weight = " + constant({16, 32, 1, 1}) + ", x = c);\n");
}

/// 16 numbers of state, two steps.
std::string recurrence(const std::string& kind) {
  const bool lstm = kind == "lstm";
  const int gates = lstm ? 64 : 48;
  const std::string state = tensor("1, 16");
  return program_of(
      tensor("2, 1, 40"),
      state + " s = const()[val = " + constant({1, 16}) + "];\n" + tensor("2, 1, 16") + " y, " +
          state + " h" + (lstm ? ", " + state + " c" : "") + " = " + kind + "(" +
          (lstm ? "initial_c = s, " : "") +
          "initial_h = s, output_sequence = bool(true), weight_hh = " + constant({gates, 16}) +
          ", weight_ih = " + constant({gates, 40}) + ", x = x);\n");
}

/// Weights are rounded to fp16 and become what the importers make of constants that the model
/// stores so, or plain fp32 ones of the same numbers. Returns how many.
int round_weights(ir::Program& program, bool stored) {
  int changed = 0;
  for (const auto& op : program.function("main")->body.ops()) {
    for (const char* param : {"weight", "weight_ih", "weight_hh", "y"}) {
      const ir::Literal* weight = op->constant(param);
      if (weight == nullptr) continue;
      const Shape& shape = weight->type().shape();
      std::vector<uint16_t> halves;
      auto values = AlignedBuffer::allocate(weight->bytes().size()).value();
      for (const float value : weight->to_floats()) {
        halves.push_back(float_to_half(value));
        values.as<float>()[halves.size() - 1] = half_to_float(halves.back());
      }
      op->set_argument(param,
                       {stored ? ir::Literal::widened(
                                     std::move(values),
                                     ir::Literal::copy(ir::Type::tensor(ir::DType::kFp16, shape),
                                                       std::span<const uint16_t>(halves)))
                               : ir::Literal::own(weight->type(), std::move(values))});
      ++changed;
    }
  }
  return changed;
}

struct Compiled {
  uint64_t packed_bytes = 0;
  std::vector<float> y;
};

Compiled run(const std::string& text, bool stored, int weights, cpu::Isa isa) {
  auto program = ir::parse(text);
  EXPECT_TRUE(program.ok()) << program.error().to_string();
  EXPECT_EQ(round_weights(**program, stored), weights);
  plan::PlanOptions options;
  options.backend = cpu::backend(isa);
  options.threads = 1;
  auto plan = plan::make_plan(*(*program)->function("main"), options);
  EXPECT_TRUE(plan.ok()) << plan.error().to_string();
  ThreadPool pool(1);
  auto session = Session::create(*plan, cpu::backend(isa), &pool);
  EXPECT_TRUE(session.ok());
  const ir::Block& body = (*program)->function("main")->body;
  auto* x = reinterpret_cast<float*>((*session)->memory(plan->inputs[0].tensor));
  for (int64_t i = 0; i < body.inputs()[0]->shape().elements(); ++i)
    x[i] = static_cast<float>(i % 13) * 0.03f - 0.17f;
  EXPECT_TRUE((*session)->run().ok());
  Compiled compiled{plan->packed_bytes(), {}};
  compiled.y.resize(static_cast<size_t>(body.outputs()[0]->shape().elements()));
  std::memcpy(compiled.y.data(), (*session)->memory(plan->outputs[0].tensor),
              compiled.y.size() * sizeof(float));
  return compiled;
}

/// The packed weights shrink by `saved` bytes where the instruction set converts, and results stay.
void check(const std::string& text, int weights, uint64_t saved) {
  for (cpu::Isa isa : {cpu::Isa::kSse4, cpu::Isa::kAvx2, cpu::Isa::kAvx512, cpu::Isa::kNeon}) {
    if (!cpu::runs_here(isa)) continue;
    SCOPED_TRACE(cpu::name(isa));
    const Compiled half = run(text, true, weights, isa);
    const Compiled single = run(text, false, weights, isa);
    EXPECT_EQ(single.packed_bytes - half.packed_bytes, isa == cpu::Isa::kSse4 ? 0 : saved);
    EXPECT_EQ(half.y, single.y);
  }
}

TEST(HalfWeights, ProductsTakeHalfTheMemoryAndGiveTheSame) {
  check(products(1), 3, (32 * 40 + 32 * 32 + 16 * 32) * 2);
  check(products(2), 3, (32 * 40 + 32 * 32 + 16 * 32) * 2);
  check(products(60), 3, 0);
}

TEST(HalfWeights, RecurrentLayersTakeHalfTheMemoryAndGiveTheSame) {
  check(recurrence("lstm"), 2, 64 * (40 + 16) * 2);
  check(recurrence("gru"), 2, 48 * (40 + 16) * 2);
}

}  // namespace
}  // namespace pome::runtime
