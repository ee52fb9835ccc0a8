// docs/adding-an-op.md builds what it says: its op agrees with the stored golden of the op of that
// name, and its kernel row, in a backend of its own, is chosen and agrees with the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cpu/backend.h"
#include "cpu/isa.h"
#include "ops/sample.h"
#include "plan/planner.h"
#include "runtime/session.h"
#include "tests/docs/softsign.h"
#include "tests/ops/golden_file.h"

namespace pome::docs {
namespace {

void expect_near(const ops::TensorView& got, const std::vector<double>& want, double slack) {
  ASSERT_EQ(got.elements(), static_cast<int64_t>(want.size()));
  for (size_t i = 0; i < want.size(); ++i) {
    const double limit = slack * ops::tolerance(got.dtype, want[i]);
    EXPECT_NEAR(got.real(static_cast<int64_t>(i)), want[i], limit) << "element " << i;
  }
}

/// Two elements of different value: an op that copies its input or answers a constant is told.
bool says_something(const std::vector<double>& want) {
  return std::any_of(want.begin(), want.end(), [&](double v) { return v != want[0]; });
}

TEST(AddingAnOp, ReferenceAgreesWithTheGolden) {
  ops::GoldenFile goldens;
  ASSERT_NO_FATAL_FAILURE(
      ops::read_golden_file(POME_SOURCE_DIR "/tests/data/goldens/activation.golden", goldens));
  int telling = 0;
  for (const ops::OpDef& def : family()) {
    for (const std::string_view line : def.samples) {
      SCOPED_TRACE(line);
      const auto sample = ops::make_sample(def, line);
      ASSERT_TRUE(sample.ok()) << sample.error().to_string();
      const auto outputs = ops::run_reference(def, *sample);
      ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
      const auto golden = goldens.find(std::string(def.name) + " ios15\t" + std::string(line));
      ASSERT_NE(golden, goldens.end());
      expect_near(outputs->at(0).view(), golden->second.at(0).values, 1);
      telling += says_something(golden->second[0].values) ? 1 : 0;
    }
  }
  EXPECT_GE(telling, 3);
}

void run_on(cpu::Isa isa, const ops::OpDef& def, std::string_view line, int& on_the_row) {
  const auto sample = ops::make_sample(def, line);
  ASSERT_TRUE(sample.ok()) << sample.error().to_string();
  const auto want = ops::run_reference(def, *sample);
  ASSERT_TRUE(want.ok()) << want.error().to_string();
  ops::Backend backend = *cpu::backend(isa);
  backend.rows = rows();
  ThreadPool pool(2);
  plan::PlanOptions options;
  options.backend = &backend;
  options.threads = pool.threads();
  const auto plan = plan::make_plan(sample->function(), options);
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  const auto session = runtime::Session::create(*plan, &backend, &pool);
  ASSERT_TRUE(session.ok()) << session.error().to_string();
  const auto bytes = sample->inputs[0].data.bytes();
  if (!bytes.empty())
    std::memcpy((*session)->memory(plan->inputs[0].tensor), bytes.data(), bytes.size());
  ASSERT_TRUE((*session)->run().ok());
  std::vector<double> values;
  const ops::TensorView view = want->at(0).view();
  for (int64_t i = 0; i < view.elements(); ++i) values.push_back(view.real(i));
  expect_near((*session)->view(plan->outputs[0].tensor), values, 4);
  for (const plan::Step& step : plan->steps)
    if (step.kind == plan::StepKind::kKernel && step.kernel == rows()[0].name) ++on_the_row;
}

TEST(AddingAnOp, TheRowIsChosenAndAgreesWithTheReference) {
  int isas = 0;
  for (cpu::Isa isa : {cpu::Isa::kSse4, cpu::Isa::kAvx2, cpu::Isa::kAvx512, cpu::Isa::kNeon}) {
    if (!cpu::runs_here(isa)) continue;
    ++isas;
    SCOPED_TRACE(cpu::name(isa));
    int on_the_row = 0;
    for (const ops::OpDef& def : family())
      for (const std::string_view line : def.samples) run_on(isa, def, line, on_the_row);
    EXPECT_EQ(on_the_row, 4) << "of five samples one is fp16, which the row refuses";
  }
  if (isas == 0) GTEST_SKIP() << "this CPU has none of the kernels' instruction sets";
}

}  // namespace
}  // namespace pome::docs
