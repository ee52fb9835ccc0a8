#include "runtime/state_border.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "runtime/border.h"

namespace pome::runtime {
namespace {

Status check_size(const MultiArray& array, const ops::TensorView& tensor) {
  const auto bytes = static_cast<size_t>(ir::storage_bytes(tensor.dtype, tensor.elements()));
  if (dtype_of(array.type()) == tensor.dtype && array.bytes().size() == bytes) return {};
  return Error(ErrorCode::kShapeMismatch,
               "the state has " + std::to_string(array.size()) + " elements of " +
                   std::string(to_string(array.type())) + ", the model's has " +
                   std::to_string(tensor.elements()) + " of " +
                   std::string(ir::name(tensor.dtype)));
}

}  // namespace

Result<StateBorder> StateBorder::create(const ModelDescription& description,
                                        const std::vector<std::string>& inputs, size_t outputs) {
  StateBorder border;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool is_state =
        std::any_of(description.states.begin(), description.states.end(),
                    [&](const FeatureDescription& state) { return state.name == inputs[i]; });
    if (is_state) border.states_.push_back({inputs[i], i, 0});
  }
  if (border.states_.size() > outputs) {
    return Error(ErrorCode::kInvalidModel, "the network has " + std::to_string(outputs) +
                                               " outputs for its " +
                                               std::to_string(border.states_.size()) + " states");
  }
  for (size_t i = 0; i < border.states_.size(); ++i)
    border.states_[i].output = outputs - border.states_.size() + i;
  return border;
}

Status StateBorder::read(StateBuffers* states, const Views& inputs) const {
  if (states_.empty()) return {};
  if (states == nullptr) return missing_state(states_.front().name);
  for (const Binding& state : states_) {
    POME_ASSIGN(const MultiArray* array, states->find(state.name));
    const ops::TensorView tensor = inputs(state.input);
    Status fits = check_size(*array, tensor);
    if (!fits.ok()) return std::move(fits).error().at("state " + quoted(state.name));
    const auto bytes = array->bytes();
    if (!bytes.empty()) std::memcpy(tensor.data, bytes.data(), bytes.size());
  }
  return {};
}

Status StateBorder::write(StateBuffers* states, const Views& outputs) const {
  for (const Binding& state : states_) {
    POME_ASSIGN(const MultiArray* array, states->find(state.name));
    Status fits = check_size(*array, outputs(state.output));
    if (!fits.ok()) return std::move(fits).error().at("state " + quoted(state.name));
  }
  for (const Binding& state : states_) {
    POME_ASSIGN(MultiArray * array, states->find(state.name));
    const auto bytes = array->mutable_bytes();
    if (!bytes.empty()) std::memcpy(bytes.data(), outputs(state.output).data, bytes.size());
  }
  return {};
}

}  // namespace pome::runtime
