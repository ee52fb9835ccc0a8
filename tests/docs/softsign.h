// The family of one op and its kernel row that the blocks of docs/adding-an-op.md make.
#pragma once

#include <span>

#include "ops/kernel.h"
#include "ops/op_def.h"

namespace pome::docs {

std::span<const ops::OpDef> family();
std::span<const ops::KernelRow> rows();

}  // namespace pome::docs
