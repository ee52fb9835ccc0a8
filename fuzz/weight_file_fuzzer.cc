// Any bytes as a weight file, read at every 64th offset and at some odd ones: blobs lie inside, or
// there is an error.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "format/weight_file.h"

namespace pome::format {
namespace {

void check_at(std::span<const std::byte> file, uint64_t offset) {
  const auto blob = read_blob(file, offset);
  if (!blob.ok()) return;
  const std::byte* first = blob->bytes.data();
  if (first < file.data() || first + blob->bytes.size() > file.data() + file.size()) std::abort();
  const auto bits = static_cast<uint64_t>(blob_bits(blob->type));
  if ((blob->elements * bits + 7) / 8 != blob->bytes.size()) std::abort();
}

void check(std::span<const std::byte> file) {
  if (!check_weight_header(file).ok()) return;
  for (uint64_t offset = 0; offset <= file.size() + 64; offset += 64) check_at(file, offset);
  for (const uint64_t offset : {UINT64_MAX, UINT64_MAX - 63, uint64_t{65}}) check_at(file, offset);
}

}  // namespace
}  // namespace pome::format

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pome::format::check(std::as_bytes(std::span(data, size)));
  return 0;
}
