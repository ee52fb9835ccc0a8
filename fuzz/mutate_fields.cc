#include "fuzz/mutate_fields.h"

#include <cstring>
#include <span>
#include <vector>

#include "format/wire_scan.h"
#include "tests/support/mutate_message.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace pome::fuzz {

format::Limits model_limits() {
  format::Limits limits;
  limits.max_memory_bytes = kModelMemory;
  return limits;
}

size_t mutate_model(uint8_t* data, size_t size, size_t max_size, unsigned seed,
                    unsigned every_bytes) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (seed % every_bytes == 0 || !format::scan_model(bytes, model_limits()).ok())
    return LLVMFuzzerMutate(data, size, max_size);
  const std::vector<std::byte> changed = testing::MessageMutator(bytes, seed)();
  if (changed.empty() || changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, changed.data(), changed.size());
  return changed.size();
}

}  // namespace pome::fuzz
