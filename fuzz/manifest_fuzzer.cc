// Any text: it is a manifest whose paths stay inside, or an error; a manifest comes back when it is
// written.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "format/package.h"

namespace pome::format {
namespace {

void check(std::string_view text) {
  const auto manifest = parse_manifest(text);
  if (!manifest.ok()) return;
  if (manifest->root >= manifest->items.size()) std::abort();
  for (const ManifestItem& item : manifest->items)
    if (!unsafe_path_reason(item.path).empty()) std::abort();
  const std::string written = manifest_text(*manifest);
  const auto again = parse_manifest(written);
  if (!again.ok() || manifest_text(*again) != written) std::abort();
}

}  // namespace
}  // namespace pome::format

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pome::format::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
