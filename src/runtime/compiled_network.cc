#include "runtime/compiled_network.h"

namespace pome::runtime {

Status check_cancelled(const std::stop_token& token) {
  if (!token.stop_requested()) return {};
  return Error(ErrorCode::kCancelled, "the prediction was cancelled");
}

}  // namespace pome::runtime
