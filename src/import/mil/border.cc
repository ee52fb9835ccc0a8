#include "import/mil/border.h"

#include <string>

#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/input_shapes.h"

namespace pome::import {
namespace {

const ir::Value* find(const std::vector<std::unique_ptr<ir::Value>>& values,
                      const std::string& name) {
  for (const auto& value : values)
    if (value->name() == name) return value.get();
  return nullptr;
}

std::optional<ir::DType> dtype_of(MultiArrayDataType type) {
  switch (type) {
    case MultiArrayDataType::kFloat16:
      return ir::DType::kFp16;
    case MultiArrayDataType::kFloat32:
      return ir::DType::kFp32;
    case MultiArrayDataType::kInt32:
      return ir::DType::kInt32;
    case MultiArrayDataType::kInt8:
      return ir::DType::kInt8;
    case MultiArrayDataType::kFloat64:
      break;
  }
  return std::nullopt;
}

/// Whether an array of that shape may be bound. A scalar is declared as [1].
bool takes(const Shape& tensor, std::span<const int64_t> shape) {
  if (tensor.empty() && shape.size() == 1 && shape[0] == 1) return true;
  if (static_cast<size_t>(tensor.rank()) != shape.size()) return false;
  for (int i = 0; i < tensor.rank(); ++i)
    if (tensor[i] >= 0 && tensor[i] != shape[static_cast<size_t>(i)]) return false;
  return true;
}

Error mismatch(const FeatureDescription& feature, const ir::Type& type) {
  return invalid("the feature is a " + feature.type_text() + ", the program has a " +
                 type.to_string());
}

Status check_array(const FeatureDescription& feature, const ir::Type& type) {
  const MultiArrayConstraint& array = feature.multi_array;
  if (!type.is_tensor() || dtype_of(array.data_type) != type.dtype())
    return mismatch(feature, type);
  const Shape& tensor = type.shape();
  if (!array.shape.empty() && !takes(tensor, array.shape)) return mismatch(feature, type);
  for (const std::vector<int64_t>& shape : array.enumerated)
    if (!takes(tensor, shape)) return mismatch(feature, type);
  if (array.ranges.empty()) return {};
  if (static_cast<size_t>(tensor.rank()) != array.ranges.size()) return mismatch(feature, type);
  for (int i = 0; i < tensor.rank(); ++i) {
    const SizeRange& range = array.ranges[static_cast<size_t>(i)];
    const bool fixed = range.lower == range.upper && range.lower == tensor[i];
    if (tensor[i] >= 0 && !fixed) return mismatch(feature, type);
  }
  return {};
}

/// Pictures are [1,C,H,W] going in; coming out the batch axis may be missing.
Status check_image(const FeatureDescription& feature, const ir::Type& type, bool is_input) {
  if (!type.is_tensor()) return mismatch(feature, type);
  const ir::DType dtype = type.dtype();
  const bool half = feature.image.color == ColorLayout::kGrayscaleFloat16;
  if (dtype != ir::DType::kFp32 && dtype != ir::DType::kFp16) return mismatch(feature, type);
  if (half && is_input && dtype != ir::DType::kFp16) return mismatch(feature, type);
  Shape shape = image_shape(feature.image, feature.image.width, feature.image.height);
  if (!is_input && type.shape().rank() == 3) shape.erase(0);
  if (feature.image.width == 0)  // an output that leaves its size open
    return type.shape().rank() == shape.rank() ? Status() : mismatch(feature, type);
  return takes(type.shape(), shape.dims()) ? Status() : mismatch(feature, type);
}

Status check_feature(const FeatureDescription& feature, const ir::Type& type, bool is_input) {
  if (feature.type == FeatureType::kImage) return check_image(feature, type, is_input);
  if (feature.type == FeatureType::kMultiArray) return check_array(feature, type);
  if (feature.type == FeatureType::kState) {
    if (type.kind() != ir::Type::Kind::kState) return mismatch(feature, type);
    return check_array(feature, type.members()[0]);
  }
  if (!is_input) return {};  // label and probabilities, made by a classify op
  return Error(ErrorCode::kUnsupported,
               "an ML program takes pictures and multi-arrays, not a " + feature.type_text());
}

Status check_each(const ir::Function& function, const std::vector<FeatureDescription>& features) {
  for (const FeatureDescription& feature : features) {
    const ir::Value* input = find(function.body.inputs(), feature.name);
    if (input == nullptr) {
      return invalid("the program has no input of that name").at("input " + quoted(feature.name));
    }
    Status checked = check_feature(feature, input->type(), true);
    if (!checked) return std::move(checked).error().at("input " + quoted(feature.name));
  }
  return {};
}

/// `feature` without what it says of extents beyond their number.
FeatureDescription of_open_extents(FeatureDescription feature) {
  feature.multi_array.shape.clear();
  feature.multi_array.enumerated.clear();
  feature.multi_array.ranges.clear();
  feature.image.width = 0;
  return feature;
}

}  // namespace

Status check_inputs(const ir::Function& function, const std::vector<FeatureDescription>& inputs,
                    const std::vector<FeatureDescription>& states) {
  POME_TRY(check_each(function, inputs));
  POME_TRY(check_each(function, states));
  if (function.body.inputs().size() != inputs.size() + states.size()) {
    return invalid("the program takes " + std::to_string(function.body.inputs().size()) +
                   " inputs, the model declares " + std::to_string(inputs.size()) + " inputs and " +
                   std::to_string(states.size()) + " states");
  }
  return {};
}

Status check_outputs(const ir::Function& function, const std::vector<FeatureDescription>& outputs,
                     bool bound) {
  for (const FeatureDescription& feature : outputs) {
    const ir::Value* output = nullptr;
    for (const ir::Value* value : function.body.outputs())
      if (value->name() == feature.name) output = value;
    if (output == nullptr)
      return invalid("the program has no output of that name").at("output " + quoted(feature.name));
    Status checked =
        check_feature(bound ? of_open_extents(feature) : feature, output->type(), false);
    if (!checked) return std::move(checked).error().at("output " + quoted(feature.name));
  }
  return {};
}

Result<bool> bind_inputs(ir::Function& function, const InputShapes& shapes) {
  bool settled = false;
  for (const auto& input : function.body.inputs()) {
    const auto bound = shapes.find(input->name());
    if (bound == shapes.end() || !input->type().is_tensor() || input->shape().empty()) continue;
    const Shape& declared = input->shape();
    bool fits = declared.rank() == bound->second.rank();
    for (int i = 0; fits && i < declared.rank(); ++i)
      fits = declared[i] < 0 || declared[i] == bound->second[i];
    if (!fits) {
      return Error(ErrorCode::kShapeMismatch, "the program takes " + declared.to_string() + ", " +
                                                  bound->second.to_string() + " was given")
          .at("input " + quoted(input->name()));
    }
    settled = settled || !declared.known();
    input->set_type(ir::Type::tensor(input->dtype(), bound->second));
  }
  return settled;
}

}  // namespace pome::import
