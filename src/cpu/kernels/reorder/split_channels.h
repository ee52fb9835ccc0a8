// Interleaved channels into planes.
#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "cpu/isa.h"

namespace pome::cpu {

/// output[c][i] = input[i][c] for 2 to 4 channels of `pixels` pixels of 32 bits each, which need
/// not be numbers. No overlap. Any number of calls at once.
void split_channels(Isa isa, const float* input, int64_t channels, int64_t pixels, float* output,
                    ThreadPool& pool) noexcept;

}  // namespace pome::cpu
