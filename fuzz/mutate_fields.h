// What the fuzzers of model files share.
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/limits.h"

namespace pome::fuzz {

/// The memory that a model may ask for.
constexpr uint64_t kModelMemory = 64 << 20;

/// Limits of kModelMemory.
format::Limits model_limits();

/// Changes the fields of a model and not its bytes, so that deep ones are reached; the bytes, as
/// libFuzzer does, each `every_bytes`th time (by `seed`) and where they are no model or the changed
/// one is longer than `max_size`. What LLVMFuzzerCustomMutator returns.
size_t mutate_model(uint8_t* data, size_t size, size_t max_size, unsigned seed,
                    unsigned every_bytes);

}  // namespace pome::fuzz
