// Constants as numbers, for the passes that compute with them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ir/program.h"
#include "ops/op_def.h"

namespace pome::passes {

/// The value of a float or integer constant of one element; nothing for null, other sizes and other
/// kinds.
std::optional<double> scalar(const ir::Literal* constant);
/// The value that all elements of a float constant have; nothing when they differ, when it is null,
/// empty or no float tensor.
std::optional<double> uniform(const ir::Literal* constant);

/// The values of a float constant along `axis` of a result of shape `out`, against which it is
/// broadcast: out[axis] of them. Nothing when it varies along another axis, when it is null or no
/// float tensor, or when it has more dimensions than `out`.
std::optional<std::vector<double>> along_axis(const ir::Literal* constant, const Shape& out,
                                              int axis);

/// A tensor of a float type with these values, rounded. Null when memory runs out.
ir::LiteralPtr from_reals(const ir::Type& type, std::span<const double> values);
/// All elements of a float tensor.
std::vector<double> to_reals(const ir::Literal& constant);

/// x * scale[c] + shift[c] along one axis of x.
struct Affine {
  ir::Value* x = nullptr;
  int axis = 1;
  std::vector<double> scale;
  std::vector<double> shift;
  bool scales = false;  // some scale is not 1
  bool shifts = false;  // some shift is not 0
};

/// What batch_norm, mul, add, sub and real_div by constants do to their run-time operand along
/// `axis` (negative: from the end). Nothing for other ops, when the constant enlarges the result,
/// and when a number is not finite.
std::optional<Affine> as_affine(const ops::OpDef* def, const ir::Op& op, int axis);

}  // namespace pome::passes
