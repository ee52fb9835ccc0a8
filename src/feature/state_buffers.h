// What is behind State.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pome/model_description.h"
#include "pome/multi_array.h"
#include "pome/result.h"

namespace pome {

/// An array for each state of a model. The arrays are for the one who holds them: see StateHold.
class StateBuffers {
 public:
  /// Zeros of the declared types and shapes. kLimitExceeded when they are over `memory_limit` bytes
  /// in all; kUnsupported for a state whose shape is not known.
  static Result<std::unique_ptr<StateBuffers>> create(std::vector<FeatureDescription> states,
                                                      uint64_t memory_limit);

  /// The states as declared; never changes.
  const std::vector<FeatureDescription>& features() const { return features_; }
  /// The array of a state. kUnknownName, with the names there are, when there is none.
  Result<MultiArray*> find(std::string_view name);

 private:
  friend class StateHold;
  StateBuffers() = default;

  std::vector<FeatureDescription> features_;
  std::vector<MultiArray> arrays_;  // one a feature
  std::atomic<bool> held_{false};
};

/// Holds the buffers while in scope, when nobody else does. Threads: any.
class StateHold {
 public:
  explicit StateHold(StateBuffers& buffers)
      : buffers_(buffers), held_(!buffers.held_.exchange(true, std::memory_order_acquire)) {}
  ~StateHold() {
    if (held_) buffers_.held_.store(false, std::memory_order_release);
  }
  StateHold(const StateHold&) = delete;
  StateHold& operator=(const StateHold&) = delete;

  /// kInvalidArgument when somebody else holds them.
  Status status() const;

 private:
  StateBuffers& buffers_;
  bool held_;
};

/// kMissingInput: a prediction without a state of a model that keeps the one named.
Error missing_state(std::string_view name);

}  // namespace pome
