// What an op's infer and reference see of their operands.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "ir/literal.h"
#include "ir/type.h"

namespace pome::ir {
class Op;
}  // namespace pome::ir

namespace pome::ops {

struct OpDef;

/// A tensor in memory: dense, row-major, in its dtype's storage. Does not own; `data` is null while
/// only types are known.
struct TensorView {
  ir::DType dtype = ir::DType::kFp32;
  Shape shape;
  std::byte* data = nullptr;

  int64_t elements() const { return shape.elements(); }
  double real(int64_t i) const { return ir::load_real(dtype, data, i); }
  int64_t integer(int64_t i) const { return ir::load_integer(dtype, data, i); }
  void set_real(int64_t i, double v) const { ir::store_real(dtype, data, i, v); }
  void set_integer(int64_t i, int64_t v) const { ir::store_integer(dtype, data, i, v); }
  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(data);
  }
};

/// A short list of integers held in place: strides, pads, axes, begins. No allocation.
class Ints {
 public:
  static constexpr int kMax = 16;
  constexpr Ints() = default;
  constexpr Ints(std::initializer_list<int64_t> values) {
    for (int64_t v : values) push_back(v);
  }
  static constexpr Ints filled(int n, int64_t value) {
    Ints s;
    for (int i = 0; i < n; ++i) s.push_back(value);
    return s;
  }
  constexpr int size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr int64_t operator[](int i) const { return values_[static_cast<size_t>(i)]; }
  constexpr int64_t& operator[](int i) { return values_[static_cast<size_t>(i)]; }
  /// Requires size() < kMax.
  constexpr void push_back(int64_t v) { values_[static_cast<size_t>(size_++)] = v; }
  constexpr const int64_t* begin() const { return values_.data(); }
  constexpr const int64_t* end() const { return values_.data() + size_; }
  bool contains(int64_t v) const {
    for (int64_t x : *this)
      if (x == v) return true;
    return false;
  }

 private:
  std::array<int64_t, kMax> values_{};
  int size_ = 0;
};

/// One bound operand: its type always, its constant value when it has one, its memory while
/// running.
struct Bound {
  ir::Type type;
  const ir::Literal* literal = nullptr;
  std::byte* data = nullptr;
};

/// The operands of one op, in the order of its OpDef's params, defaults already filled in. Resolved
/// once (at build, load or bind time); reading it never allocates. Parameters are named by their
/// position in OpDef::params; each op family declares an enum for that.
class Args {
 public:
  const OpDef& def() const { return *def_; }
  /// The op they were resolved from, whose inner blocks infer may look at; null where there is
  /// none.
  const ir::Op* op() const { return op_; }
  void set_op(const ir::Op* op) { op_ = op; }
  /// False too for a parameter that only later versions of the op have.
  bool has(int param) const {
    const auto i = static_cast<size_t>(param);
    return i < slots_.size() && !slots_[i].empty();
  }
  /// Operands bound to the parameter: more than one only for tuples.
  int count(int param) const { return static_cast<int>(slots_[static_cast<size_t>(param)].size()); }
  const Bound& operand(int param, int i = 0) const {
    return slots_[static_cast<size_t>(param)][static_cast<size_t>(i)];
  }
  const ir::Type& type(int param, int i = 0) const { return operand(param, i).type; }
  const Shape& shape(int param, int i = 0) const { return type(param, i).shape(); }
  ir::DType dtype(int param, int i = 0) const { return type(param, i).dtype(); }
  /// The constant, or null when it is known only at run time.
  const ir::Literal* literal(int param, int i = 0) const { return operand(param, i).literal; }
  /// The tensor in memory (the literal's bytes for a constant). Requires that it runs, or that it
  /// is constant.
  TensorView tensor(int param, int i = 0) const;

  // Values of constant (or defaulted) parameters, or of run-time ones while running. Require
  // has(param).
  int64_t integer(int param) const { return tensor(param).integer(0); }
  double real(int param) const { return tensor(param).real(0); }
  bool flag(int param) const { return tensor(param).integer(0) != 0; }
  /// Requires a constant string.
  std::string_view text(int param) const { return literal(param)->text(); }
  /// All elements of a scalar or rank-1 integer tensor of at most Ints::kMax elements (resolve
  /// checks that for params flagged kShortList).
  Ints ints(int param) const;
  /// True when the value can be read now: constant, or memory is bound.
  bool readable(int param, int i = 0) const {
    return operand(param, i).literal || operand(param, i).data;
  }

  std::vector<std::vector<Bound>>& slots() { return slots_; }
  const std::vector<std::vector<Bound>>& slots() const { return slots_; }
  explicit Args(const OpDef& def);

 private:
  const OpDef* def_;
  const ir::Op* op_ = nullptr;
  std::vector<std::vector<Bound>> slots_;
};

}  // namespace pome::ops
