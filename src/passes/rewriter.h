// What the passes change programs with.
#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/program.h"
#include "ops/builder.h"
#include "ops/op_def.h"

namespace pome::passes {

/// One function while a pass changes it. Knows which values are outputs and which ops it has
/// erased, so that a pass can walk a list of ops that it made before.
///
/// Example: `for (ir::Op* op : rewriter.ops()) if (rewriter.alive(op)) ...`
class Rewriter {
 public:
  explicit Rewriter(ir::Function& function);

  ir::Function& function() { return function_; }
  /// The ops as they were when the Rewriter was made, in execution order within each block.
  const std::vector<ir::Op*>& ops() const { return ops_; }
  bool alive(const ir::Op* op) const { return gone_.count(op) == 0; }
  /// The op's definition; null when there is none.
  const ops::OpDef* def(const ir::Op& op) const { return ops::find(op.kind(), function_.opset); }

  /// A builder that adds ops just before `op`. Its status tells of errors at the end: finish().
  ops::Builder& before(const ir::Op& op);
  /// The builder's status, for the end of the pass.
  Status finish() const { return builder_.status(); }

  bool is_output(const ir::Value* value) const { return outputs_.count(value) != 0; }
  /// The only reader of a value that is no output of any block; else null.
  ir::Op* sole_user(const ir::Value* value) const {
    return value->users().size() == 1 && !is_output(value) ? value->users()[0] : nullptr;
  }
  /// True when replace(from, to) would leave no use of `from`.
  bool can_replace(const ir::Value* from, const ir::Value* to) const;
  /// Lets everyone read `to` instead of `from`. Where `from` is an output of the function, `to`
  /// takes over its place and name; when it cannot, being an input or an output itself, `from`
  /// stays for that one use.
  void replace(ir::Value* from, ir::Value* to);
  /// Gives `value` the name of a value that it has replaced everywhere.
  void take_name(ir::Value* value, ir::Value* replaced);
  /// Erases an op when nobody reads its results, and then those of its producers that this leaves
  /// unread.
  void erase_if_unread(ir::Op* op);

 private:
  bool unread(const ir::Op& op) const;

  ir::Function& function_;
  std::vector<ir::Op*> ops_;
  std::unordered_set<const ir::Op*> gone_;
  std::unordered_map<const ir::Value*, std::vector<ir::Block*>> outputs_;
  ops::Builder builder_;
};

/// Runs `pass(rewriter)` -> Status on every function of a program, with its name as place.
template <typename Pass>
Status rewrite(ir::Program& program, Pass pass) {
  for (const auto& [name, function] : program.functions) {
    Rewriter rewriter(*function);
    Status status = pass(rewriter);
    if (status.ok()) status = rewriter.finish();
    if (!status.ok()) return std::move(status).error().at(name);
  }
  return {};
}

/// True for ops whose results may not be recomputed, dropped or shared: with a state, random, with
/// blocks, or without outputs.
bool has_effects(const ops::OpDef* def, const ir::Op& op);

}  // namespace pome::passes
