// The families of the op table; each is defined in <family>.cc and listed by registry.cc.
#pragma once

#include <span>

#include "ops/op_def.h"

namespace pome::ops {

std::span<const OpDef> activation_ops();
std::span<const OpDef> control_ops();
std::span<const OpDef> conv_ops();
std::span<const OpDef> elementwise_binary_ops();
std::span<const OpDef> elementwise_unary_ops();
std::span<const OpDef> image_resizing_ops();
std::span<const OpDef> linear_ops();
std::span<const OpDef> normalization_ops();
std::span<const OpDef> pool_ops();
std::span<const OpDef> reduction_ops();
std::span<const OpDef> tensor_operation_ops();
std::span<const OpDef> tensor_transformation_ops();

}  // namespace pome::ops
