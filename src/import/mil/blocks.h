// Blocks and operations of ML programs.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "import/mil/values.h"
#include "ir/program.h"
#include "ops/op_def.h"
#include "pome/result.h"

namespace CoreML::Specification::MILSpec {
class Argument;
class Block;
class Operation;
}  // namespace CoreML::Specification::MILSpec

namespace pome::import {

/// Reads the blocks of one function. Names are those of the file.
class BlockReader {
 public:
  static constexpr int kMaxDepth = 64;

  BlockReader(ir::Opset opset, WeightCache& weights) : opset_(opset), weights_(weights) {}

  /// Makes a name known: a function's input. Names are unique within a block.
  Status declare(ir::Value* value);
  /// Reads operations and outputs of `message` into `block`, whose inputs are declared.
  Status read(const CoreML::Specification::MILSpec::Block& message, ir::Block& block);

 private:
  using Operation = CoreML::Specification::MILSpec::Operation;

  Status read_operation(const Operation& message, ir::Block& block);
  Status read_const(const Operation& message, ir::Op& op);
  Status read_arguments(const Operation& message, const ops::OpDef& def, ir::Op& op);
  Status read_attributes(const Operation& message, const ops::OpDef& def, ir::Op& op);
  Status read_blocks(const Operation& message, ir::Op& op);
  Status add_outputs(const Operation& message, const ops::OpDef& def, ir::Op& op);
  Result<ir::Argument> read_argument(const std::string& param,
                                     const CoreML::Specification::MILSpec::Argument& message);
  Result<ir::Value*> find(const std::string& name) const;

  ir::Opset opset_;
  WeightCache& weights_;
  /// Innermost block last: inner blocks see the names of outer ones.
  std::vector<std::unordered_map<std::string_view, ir::Value*>> scopes_{1};
};

}  // namespace pome::import
