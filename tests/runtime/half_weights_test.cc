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

/// A constant of numbers that fp16 holds exactly.
std::string constant(const std::vector<int>& dims, int& next) {
  if (dims.empty()) return std::to_string((next = next * 77 % 1009) - 504);
  std::string text = "[";
  for (int i = 0; i < dims[0]; ++i)
    text += (i > 0 ? ", " : "") + constant({dims.begin() + 1, dims.end()}, next);
  return text + "]";
}

/// A linear layer, a product with a constant and a convolution of one pixel.
std::string text_of(int rows) {
  const auto tensor = [](const std::string& extents) { return "tensor<fp32, [" + extents + "]>"; };
  const std::string n = std::to_string(rows);
  int next = 5;
  std::string text = "program(1.0)\n{\nfunc main<ios15>(" + tensor(n + ", 40") + " x) {\n";
  text += tensor(n + ", 32") + " a = linear(weight = " + tensor("32, 40") + "(" +
          constant({32, 40}, next) + "), x = x);\n";
  text += tensor(n + ", 32") + " b = matmul(x = a, y = " + tensor("32, 32") + "(" +
          constant({32, 32}, next) + "));\n";
  text += tensor(n + ", 32, 1, 1") + " c = reshape(shape = tensor<int32, [4]>([" + n +
          ", 32, 1, 1]), x = b);\n";
  text += tensor(n + ", 16, 1, 1") + " y = conv(weight = " + tensor("16, 32, 1, 1") + "(" +
          constant({16, 32, 1, 1}, next) + "), x = c);\n";
  return text + "} -> (y);\n}";
}

/// The weights become what the importers make of fp16 constants. Returns how many.
int store_as_halves(ir::Program& program) {
  int changed = 0;
  for (const auto& op : program.function("main")->body.ops()) {
    const char* param = op->kind() == "matmul" ? "y" : "weight";
    const ir::Literal* weight = op->constant(param);
    if (weight == nullptr) continue;
    std::vector<uint16_t> halves;
    for (const float value : weight->to_floats()) halves.push_back(float_to_half(value));
    auto values = AlignedBuffer::allocate(weight->bytes().size());
    EXPECT_TRUE(values.ok());
    std::memcpy(values->data(), weight->bytes().data(), weight->bytes().size());
    ir::LiteralPtr widened = ir::Literal::widened(
        *std::move(values),
        ir::Literal::copy(ir::Type::tensor(ir::DType::kFp16, weight->type().shape()),
                          std::span<const uint16_t>(halves)));
    op->set_argument(param, {widened});
    ++changed;
  }
  return changed;
}

struct Compiled {
  uint64_t packed_bytes = 0;
  std::vector<float> y;
};

Compiled run(bool halves, int rows, cpu::Isa isa) {
  auto program = ir::parse(text_of(rows));
  EXPECT_TRUE(program.ok()) << program.error().to_string();
  if (halves) {
    EXPECT_EQ(store_as_halves(**program), 3);
  }
  plan::PlanOptions options;
  options.backend = cpu::backend(isa);
  options.threads = 1;
  auto plan = plan::make_plan(*(*program)->function("main"), options);
  EXPECT_TRUE(plan.ok()) << plan.error().to_string();
  ThreadPool pool(1);
  auto session = Session::create(*plan, cpu::backend(isa), &pool);
  EXPECT_TRUE(session.ok());
  auto* x = reinterpret_cast<float*>((*session)->memory(plan->inputs[0].tensor));
  for (int i = 0; i < rows * 40; ++i) x[i] = static_cast<float>(i % 13) * 0.3f - 1.7f;
  EXPECT_TRUE((*session)->run().ok());
  Compiled compiled{plan->packed_bytes(), std::vector<float>(static_cast<size_t>(rows) * 16)};
  std::memcpy(compiled.y.data(), (*session)->memory(plan->outputs[0].tensor),
              compiled.y.size() * sizeof(float));
  return compiled;
}

TEST(HalfWeights, TakeHalfTheMemoryAndGiveTheSame) {
  for (cpu::Isa isa : {cpu::Isa::kSse4, cpu::Isa::kAvx2, cpu::Isa::kAvx512, cpu::Isa::kNeon}) {
    if (!cpu::runs_here(isa)) continue;
    for (int rows : {1, 2, 60}) {
      const Compiled half = run(true, rows, isa);
      const Compiled single = run(false, rows, isa);
      const bool kept = isa != cpu::Isa::kSse4 && rows < 60;
      EXPECT_EQ(single.packed_bytes - half.packed_bytes,
                kept ? (32 * 40 + 32 * 32 + 16 * 32) * 2u : 0u)
          << cpu::name(isa) << ", " << rows << " rows";
      EXPECT_EQ(half.y, single.y) << cpu::name(isa) << ", " << rows << " rows";
    }
  }
}

}  // namespace
}  // namespace pome::runtime
