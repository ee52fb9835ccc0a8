#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "convert/common/border.h"

namespace pome::translate {
namespace {

/// Smaller pictures are taken for arrays.
constexpr int64_t kLeastPictureSide = 8;

bool looks_like_picture(const Shape& shape, bool channels_first) {
  if (shape.rank() != 4 || shape[0] != 1) return false;
  const int64_t channels = shape[channels_first ? 1 : 3];
  const int64_t height = shape[channels_first ? 2 : 1];
  const int64_t width = shape[channels_first ? 3 : 2];
  return (channels == 1 || channels == 3) && height >= kLeastPictureSide &&
         width >= kLeastPictureSide;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<std::string> names_of(const std::vector<SourceInput>& inputs) {
  std::vector<std::string> names;
  for (const SourceInput& input : inputs) names.push_back(input.name);
  return names;
}

}  // namespace

std::string Border::own_name(const std::string& wanted, std::string_view what) {
  const std::string name = w_.builder().unique_name(wanted);
  if (name != wanted) {
    note("The " + std::string(what) + " " + pome::quoted(wanted) + " is named " + name +
         ": names are letters, digits and _, and each stands once.");
  }
  return name;
}

Result<Shape> Border::close(const SourceInput& input, const std::string& name) const {
  std::vector<int64_t> dims = input.shape;
  auto given = options_.input_shapes.find(name);
  if (given == options_.input_shapes.end()) given = options_.input_shapes.find(input.name);
  if (given != options_.input_shapes.end()) {
    bool fits = given->second.size() == dims.size();
    for (size_t i = 0; fits && i < dims.size(); ++i)
      fits = given->second[i] > 0 && (dims[i] < 0 || dims[i] == given->second[i]);
    if (!fits) {
      return Error(ErrorCode::kShapeMismatch,
                   "the shape " + extents_text(given->second) + " was given for the input " +
                       pome::quoted(input.name) + ", which takes " + extents_text(dims));
    }
    dims = given->second;
  }
  if (dims.empty() || !Shape::fits_rank(dims.size())) {
    return Error(ErrorCode::kUnsupported, "the input " + pome::quoted(input.name) + " has rank " +
                                              std::to_string(dims.size()) +
                                              ", 1 to 8 are supported");
  }
  if (dims[0] < 0) dims[0] = options_.batch < 0 ? Shape::kUnknown : options_.batch;
  int64_t elements = 1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i > 0 && dims[i] < 0) {
      std::vector<int64_t> example = dims;
      for (int64_t& d : example) d = d < 0 ? 224 : d;
      return Error(ErrorCode::kInvalidArgument,
                   "the input " + pome::quoted(input.name) + " has open extents, " +
                       extents_text(input.shape) +
                       ": say which it shall have, for example --input-shape " + input.name + "=" +
                       extents_text(example).substr(1, extents_text(example).size() - 2));
    }
    const auto product = checked_mul(elements, std::max<int64_t>(dims[i], 1));
    if (!product || *product > (int64_t{1} << 40)) {
      return Error(ErrorCode::kLimitExceeded, "the input " + pome::quoted(input.name) +
                                                  " of shape " + extents_text(dims) +
                                                  " is too large");
    }
    elements = *product;
  }
  return Shape(std::span<const int64_t>(dims));
}

Status Border::plan_names(const std::vector<SourceInput>& inputs) {
  const auto& given = options_.input_names;
  if (!given.empty() && given.size() != inputs.size()) {
    return Error(ErrorCode::kInvalidArgument,
                 std::to_string(given.size()) + " input names were given, the model has " +
                     std::to_string(inputs.size()) + " inputs: " + quoted_list(names_of(inputs)));
  }
  for (const auto& [name, shape] : options_.input_shapes) {
    const auto known = names_of(inputs);
    if (!contains(known, name) && !contains(given, name)) {
      return Error(ErrorCode::kUnknownName, "a shape was given for the input " +
                                                pome::quoted(name) + "; the model's inputs are " +
                                                quoted_list(known) + "." +
                                                did_you_mean(name, known));
    }
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    Planned planned;
    planned.name = given.empty() ? inputs[i].name : given[i];
    POME_ASSIGN(planned.shape, close(inputs[i], planned.name));
    planned_.push_back(std::move(planned));
  }
  return {};
}

