// The passes; each file shows its picture before and after.
#pragma once

#include <span>
#include <string>

#include "ir/program.h"
#include "pome/result.h"

namespace pome::passes {

/// Infers every op anew: types become as exact as they can be, small integer values known. Errors:
/// what verify_ops says.
Status infer_types(ir::Program& program);
/// States become inputs (what they were) and outputs behind all others (what they are afterwards).
Status states_to_values(ir::Program& program);
/// fp16 values become fp32, with casts where functions take and give fp16.
Status widen_fp16(ir::Program& program);
/// Drops ops that give their input back: identity, cast to the same type, `+ 0`, `* 1`, ...
Status remove_identities(ir::Program& program);
/// Computes ops of which every operand is constant.
Status fold_constants(ir::Program& program);
/// Constants to the right, `- c` as `+ -c`, `/ c` as `* 1/c`.
Status canonical_arithmetic(ir::Program& program);
/// relu6, clamped_relu and pairs of minimum and maximum as clip.
Status canonical_clip(ir::Program& program);
/// Transposes of transposes as one; those that change nothing removed; those that move only
/// extents of 1 as reshape.
Status merge_transposes(ir::Program& program);
/// Moves transposes through elementwise ops, concat, softmax and reductions where fewer elements
/// are moved afterwards.
Status move_transposes(ir::Program& program);
/// Chains of reshape, expand_dims and squeeze as one reshape, or none.
Status merge_reshapes(ir::Program& program);
/// batch_norm, `* c` and `+ c` into the conv, conv_transpose or linear before.
Status fold_into_previous_conv(ir::Program& program);
/// batch_norm, `* c` and `+ c` into the conv or linear behind, where padding does not forbid it.
Status fold_into_next_conv(ir::Program& program);
/// Equal small constants as one.
Status share_constants(ir::Program& program);
/// Removes ops whose results nobody reads.
Status remove_dead_code(ir::Program& program);

/// Not one of the pipeline's, whose results keep the types of their inputs: picture inputs, by
/// name, become bytes, uint8 [N,C,H,W], and pome.pixels makes floats of them, with the scales and
/// biases per channel that follow. An input of another type stays.
Status read_pixels(ir::Program& program, std::span<const std::string> pictures);

}  // namespace pome::passes
