#include "export/description.h"

#include <algorithm>

#include "format/proto/model.pb.h"

namespace pome::exporter {
namespace {

namespace proto = CoreML::Specification;

void write_range(const SizeRange& range, proto::SizeRange& message) {
  message.set_lowerbound(static_cast<uint64_t>(range.lower));
  message.set_upperbound(range.upper);
}

void write_default(const MultiArrayConstraint& array, proto::ArrayFeatureType& message) {
  if (array.default_value == 0) return;
  if (array.data_type == MultiArrayDataType::kInt32 || array.data_type == MultiArrayDataType::kInt8)
    message.set_intdefaultvalue(static_cast<int32_t>(array.default_value));
  else if (array.data_type == MultiArrayDataType::kFloat64)
    message.set_doubledefaultvalue(array.default_value);
  else
    message.set_floatdefaultvalue(static_cast<float>(array.default_value));
}

void write_array(const MultiArrayConstraint& array, proto::ArrayFeatureType& message) {
  message.set_datatype(static_cast<proto::ArrayFeatureType::ArrayDataType>(array.data_type));
  for (const int64_t extent : array.shape) message.add_shape(extent);
  for (const std::vector<int64_t>& shape : array.enumerated) {
    auto* extents = message.mutable_enumeratedshapes()->add_shapes();
    for (const int64_t extent : shape) extents->add_shape(extent);
  }
  if (array.enumerated.empty()) {
    for (const SizeRange& range : array.ranges)
      write_range(range, *message.mutable_shaperange()->add_sizeranges());
  }
  write_default(array, message);
}

void write_image(const ImageConstraint& image, proto::ImageFeatureType& message) {
  message.set_width(image.width);
  message.set_height(image.height);
  message.set_colorspace(static_cast<proto::ImageFeatureType::ColorSpace>(image.color));
  for (const auto& [width, height] : image.enumerated) {
    auto* size = message.mutable_enumeratedsizes()->add_sizes();
    size->set_width(static_cast<uint64_t>(width));
    size->set_height(static_cast<uint64_t>(height));
  }
  if (image.enumerated.empty() && image.width_range && image.height_range) {
    write_range(*image.width_range, *message.mutable_imagesizerange()->mutable_widthrange());
    write_range(*image.height_range, *message.mutable_imagesizerange()->mutable_heightrange());
  }
}

void write_type(const FeatureDescription& feature, proto::FeatureType& type) {
  switch (feature.type) {
    case FeatureType::kInvalid:
      break;
    case FeatureType::kInt64:
      type.mutable_int64type();
      break;
    case FeatureType::kDouble:
      type.mutable_doubletype();
      break;
    case FeatureType::kString:
      type.mutable_stringtype();
      break;
    case FeatureType::kImage:
      write_image(feature.image, *type.mutable_imagetype());
      break;
    case FeatureType::kMultiArray:
      write_array(feature.multi_array, *type.mutable_multiarraytype());
      break;
    case FeatureType::kDictionary:
      if (feature.int64_keys)
        type.mutable_dictionarytype()->mutable_int64keytype();
      else
        type.mutable_dictionarytype()->mutable_stringkeytype();
      break;
    case FeatureType::kSequence:
      if (feature.int64_keys)
        type.mutable_sequencetype()->mutable_int64type();
      else
        type.mutable_sequencetype()->mutable_stringtype();
      if (feature.sequence_size.lower > 0 || feature.sequence_size.upper >= 0)
        write_range(feature.sequence_size, *type.mutable_sequencetype()->mutable_sizerange());
      break;
    case FeatureType::kState:
      write_array(feature.multi_array, *type.mutable_statetype()->mutable_arraytype());
      break;
  }
  type.set_isoptional(feature.optional);
}

template <typename Repeated>
void write_features(const std::vector<FeatureDescription>& features, Repeated& messages) {
  for (const FeatureDescription& feature : features) {
    proto::FeatureDescription* message = messages.Add();
    message->set_name(feature.name);
    message->set_shortdescription(feature.short_description);
    write_type(feature, *message->mutable_type());
  }
}

/// Works on a ModelDescription and on a FunctionDescription: both have these fields.
template <typename Description, typename Message>
void write_signature(const Description& description, Message& message) {
  write_features(description.inputs, *message.mutable_input());
  write_features(description.outputs, *message.mutable_output());
  write_features(description.states, *message.mutable_state());
  message.set_predictedfeaturename(description.predicted_feature_name);
  message.set_predictedprobabilitiesname(description.predicted_probabilities_name);
}

void write_metadata(const ModelMetadata& metadata, proto::Metadata& message) {
  message.set_shortdescription(metadata.short_description);
  message.set_versionstring(metadata.version);
  message.set_author(metadata.author);
  message.set_license(metadata.license);
  for (const auto& [key, value] : metadata.user_defined)
    (*message.mutable_userdefined())[key] = value;
}

int feature_version(const FeatureDescription& feature) {
  int version = 1;
  const auto at_least = [&](bool needed, int newer) {
    if (needed) version = std::max(version, newer);
  };
  const bool is_array = feature.type == FeatureType::kMultiArray;
  const bool is_image = feature.type == FeatureType::kImage;
  at_least(
      is_array && (!feature.multi_array.enumerated.empty() || !feature.multi_array.ranges.empty()),
      2);
  at_least(is_image && (!feature.image.enumerated.empty() || feature.image.width_range), 2);
  at_least(is_array && feature.optional && feature.multi_array.default_value != 0, 5);
  at_least(is_array && feature.multi_array.data_type == MultiArrayDataType::kFloat16, 7);
  at_least(is_image && feature.image.color == ColorLayout::kGrayscaleFloat16, 7);
  at_least(feature.type == FeatureType::kState, 9);
  at_least(is_array && feature.multi_array.data_type == MultiArrayDataType::kInt8, 10);
  return version;
}

}  // namespace

void write_description(const ModelDescription& description, proto::Model& model) {
  model.set_specificationversion(description.specification_version);
  model.set_isupdatable(description.updatable);
  proto::ModelDescription& message = *model.mutable_description();
  message.Clear();
  write_metadata(description.metadata, *message.mutable_metadata());
  write_features(description.training_inputs, *message.mutable_traininginput());
  if (description.functions.empty()) {
    write_signature(description, message);
    return;
  }
  message.set_defaultfunctionname(description.default_function_name);
  for (const FunctionDescription& function : description.functions) {
    proto::FunctionDescription* f = message.add_functions();
    f->set_name(function.name);
    write_signature(function, *f);
  }
}

int description_version(const ModelDescription& description) {
  int version = description.functions.empty() && description.states.empty() ? 1 : 9;
  for (const auto* features : {&description.inputs, &description.outputs})
    for (const FeatureDescription& f : *features) version = std::max(version, feature_version(f));
  return version;
}

}  // namespace pome::exporter
