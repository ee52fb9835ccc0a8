// Parts of a program that can be computed in another order of axes.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/program.h"
#include "passes/permutation.h"
#include "passes/rewriter.h"

namespace pome::passes {

/// Ops that are connected with one another and read, besides constants, only results of transposes
/// by one permutation and of one another. All of them can be computed on what stands before those
/// transposes, with their axes renamed and their constants transposed the other way; what others
/// read of them is transposed afterwards.
class TransposeRegion {
 public:
  /// All regions of the function's outermost block for a permutation.
  static std::vector<TransposeRegion> find(Rewriter& rewriter, const Permutation& perm);

  /// Elements that transposes move less when the region is rewritten; <= 0: not worth it.
  double gain(const Rewriter& rewriter) const;
  /// Rewrites it. What was there before is left unread.
  Status apply(Rewriter& rewriter) const;

 private:
  bool contains(const ir::Op* op) const { return members_.count(op) != 0; }
  /// Is a result read by an op outside that is no transpose, or is it an output of the function?
  bool leaves(const Rewriter& rewriter, const ir::Value* value) const;
  Result<ir::Value*> inner_constant(ops::Builder& builder, const ir::Operand& operand) const;
  Result<ir::Op*> inner_op(Rewriter& rewriter, const ir::Op& op,
                           const std::unordered_map<const ir::Value*, ir::Value*>& inner) const;

  Permutation perm_;
  std::vector<ir::Op*> ops_;  // in execution order
  std::unordered_set<const ir::Op*> members_;
  std::vector<ir::Op*> sources_;  // the transposes that they read
};

}  // namespace pome::passes
