// The passes in order.
#pragma once

#include <span>
#include <vector>

#include "passes/pass.h"

namespace pome::passes {

struct PipelineOptions {
  /// Keep fp16 values fp16, so that every op rounds as the real device does; folding and fusion,
  /// which would skip roundings, are off.
  bool emulate_float16 = false;
  /// Only what running needs: every op of the model that something depends on stays as it is, so
  /// that its result can be looked at.
  bool keep_ops = false;
#ifdef POME_VERIFY
  bool verify = true;
#else
  /// Check the program after every pass (always done before the first). On in builds with
  /// POME_VERIFY.
  bool verify = false;
#endif
};

/// The passes that run, in order.
std::vector<Pass> pipeline(const PipelineOptions& options = {});

/// Checks the program (ir::verify; infer_types checks the ops) and runs the pipeline on it. The
/// result has the same functions with inputs and outputs of the same names and types (but for
/// states: see states_to_values), and is what plan::make_plan wants. Errors: an invalid program,
/// with function and op as places; a pass that left one is kInternal and names the pass.
Status run_pipeline(ir::Program& program, const PipelineOptions& options = {});

}  // namespace pome::passes
