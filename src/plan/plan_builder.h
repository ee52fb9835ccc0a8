// Collects the tensors, steps and constants of a plan while it is made.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ir/program.h"
#include "ops/kernel.h"
#include "ops/op_def.h"
#include "plan/blob_pool.h"
#include "plan/plan.h"
#include "pome/result.h"

namespace pome::plan {

/// Keeps which tensor holds which value in which layout, adds the reorders between, and at the end
/// places and packs everything. Used by one make_plan(); the program must outlive it.
class PlanBuilder {
 public:
  /// Large packed weights go to `blobs`, where there is one.
  PlanBuilder(const ops::Backend* backend, uint64_t memory_limit, BlobPool* blobs)
      : backend_(backend), memory_limit_(memory_limit), blobs_(blobs) {}

  /// A function input: plain, written before the first step.
  int add_input(const ir::Value* value);
  /// The layout in which a value exists; plain for constants and values not made yet.
  ops::Layout layout(const ir::Value* value) const;

  /// Adds a step for a kernel's offer.
  Status add_kernel(const ops::KernelRow& row, const ops::Candidate& candidate,
                    std::vector<KernelRefusal> refusals);
  /// Adds a step that runs the op's reference.
  Status add_reference(const ops::OpDef& def, const ir::Op& op, const ops::Args& args,
                       std::vector<KernelRefusal> refusals);
  /// Makes `output` the same memory as `input` under another shape.
  Status add_view(const ir::Value* input, const ir::Value* output);

  /// The plain tensor of a value (reordered or made constant where needed).
  Result<int> plain(const ir::Value* value);
  /// Marks a tensor as read after the last step.
  void keep(int tensor);
  /// Places all steps' tensors in the arena. No step may be added afterwards.
  Status place();
  /// Lays out and fills the constants, after place(). The builder is spent.
  Result<Plan> pack();

  Plan& plan() { return plan_; }
  /// Of all constants so far, those in blobs included.
  uint64_t constant_bytes() const { return constant_bytes_ + blob_bytes_; }

 private:
  /// Memory with a lifetime. One tensor or several lie in it.
  struct Storage {
    uint64_t bytes = 0;
    int first = 0;
    int last = 0;
  };
  /// Where a tensor lies: `offset` bytes into a storage; -1 for constants.
  struct Place {
    int storage = -1;
    uint64_t offset = 0;
  };
  struct Fill {
    uint64_t offset;
    std::function<void(std::byte*)> write;
  };

  Result<int> tensor(const ir::Value* value, ops::Layout layout);
  Result<int> reorder(const ir::Value* value, int from, ops::Layout to);
  Result<int> add_tensor(const ir::Type& type, ops::Layout layout);
  Result<int> add_constant(const ir::Literal& literal);
  Result<uint64_t> reserve(uint64_t bytes, std::function<void(std::byte*)> write);
  Result<PackedRecord> add_packed(const ops::PackedConstant& packed);
  void read_at_current_step(int tensor);
  int current_step() const { return static_cast<int>(plan_.steps.size()); }
  bool whole(int tensor) const;
  bool fits_whole(const Step& step, const std::vector<int64_t>& places, size_t input) const;
  void embed(const Step& step, const std::vector<int64_t>& places);
  void put_inside(int input, int output, int64_t place);
  void merge_in_place();
  uint64_t traffic(const Step& step, const ops::Candidate& candidate) const;
  void push(Step step, ComputePlanStep report, bool in_place);

  const ops::Backend* backend_;
  uint64_t memory_limit_;
  BlobPool* blobs_;
  uint64_t blob_bytes_ = 0;
  Plan plan_;
  std::map<std::pair<const ir::Value*, ops::Layout>, int> tensors_;
  std::map<const ir::Value*, ops::Layout> made_;
  std::map<const ir::Literal*, int> constants_;
  std::vector<Place> places_;  // by tensor
  std::vector<Storage> storages_;
  std::vector<bool> in_place_;  // by step
  std::vector<Fill> fills_;
  std::vector<ops::PackedConstant> shared_;  // what becomes Plan::blobs
  uint64_t constant_bytes_ = 0;
};

/// Sets the cost weights of a plan's steps from their flops and bytes.
void weigh_steps(std::vector<ComputePlanStep>& steps);

}  // namespace pome::plan
