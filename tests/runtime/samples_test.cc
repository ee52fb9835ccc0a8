// Every sample of every op, planned and run by a session: on the reference alone and on every
// instruction set that this machine has. The references themselves are held to outside goldens by
// tests/ops/golden_test.cc.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "cpu/backend.h"
#include "cpu/isa.h"
#include "ops/op_def.h"
#include "ops/sample.h"
#include "plan/planner.h"
#include "runtime/session.h"

namespace pome::runtime {
namespace {

struct Counts {
  int run = 0;
  int on_kernels = 0;
};

/// Terms that a result adds up: the size of the largest operand bounds it.
int64_t reduction_length(const ops::Args& args) {
  int64_t n = 1;
  for (const auto& slot : args.slots())
    for (const ops::Bound& b : slot)
      if (b.type.is_tensor() && b.type.shape().known()) n = std::max(n, b.type.shape().elements());
  return n;
}

void expect_near(const ops::OwnedTensor& want, const ops::TensorView& got, int64_t n,
                 const std::string& place) {
  const ops::TensorView w = want.view();
  ASSERT_EQ(w.shape, got.shape) << place;
  double scale = 0;
  for (int64_t i = 0; i < w.elements(); ++i) {
    if (std::isfinite(w.real(i))) scale = std::max(scale, std::abs(w.real(i)));
  }
  for (int64_t i = 0; i < w.elements(); ++i) {
    const double a = w.real(i);
    const double b = got.real(i);
    if (std::isnan(a) && std::isnan(b)) continue;
    if (a == b) continue;
    // Vector math is good to a few units in the last place (docs/numerics.md).
    const double allowed = 16 * ops::tolerance(w.dtype, a, scale, n);
    ASSERT_LE(std::abs(a - b), allowed)
        << place << " element " << i << ": " << b << " instead of " << a;
  }
}

void run_sample(const ops::OpDef& def, std::string_view line, const ops::Backend* backend,
                Counts& counts) {
  const std::string place = std::string(def.name) + " " + std::string(line) +
                            (backend ? " on " + std::string(backend->isa) : " on the reference");
  auto sample = ops::make_sample(def, line);
  ASSERT_TRUE(sample.ok()) << place << ": " << sample.error().to_string();
  const auto& outputs = sample->function().body.outputs();
  const bool all_tensors = std::all_of(outputs.begin(), outputs.end(), [](const ir::Value* v) {
    return v->type().is_tensor() && v->type().dtype() != ir::DType::kString && v->shape().known();
  });
  if (!all_tensors) return;
  auto want = ops::run_reference(def, *sample);
  ASSERT_TRUE(want.ok()) << place << ": " << want.error().to_string();
  ThreadPool pool(2);
  plan::PlanOptions options;
  options.backend = backend;
  options.threads = pool.threads();
  auto plan = plan::make_plan(sample->function(), options);
  ASSERT_TRUE(plan.ok()) << place << ": " << plan.error().to_string();
  auto session = Session::create(*plan, backend, &pool);
  ASSERT_TRUE(session.ok()) << place << ": " << session.error().to_string();
  for (size_t i = 0; i < sample->inputs.size(); ++i) {
    const auto bytes = sample->inputs[i].data.bytes();
    if (bytes.size() > 0)
      std::memcpy((*session)->memory(plan->inputs[i].tensor), bytes.data(), bytes.size());
  }
  Status done = (*session)->run();
  ASSERT_TRUE(done.ok()) << place << ": " << done.error().to_string();
  auto args = ops::bind_sample(def, *sample);
  ASSERT_TRUE(args.ok());
  ASSERT_EQ(plan->outputs.size(), want->size()) << place;
  for (size_t i = 0; i < want->size(); ++i) {
    expect_near((*want)[i], (*session)->view(plan->outputs[i].tensor), reduction_length(*args),
                place);
  }
  ++counts.run;
  for (const plan::Step& step : plan->steps)
    if (step.kind == plan::StepKind::kKernel) ++counts.on_kernels;
}

void run_all(const ops::Backend* backend, Counts& counts) {
  for (const ops::OpDef* def : ops::all()) {
    if (def->is(ops::kRandom) || def->is(ops::kHost)) continue;
    for (std::string_view line : def->samples) run_sample(*def, line, backend, counts);
  }
}

TEST(Samples, OnTheReference) {
  Counts counts;
  run_all(nullptr, counts);
  EXPECT_GT(counts.run, 100);
  EXPECT_EQ(counts.on_kernels, 0);
}

class OnIsa : public ::testing::TestWithParam<cpu::Isa> {};

TEST_P(OnIsa, EverySample) {
  if (!cpu::runs_here(GetParam())) GTEST_SKIP() << "this CPU lacks " << cpu::name(GetParam());
  Counts counts;
  run_all(cpu::backend(GetParam()), counts);
  EXPECT_GT(counts.run, 100);
  EXPECT_GT(counts.on_kernels, 50);
  std::printf("%s: %d samples, %d kernel steps\n", std::string(cpu::name(GetParam())).c_str(),
              counts.run, counts.on_kernels);
}

INSTANTIATE_TEST_SUITE_P(Cpu, OnIsa,
                         ::testing::Values(cpu::Isa::kSse4, cpu::Isa::kAvx2, cpu::Isa::kAvx512,
                                           cpu::Isa::kNeon),
                         [](const auto& isa) { return std::string(cpu::name(isa.param)); });

}  // namespace
}  // namespace pome::runtime
