// The rows of the CPU's kernel table, by family, and what their match functions share.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/isa.h"
#include "cpu/kernels/epilogue.h"
#include "cpu/weights.h"
#include "ops/kernel.h"
#include "ops/op_def.h"
#include "pome/result.h"

namespace pome::cpu {

std::span<const ops::KernelRow> cast_rows();
std::span<const ops::KernelRow> conv_rows();
std::span<const ops::KernelRow> conv_block_rows();
std::span<const ops::KernelRow> conv_pool_rows();
std::span<const ops::KernelRow> conv_siblings_rows();
std::span<const ops::KernelRow> conv_transpose_rows();
std::span<const ops::KernelRow> linear_rows();
std::span<const ops::KernelRow> norm_rows();
std::span<const ops::KernelRow> pixels_rows();
std::span<const ops::KernelRow> pool_rows();
std::span<const ops::KernelRow> unary_rows();
std::span<const ops::KernelRow> binary_rows();
std::span<const ops::KernelRow> scale_shift_rows();
std::span<const ops::KernelRow> movement_rows();
std::span<const ops::KernelRow> slice_rows();
std::span<const ops::KernelRow> shuffle_rows();
std::span<const ops::KernelRow> recurrent_rows();
std::span<const ops::KernelRow> resize_rows();
std::span<const ops::KernelRow> softmax_rows();

inline Isa isa_of(const ops::MatchContext& context) { return static_cast<Isa>(context.target()); }

/// An op's operands by name, with defaults filled in.
class Operands {
 public:
  Operands(const ops::MatchContext& context, const ir::Op& op) : op_(op), args_(context.args(op)) {}

  bool has(std::string_view name) const;
  /// The value bound to a parameter; null when it is absent or written in place.
  const ir::Value* value(std::string_view name) const;
  /// The constant bound to a parameter (or its default); null when absent or computed while
  /// running.
  const ir::Literal* literal(std::string_view name) const;
  /// fp32 or fp16 constant as kernels take it; empty when absent. Requires that it is constant or
  /// absent.
  Weights weights(std::string_view name) const;
  /// The same, fp16 where the model stores them so.
  Weights stored_weights(std::string_view name) const;
  const Shape& shape(std::string_view name) const;
  ir::DType dtype(std::string_view name) const;
  ops::Ints ints(std::string_view name) const;
  double real(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::string_view text(std::string_view name) const;
  /// Position in the definition; -1 when the op has no such parameter.
  int position(std::string_view name) const { return args_.def().param(name); }
  const ops::Args& args() const { return args_; }

 private:
  const ir::Op& op_;
  const ops::Args& args_;
};

/// True for an fp32 tensor of the rank.
bool is_fp32(const ir::Value* value, int rank);
/// Elements of a value in a layout, padded lanes included.
int64_t stored_elements(const ops::MatchContext& context, const Shape& shape, ops::Layout layout);

/// The activation that `op` is, if it is one that kernels take in.
struct FusedActivation {
  Activation kind = Activation::kNone;
  float alpha = 0;
  float beta = 0;
};
std::optional<FusedActivation> activation_of(const ops::MatchContext& context, const ir::Op& op);

/// What a convolution or linear step takes along: a following add of an equally shaped value and an
/// activation, each while nobody else reads what lies between.
struct Chain {
  Epilogue epilogue;
  const ir::Value* residual = nullptr;
  const ir::Value* output = nullptr;
  std::vector<const ir::Op*> covered;
};
Chain follow(const ops::MatchContext& context, const ir::Op& op);

/// The activation alone (for binary ops).
Chain follow_activation(const ops::MatchContext& context, const ir::Op& op);

inline ops::Refusal refuse(const Error& error) { return {error.message()}; }
inline ops::Refusal refuse(std::string reason) { return {std::move(reason)}; }

/// A refusal on its way up.
inline Error unsupported(std::string reason) {
  return Error(ErrorCode::kUnsupported, std::move(reason));
}

/// An offer, or the Error that says why there is none.
inline ops::Match to_match(Result<ops::Candidate> made) {
  if (!made.ok()) return refuse(made.error());
  return *std::move(made);
}

/// What a kernel offers that covers `op` alone and makes its one output of `x`, both in `layout`.
template <typename P>
ops::Candidate one_to_one(const ir::Op& op, const ir::Value* x, ops::Layout layout,
                          const P& params) {
  ops::Candidate c;
  c.covered = {&op};
  c.inputs = {{x, layout}};
  c.outputs = {{op.output(), layout}};
  c.set_params(params);
  return c;
}

template <typename P>
const P& params_of(const void* params) {
  return *static_cast<const P*>(params);
}
inline const float* floats(const std::byte* p) { return reinterpret_cast<const float*>(p); }
inline float* floats(std::byte* p) { return reinterpret_cast<float*>(p); }

}  // namespace pome::cpu
