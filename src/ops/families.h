// The families of the op table; each is defined in <family>.cc and listed by registry.cc.
#pragma once

#include <span>

#include "ops/op_def.h"

namespace pome::ops {

std::span<const OpDef> activation_ops();
std::span<const OpDef> attention_ops();
std::span<const OpDef> compression_ops();
std::span<const OpDef> constexpr_ops();
std::span<const OpDef> control_flow_ops();
std::span<const OpDef> control_ops();
std::span<const OpDef> conv_ops();
std::span<const OpDef> custom_ops();
std::span<const OpDef> detection_ops();
std::span<const OpDef> elementwise_binary_ops();
std::span<const OpDef> elementwise_unary_ops();
std::span<const OpDef> image_resizing_ops();
std::span<const OpDef> linear_ops();
std::span<const OpDef> list_ops();
std::span<const OpDef> normalization_ops();
std::span<const OpDef> pixel_ops();
std::span<const OpDef> pool_ops();
std::span<const OpDef> quantization_ops();
std::span<const OpDef> random_ops();
std::span<const OpDef> recurrent_ops();
std::span<const OpDef> reduction_ops();
std::span<const OpDef> scatter_ops();
std::span<const OpDef> state_ops();
std::span<const OpDef> tensor_operation_ops();
std::span<const OpDef> tensor_transformation_ops();

/// A family by the name of its file: "conv", "pool", ...
struct Family {
  std::string_view name;
  std::span<const OpDef> ops;
};
/// All families, sorted by name.
std::span<const Family> families();

/// What every family's table is held to at compile time:
/// `static_assert(is_well_formed(kOps))`: each op has a doc, infer, reference, outputs, params and
/// samples, and no two rows have the same name and version. Samples have neither the caller's code
/// nor states; what only changes a state has no outputs.
constexpr bool is_well_formed(std::span<const OpDef> ops) {
  for (size_t i = 0; i < ops.size(); ++i) {
    const OpDef& op = ops[i];
    if (op.name.empty() || op.doc.empty() || op.params.empty()) return false;
    if (op.outputs.empty() && (op.properties & kStateful) == 0) return false;
    if (op.infer == nullptr || op.reference == nullptr) return false;
    if (op.samples.empty() && (op.properties & (kUserCode | kStateful)) == 0) return false;
    for (size_t k = 0; k < i; ++k)
      if (ops[k].name == op.name && ops[k].since == op.since) return false;
  }
  return true;
}

}  // namespace pome::ops
