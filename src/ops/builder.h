// Appends checked ops to a block: what importers, converters and passes write with.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ir/program.h"
#include "ops/op_def.h"

namespace pome::ops {

/// What add() binds to a parameter. Converts from values, tuples of values, literals, and plain C++
/// constants.
class Arg {
 public:
  Arg(ir::Value* v) : operands_{v} {}  // NOLINT: implicit by design
  Arg(std::vector<ir::Operand> tuple) : operands_(std::move(tuple)) {}                  // NOLINT
  Arg(const std::vector<ir::Value*>& tuple) : operands_(tuple.begin(), tuple.end()) {}  // NOLINT
  Arg(ir::LiteralPtr l) : operands_{std::move(l)} {}                                    // NOLINT
  Arg(bool v) : Arg(ir::Literal::boolean(v)) {}                                         // NOLINT
  Arg(int v) : Arg(ir::Literal::int32(v)) {}                                            // NOLINT
  Arg(float v) : Arg(ir::Literal::fp32(v)) {}                                           // NOLINT
  Arg(double v) : Arg(ir::Literal::fp32(static_cast<float>(v))) {}                      // NOLINT
  Arg(const char* v) : Arg(ir::Literal::string(v)) {}                                   // NOLINT
  Arg(std::string_view v) : Arg(ir::Literal::string(std::string(v))) {}                 // NOLINT
  /// Rank-1 int32, e.g. `ints({1, 1})`.
  static Arg ints(std::span<const int64_t> v) { return Arg(ir::Literal::ints(v)); }
  static Arg ints(std::initializer_list<int64_t> v) { return ints(std::span(v.begin(), v.size())); }
  /// From a Shape.
  static Arg ints(const Shape& s) { return ints(s.dims()); }
  const std::vector<ir::Operand>& operands() const { return operands_; }

 private:
  std::vector<ir::Operand> operands_;
};

/// Appends ops to a block at its end (or before a given op). The first error sticks: after it every
/// add() returns null and does nothing, null operands are accepted silently, and status() tells
/// what went wrong and where. So a translator writes straight lines and checks once. Float
/// constants given as C++ numbers take the dtype of the parameter's group. Output names are made
/// unique within the function.
class Builder {
 public:
  Builder(ir::Function& function, ir::Block& block, const ir::Op* before = nullptr);

  using NamedArgs = std::initializer_list<std::pair<std::string_view, Arg>>;
  /// Adds an op with one output named after `name` (made unique; from the kind when empty). Null
  /// after an error.
  ir::Value* add(std::string_view kind, std::string_view name, NamedArgs args);
  ir::Value* add(std::string_view kind, std::string_view name,
                 const std::vector<std::pair<std::string, Arg>>& args);
  /// The same for ops with several outputs; null op after an error.
  ir::Op* add_op(std::string_view kind, std::string_view name,
                 const std::vector<std::pair<std::string, Arg>>& args);
  /// The same for an op that the caller made, with its arguments and inner blocks: infers it, gives
  /// it outputs and puts it where the Builder stands. Null after an error.
  ir::Op* add_made(std::unique_ptr<ir::Op> op);
  /// A `const` op.
  ir::Value* constant(ir::LiteralPtr literal, std::string_view name);

  /// From now on ops are added to `block`, before `before` (at the end when null).
  void move_to(ir::Block& block, const ir::Op* before) {
    block_ = &block;
    before_ = before;
  }
  /// Records an error of the caller's own; keeps the first.
  void fail(Error error);
  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  /// A name not yet used in the function, from `wanted` with letters that MIL does not allow
  /// replaced by '_'.
  std::string unique_name(std::string_view wanted);
  /// `text` as a name that programs can have: what is no ASCII letter, digit or underscore becomes
  /// one, and a digit or nothing in front gets one before it.
  static std::string identifier(std::string_view text);
  ir::Function& function() { return *function_; }
  ir::Block& block() { return *block_; }

 private:
  ir::Function* function_;
  ir::Block* block_;
  const ir::Op* before_;
  std::unordered_set<std::string> names_;
  std::unordered_map<std::string, int> suffixes_;  // the last number given out for a name
  Status status_;
};

}  // namespace pome::ops
