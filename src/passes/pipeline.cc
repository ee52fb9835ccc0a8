#include "passes/pipeline.h"

#include <string>

#include "base/try.h"
#include "ir/verifier.h"
#include "passes/passes.h"
#include "passes/verify_ops.h"

namespace pome::passes {
namespace {

struct Entry {
  Pass pass;
  bool when_emulating;  // runs under emulate_float16 too: skips no rounding
  bool keeps_ops = false;
};

constexpr Entry kEntries[] = {
    {{"infer_types", infer_types}, true, true},
    {{"states_to_values", states_to_values}, true, true},
    {{"remove_dead_code", remove_dead_code}, true, true},
    {{"widen_fp16", widen_fp16}, false, true},
    {{"remove_identities", remove_identities}, true},
    {{"fold_constants", fold_constants}, true},
    {{"canonical_arithmetic", canonical_arithmetic}, false},
    {{"canonical_clip", canonical_clip}, false},
    {{"merge_transposes", merge_transposes}, true},
    {{"move_transposes", move_transposes}, true},
    {{"merge_reshapes", merge_reshapes}, true},
    {{"fold_into_previous_conv", fold_into_previous_conv}, false},
    {{"fold_into_next_conv", fold_into_next_conv}, false},
    {{"share_constants", share_constants}, true},
    {{"remove_dead_code", remove_dead_code}, true, true},
    {{"infer_types", infer_types}, true, true},
};

Status check(const ir::Program& program, std::string_view pass) {
  Status status = ir::verify(program);
  if (status.ok()) status = verify_ops(program);
  if (status.ok()) return {};
  const Error& e = status.error();
  return Error(ErrorCode::kInternal,
               "the pass " + std::string(pass) + " left an invalid program: " + e.to_string());
}

}  // namespace

std::vector<Pass> pipeline(const PipelineOptions& options) {
  std::vector<Pass> passes;
  for (const Entry& entry : kEntries)
    if ((entry.when_emulating || !options.emulate_float16) &&
        (entry.keeps_ops || !options.keep_ops))
      passes.push_back(entry.pass);
  return passes;
}

Status run_pipeline(ir::Program& program, const PipelineOptions& options) {
  POME_TRY(ir::verify(program));
  for (const Pass& pass : pipeline(options)) {
    POME_TRY(pass.run(program));
    if (options.verify) POME_TRY(check(program, pass.name));
  }
  return {};
}

}  // namespace pome::passes
