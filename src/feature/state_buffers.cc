#include "feature/state_buffers.h"

#include <string>
#include <utility>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/check_inputs.h"

namespace pome {
namespace {

/// Bytes of a state's array; nothing when its shape is open or too large.
std::optional<int64_t> bytes_of(const MultiArrayConstraint& array) {
  int64_t bytes = static_cast<int64_t>(element_size(array.data_type));
  for (const int64_t extent : array.shape) {
    const auto product = extent < 0 ? std::nullopt : checked_mul(bytes, extent);
    if (!product) return std::nullopt;
    bytes = *product;
  }
  return bytes;
}

Error over_limit(uint64_t limit) {
  return {ErrorCode::kLimitExceeded, "the model's states need more than " + format_bytes(limit) +
                                         ", the memory limit; raise "
                                         "ModelConfiguration::memory_limit"};
}

}  // namespace

Result<std::unique_ptr<StateBuffers>> StateBuffers::create(std::vector<FeatureDescription> states,
                                                           uint64_t memory_limit) {
  uint64_t left = memory_limit;
  for (const FeatureDescription& state : states) {
    const auto bytes = bytes_of(state.multi_array);
    if (!bytes) {
      return Error(ErrorCode::kUnsupported,
                   "a state of open shape or of more bytes than 64 bits count cannot be made")
          .at("state " + quoted(state.name));
    }
    if (static_cast<uint64_t>(*bytes) > left)
      return over_limit(memory_limit).at("state " + quoted(state.name));
    left -= static_cast<uint64_t>(*bytes);
  }
  std::unique_ptr<StateBuffers> buffers(new StateBuffers());
  for (const FeatureDescription& state : states) {
    POME_ASSIGN(MultiArray array,
                MultiArray::create(state.multi_array.data_type, state.multi_array.shape));
    buffers->arrays_.push_back(std::move(array));
  }
  buffers->features_ = std::move(states);
  return buffers;
}

Result<MultiArray*> StateBuffers::find(std::string_view name) {
  for (size_t i = 0; i < features_.size(); ++i)
    if (features_[i].name == name) return &arrays_[i];
  const std::vector<std::string> names = names_of(features_);
  return Error(ErrorCode::kUnknownName,
               names.empty() ? "there is no state " + quoted(name) + ": the model has none"
                             : "there is no state " + quoted(name) + "; there is " +
                                   quoted_list(names) + "." + did_you_mean(name, names));
}

Status StateHold::status() const {
  if (held_) return {};
  return Error(ErrorCode::kInvalidArgument,
               "another prediction uses the state just now; a state is for one at a time, make one "
               "for each thread (make_state)");
}

Error missing_state(std::string_view name) {
  return Error(ErrorCode::kMissingInput,
               "the model keeps the state " + quoted(name) +
                   " from one prediction to the next; predict with a state (make_state)");
}

}  // namespace pome
