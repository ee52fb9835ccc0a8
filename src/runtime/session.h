// Runs a Plan over an arena of its own.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/thread_pool.h"
#include "ops/kernel.h"
#include "ops/op_def.h"
#include "plan/plan.h"
#include "pome/result.h"

namespace pome::runtime {

/// One arena with a plan's steps bound to it. For one thread at a time; several sessions may share
/// plan and pool. After create(), run() allocates nothing.
class Session {
 public:
  /// Finds the plan's kernels in `backend` (null when the plan has none) and the op table. The
  /// plan, backend and pool must outlive the session. kInternal when a kernel or its version is not
  /// there.
  static Result<std::unique_ptr<Session>> create(const plan::Plan& plan,
                                                 const ops::Backend* backend, ThreadPool* pool);

  /// The memory of a tensor, by its position in Plan::tensors. Inputs are written there before
  /// run(), outputs read after.
  std::byte* memory(int tensor);
  ops::TensorView view(int tensor);

  /// Runs all steps. Fails only where an op found its data out of range; the place is the op's; and
  /// with kCancelled between two steps when the token asks for it.
  Status run(const std::stop_token& cancellation = {});
  /// The same, adding each step's duration in milliseconds to `milliseconds` (one entry a step).
  Status run_timed(std::span<double> milliseconds);

  const plan::Plan& plan() const { return *plan_; }

 private:
  struct BoundStep {
    void (*run)(const void*, const ops::RunContext&) noexcept = nullptr;
    const void* params = nullptr;
    ops::RunContext context;
    ops::ReferenceFn reference = nullptr;
    std::unique_ptr<ops::Args> args;
    std::vector<ops::TensorView> outputs;
    std::vector<ir::LiteralPtr> literals;  // keeps what args point at
  };

  Session() = default;
  Status bind(const plan::Step& step, const ops::Backend* backend, ThreadPool* pool);
  Status bind_reference(const plan::Step& step, BoundStep& bound);
  Status run_step(size_t i);

  const plan::Plan* plan_ = nullptr;
  AlignedBuffer arena_;
  std::vector<BoundStep> steps_;
  // Pointer tables that the RunContexts point into; sized before binding, never moved after.
  std::vector<std::byte*> pointers_;
  std::vector<const std::byte*> packed_;
  std::vector<const std::byte*> read_pointers_;
};

}  // namespace pome::runtime
