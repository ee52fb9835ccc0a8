// Programs with branches, loops, lists and sizes that are data, made by the bytes: each runs to its
// end or is an error, within its limits, and gives the same where parts of it run as plans.
#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>

#include "cpu/backend.h"
#include "cpu/isa.h"
#include "fuzz/program_text.h"
#include "ir/parser.h"
#include "ir/verifier.h"
#include "runtime/interpreter.h"

namespace pome {
namespace {

constexpr int64_t kElements = fuzz::ProgramText::kElements;
constexpr uint64_t kMemory = 1 << 20;

/// How a run ended; the shape and the values where it ended well.
struct Outcome {
  bool ok = false;
  Shape shape;
  std::vector<double> values;
};

Outcome run(const runtime::HostProgram& host, runtime::RegionCache* regions) {
  runtime::InterpreterLimits limits;
  limits.memory = kMemory;
  limits.instructions = 400;
  runtime::Interpreter interpreter(host, limits, regions);
  const auto input = interpreter.input(0, ir::Type::tensor(ir::DType::kFp32, {kElements}));
  if (!input.ok()) std::abort();
  for (int64_t i = 0; i < kElements; ++i) input->set_real(i, static_cast<double>(i) - 1);
  if (!interpreter.run().ok()) return {};
  const auto output = interpreter.output(0);
  if (!output.ok()) std::abort();
  Outcome outcome = {true, (*output)->type().shape(), {}};
  const ops::TensorView view = (*output)->view();
  for (int64_t i = 0; i < view.elements(); ++i) outcome.values.push_back(view.real(i));
  return outcome;
}

bool near(double a, double b) {
  if (!std::isfinite(a) || !std::isfinite(b)) return std::isfinite(a) == std::isfinite(b);
  return std::abs(a - b) <= 1e-4 * (1 + std::abs(a));
}

bool same(const Outcome& a, const Outcome& b) {
  if (a.ok != b.ok || !(a.shape == b.shape) || a.values.size() != b.values.size()) return false;
  for (size_t i = 0; i < a.values.size(); ++i)
    if (!near(a.values[i], b.values[i])) return false;
  return true;
}

void check(const std::string& text) {
  auto program = ir::parse(text);
  if (!program.ok() || !ir::verify(**program).ok()) return;
  auto host = runtime::make_host_program(*std::move(program));
  if (!host.ok()) return;
  static ThreadPool pool(1);
  runtime::RegionOptions options;
  options.plan.backend = cpu::backend(cpu::choose_isa().value());
  options.plan.memory_limit = kMemory;
  options.pool = &pool;
  runtime::RegionCache regions(**host, options);
  const Outcome want = run(**host, nullptr);
  // The first run with regions compiles them, the second takes what is there.
  for (int i = 0; i < 2; ++i)
    if (!same(want, run(**host, &regions))) std::abort();
}

}  // namespace
}  // namespace pome

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider choices(data, size);
  pome::check(pome::fuzz::ProgramText(choices).text());
  return 0;
}
