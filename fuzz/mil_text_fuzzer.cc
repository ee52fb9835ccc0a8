// Any text: it parses or it is an error; what parses prints to a text that parses to itself, and
// passes the verifier.
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"

namespace pome::ir {
namespace {

/// Every weight file holds zeros.
Result<LiteralPtr> zeros(const BlobReference& blob, const Type& type) {
  const int64_t size = storage_bytes(type.dtype(), type.shape().elements());
  if (size > 1 << 20) return Error(ErrorCode::kLimitExceeded, "too large for the fuzzer");
  auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<size_t>(size));
  return Literal::view(type, *bytes, bytes, blob);
}

void check(std::string_view text) {
  ParseOptions options;
  options.resolve_blob = zeros;
  options.max_nodes = 1'000'000;
  const auto program = parse(text, options);
  if (!program.ok()) return;
  if (!verify(**program).ok()) std::abort();
  const std::string printed = print(**program);
  const auto again = parse(printed, options);
  if (!again.ok() || print(**again) != printed) std::abort();
}

}  // namespace
}  // namespace pome::ir

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pome::ir::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