Status Border::plan_pictures(const std::vector<SourceInput>& inputs) {
  std::vector<size_t> candidates;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (looks_like_picture(planned_[i].shape, inputs[i].channels_first)) candidates.push_back(i);
  if (!options_.image_inputs) {
    if (candidates.size() == 1) {
      Planned& only = planned_[candidates[0]];
      only.picture = true;
      note("The input " + pome::quoted(inputs[candidates[0]].name) + " of shape " +
           only.shape.to_string() +
           " was taken for a picture. Name the picture inputs (or none) to decide otherwise.");
    } else if (candidates.size() > 1) {
      note(
          "Several inputs look like pictures, all were kept as arrays: name those that are "
          "pictures.");
    }
    return {};
  }
  for (const std::string& wanted : *options_.image_inputs) {
    bool found = false;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].name != wanted && planned_[i].name != wanted) continue;
      planned_[i].picture = found = true;
    }
    if (!found) {
      const auto known = names_of(inputs);
      return Error(ErrorCode::kUnknownName, "no input is named " + pome::quoted(wanted) +
                                                "; the model's inputs are " + quoted_list(known) +
                                                "." + did_you_mean(wanted, known));
    }
  }
  return {};
}

Result<Tensor> Border::add_picture(const SourceInput& input, const Planned& planned) {
  const Shape& s = planned.shape;
  const bool first = input.channels_first;
  const int64_t channels = s.rank() == 4 ? s[first ? 1 : 3] : 0;
  if (s.rank() != 4 || s[0] != 1 || (channels != 1 && channels != 3)) {
    return Error(ErrorCode::kShapeMismatch,
                 "the input " + pome::quoted(input.name) + " has shape " + s.to_string() +
                     ", a picture has batch 1, two sides and 1 or 3 channels: " +
                     (first ? "[1,3,H,W]" : "[1,H,W,3]"));
  }
  const int64_t height = s[first ? 2 : 1];
  const int64_t width = s[first ? 3 : 2];
  FeatureDescription feature;
  feature.name = planned.name;
  feature.type = FeatureType::kImage;
  feature.image.width = width;
  feature.image.height = height;
  feature.image.color = channels == 1  ? ColorLayout::kGrayscale
                        : options_.bgr ? ColorLayout::kBgr
                                       : ColorLayout::kRgb;
  out_.description.inputs.push_back(feature);
  ops::ImagePreprocessing scaling;
  scaling.feature = planned.name;
  scaling.channel_scale = options_.image_scale;
  scaling.red_bias = options_.red_bias;
  scaling.green_bias = options_.green_bias;
  scaling.blue_bias = options_.blue_bias;
  scaling.gray_bias = options_.gray_bias;
  scaling.bgr = channels == 3 && options_.bgr;
  if (!scaling.identity()) out_.preprocessing.push_back(scaling);
  const Shape lies = {1, channels, height, width};
  ir::Value* value = w_.builder().function().body.add_input(
      planned.name, ir::Type::tensor(ir::DType::kFp32, lies));
  return Tensor{value, first ? Layout::kPlain : Layout::kChannelsFirst, {}};
}

Tensor Border::add_array(const Planned& planned) {
  FeatureDescription feature;
  feature.name = planned.name;
  feature.type = FeatureType::kMultiArray;
  const Shape& s = planned.shape;
  feature.multi_array.shape.assign(s.begin(), s.end());
  if (!s.known()) {
    feature.multi_array.shape[0] = 1;
    for (int64_t d : s)
      feature.multi_array.ranges.push_back(d < 0 ? SizeRange{1, -1} : SizeRange{d, d});
  }
  out_.description.inputs.push_back(feature);
  ir::Value* value =
      w_.builder().function().body.add_input(planned.name, ir::Type::tensor(ir::DType::kFp32, s));
  return Tensor{value, Layout::kPlain, {}};
}

Result<std::vector<Tensor>> Border::add_inputs(const std::vector<SourceInput>& inputs) {
  if (inputs.empty()) return Error(ErrorCode::kInvalidModel, "the model has no input");
  POME_TRY(plan_names(inputs));
  POME_TRY(plan_pictures(inputs));
  const auto pictures =
      std::count_if(planned_.begin(), planned_.end(), [](const Planned& p) { return p.picture; });
  const bool scaled = options_.image_scale != 1 || options_.red_bias != 0 ||
                      options_.green_bias != 0 || options_.blue_bias != 0 ||
                      options_.gray_bias != 0 || options_.bgr;
  if (pictures == 0 && scaled) {
    return Error(ErrorCode::kInvalidArgument,
                 "a scale, bias or colour order of pictures was given, but no input is a picture: "
                 "name the picture inputs; the model's inputs are " +
                     quoted_list(names_of(inputs)));
  }
  std::vector<Tensor> tensors;
  for (size_t i = 0; i < inputs.size(); ++i) {
    Planned& planned = planned_[i];
    if (planned.picture && pictures == 1 && options_.input_names.empty()) planned.name = "image";
    planned.name = own_name(planned.name, "input");
    if (planned.picture) {
      POME_ASSIGN(const Tensor tensor, add_picture(inputs[i], planned));
      tensors.push_back(tensor);
    } else {
      tensors.push_back(add_array(planned));
    }
  }
  return tensors;
}

}  // namespace pome::translate
