// What a model remembers from one prediction to the next.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "pome/model_description.h"
#include "pome/multi_array.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

class StateBuffers;

/// Core ML's MLState: one buffer for each of ModelDescription::states, e.g. the key-value cache of
/// a language model. Model::make_state() makes it, Model::predict() reads and changes it. Copies
/// share the buffers. For one prediction or one call at a time: a second one meanwhile, from
/// another thread, is an Error and does nothing.
///
/// Example:
///   auto state = model.make_state().value();
///   for (const auto& token : tokens) auto out = model.predict({{"token", token}}, state).value();
class State {
 public:
  /// Names, element types and shapes of the buffers.
  const std::vector<FeatureDescription>& features() const;
  /// A copy of one buffer, of the declared element type and shape. Errors: kUnknownName with the
  /// names there are; kInvalidArgument while a prediction uses the state.
  Result<MultiArray> read(std::string_view name) const;
  /// Replaces one buffer; `value` has the declared shape and any element type (it is converted and
  /// rounded as MultiArray::set() says). Errors: as read(); kShapeMismatch with both shapes.
  Status write(std::string_view name, const MultiArray& value);

 private:
  friend class Model;
  explicit State(std::shared_ptr<StateBuffers> buffers) : buffers_(std::move(buffers)) {}
  std::shared_ptr<StateBuffers> buffers_;
};

}  // namespace pome

#pragma GCC visibility pop
