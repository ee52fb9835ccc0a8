// Where a network's states are among its tensors.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "feature/state_buffers.h"
#include "ops/args.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::runtime {

/// Moves states between their buffers and a network's tensors. As passes/states_to_values.cc has
/// it, a state is an input of its name, and one of the last outputs, in the order of these inputs.
class StateBorder {
 public:
  /// Names of the network's inputs, number of its outputs. kInvalidModel when an output is missing.
  static Result<StateBorder> create(const ModelDescription& description,
                                    const std::vector<std::string>& inputs, size_t outputs);

  using Views = std::function<ops::TensorView(size_t)>;
  /// From the buffers into the input tensors. Errors: kMissingInput where there are states and
  /// `states` is null; kUnknownName and kShapeMismatch where the buffers are another model's.
  Status read(StateBuffers* states, const Views& inputs) const;
  /// From the output tensors into the buffers; after read(). kShapeMismatch, and nothing is
  /// changed, where the program made another size than it declares.
  Status write(StateBuffers* states, const Views& outputs) const;

 private:
  struct Binding {
    std::string name;
    size_t input = 0;
    size_t output = 0;
  };
  std::vector<Binding> states_;
};

}  // namespace pome::runtime
