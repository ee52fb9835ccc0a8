// Visits the ops of a program, those of inner blocks included.
#pragma once

#include <utility>
#include <vector>

#include "ir/program.h"
#include "pome/result.h"

namespace pome::passes {

/// Every block of a function, outer before inner.
inline std::vector<ir::Block*> all_blocks(ir::Function& function) {
  std::vector<ir::Block*> blocks = {&function.body};
  for (size_t i = 0; i < blocks.size(); ++i) {
    for (const auto& op : blocks[i]->ops())
      for (const auto& inner : op->blocks()) blocks.push_back(inner.get());
  }
  return blocks;
}

/// Every op of a function, in execution order within each block, outer blocks first.
inline std::vector<ir::Op*> all_ops(ir::Function& function) {
  std::vector<ir::Op*> ops;
  for (ir::Block* block : all_blocks(function))
    for (const auto& op : block->ops()) ops.push_back(op.get());
  return ops;
}

/// Every op of a function in execution order, those of inner blocks before the op that has them.
inline void add_ops_inside_out(const ir::Block& block, std::vector<ir::Op*>& ops) {
  for (const auto& op : block.ops()) {
    for (const auto& inner : op->blocks()) add_ops_inside_out(*inner, ops);
    ops.push_back(op.get());
  }
}

/// for_each_op(), ops of inner blocks before the op that has them.
template <typename Visit>
Status for_each_op_inside_out(const ir::Program& program, Visit visit) {
  for (const auto& [name, function] : program.functions) {
    std::vector<ir::Op*> ops;
    add_ops_inside_out(function->body, ops);
    for (ir::Op* op : ops) {
      Status status = visit(*function, *op);
      if (!status.ok()) return std::move(status).error().at(op->place()).at(name);
    }
  }
  return {};
}

/// Calls `visit(function, op)` -> Status for every op; an Error gets the places function and op.
template <typename Visit>
Status for_each_op(const ir::Program& program, Visit visit) {
  for (const auto& [name, function] : program.functions) {
    for (ir::Op* op : all_ops(*function)) {
      Status status = visit(*function, *op);
      if (!status.ok()) return std::move(status).error().at(op->place()).at(name);
    }
  }
  return {};
}

}  // namespace pome::passes
