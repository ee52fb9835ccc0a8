#include "pome/state.h"

#include <cstring>

#include "base/shape.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/state_buffers.h"

namespace pome {

const std::vector<FeatureDescription>& State::features() const { return buffers_->features(); }

Result<MultiArray> State::read(std::string_view name) const {
  const StateHold hold(*buffers_);
  POME_TRY(hold.status());
  POME_ASSIGN(const MultiArray* array, buffers_->find(name));
  return MultiArray::from_bytes(array->type(), array->shape(), array->bytes());
}

Status State::write(std::string_view name, const MultiArray& value) {
  const StateHold hold(*buffers_);
  POME_TRY(hold.status());
  POME_ASSIGN(MultiArray * array, buffers_->find(name));
  if (value.shape() != array->shape()) {
    return Error(ErrorCode::kShapeMismatch, "the array has shape " + shape_text(value.shape()) +
                                                ", the state takes " + shape_text(array->shape()))
        .at("state " + quoted(name));
  }
  if (value.type() == array->type()) {
    const auto from = value.bytes();
    if (!from.empty()) std::memcpy(array->mutable_bytes().data(), from.data(), from.size());
    return {};
  }
  for (int64_t i = 0; i < value.size(); ++i) array->set(i, value.at(i));
  return {};
}

}  // namespace pome
