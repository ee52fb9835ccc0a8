// The two halves of unary_run(), apart because each is compiled for every target.
#pragma once

#include "cpu/kernels/eltwise/unary.h"

namespace pome::cpu {

/// Ops before kElu: a few instructions each, bound by memory.
void unary_plain(const UnaryParams& params, const float* input, float* output,
                 ThreadPool& pool) noexcept;
/// Ops from kElu on: exponentials, logarithms, error functions, sines.
void unary_math(const UnaryParams& params, const float* input, float* output,
                ThreadPool& pool) noexcept;

}  // namespace pome::cpu
