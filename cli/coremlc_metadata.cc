// pome info --json in the words of Apple's `coremlc metadata`.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "generate/generate.h"
#include "program_text.h"

namespace pome::cli {
namespace {

constexpr const char* kFalse = "0";
constexpr const char* kTrue = "1";

std::string shape_of(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

/// "Float16": the element type as Apple writes it.
std::string capitalised(std::string_view type) {
  std::string text(type);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

Json array_schema(const FeatureDescription& f) {
  const std::string type = capitalised(to_string(f.multi_array.data_type));
  std::string extents;
  for (size_t i = 0; i < f.multi_array.shape.size(); ++i)
    extents += (i ? " \u00d7 " : "") + std::to_string(f.multi_array.shape[i]);
  const bool flexible = !f.multi_array.enumerated.empty() || !f.multi_array.ranges.empty();
  Json j = {{"hasShapeFlexibility", flexible ? kTrue : kFalse},
            {"dataType", type},
            {"formattedType", "MultiArray (" + type + (extents.empty() ? "" : " " + extents) + ")"},
            {"shape", shape_of(f.multi_array.shape)}};
  if (!f.multi_array.enumerated.empty()) {
    std::string shapes;
    for (const auto& s : f.multi_array.enumerated)
      shapes += (shapes.empty() ? "" : ", ") + shape_of(s);
    j["enumeratedShapes"] = "[" + shapes + "]";
  }
  if (!f.multi_array.ranges.empty()) {
    std::string ranges;
    for (const SizeRange& r : f.multi_array.ranges)
      ranges += (ranges.empty() ? "[" : ", [") + std::to_string(r.lower) + ", " +
                std::to_string(r.upper) + "]";
    j["shapeRange"] = "[" + ranges + "]";
  }
  return j;
}

Json image_schema(const FeatureDescription& f) {
  const bool flexible = !f.image.enumerated.empty() || f.image.width_range.has_value();
  const std::string colour(to_string(f.image.color));
  const bool gray =
      colour.find("ray") != std::string::npos || colour.find("RAY") != std::string::npos;
  const std::string width = std::to_string(f.image.width);
  const std::string height = std::to_string(f.image.height);
  return {{"hasSizeFlexibility", flexible ? kTrue : kFalse},
          {"width", width},
          {"height", height},
          {"colorspace", gray ? "Grayscale" : colour.substr(colour.find(' ') + 1)},
          {"formattedType", std::string("Image (") + (gray ? "Grayscale " : "Color ") + width +
                                " \u00d7 " + height + ")"}};
}

Json schema(const std::vector<FeatureDescription>& features) {
  Json list = Json::array();
  for (const FeatureDescription& f : features) {
    Json j = {{"name", f.name},
              {"type", capitalised(to_string(f.type))},
              {"isOptional", f.optional ? kTrue : kFalse},
              {"shortDescription", f.short_description}};
    if (f.type == FeatureType::kMultiArray || f.type == FeatureType::kState) {
      j.update(array_schema(f));
    } else if (f.type == FeatureType::kImage) {
      j.update(image_schema(f));
    } else {
      j["formattedType"] = f.type_text();
    }
    list.push_back(std::move(j));
  }
  return list;
}

/// "Float16" of one type, "Mixed (Float16, Int8)" of several.
std::string mixed(const std::vector<std::string>& types) {
  return types.size() <= 1 ? joined(types, "") : "Mixed (" + joined(types, ", ") + ")";
}

/// The types in which an ML program's ops compute.
std::string compute_precision(const ModelInfo& info) {
  std::set<std::string> types;
  for (const OperationInfo& op : info.program)
    for (const std::string& type : op.output_types)
      types.insert(element_name(type.substr(0, type.find(' '))));
  return mixed({types.begin(), types.end()});
}

/// The types of all weights.
std::string storage_precision(const ModelInfo& info) {
  std::vector<std::string> types;
  for (const auto& [type, count] : info.weights) {
    std::string name = capitalised(element_name(type));
    if (std::find(types.begin(), types.end(), name) == types.end())
      types.push_back(std::move(name));
  }
  return mixed(types);
}

/// "11.2" of "iOS 11.2, macOS 10.13.2" and "iOS"; empty where the system is not named.
std::string version_of(const std::string& text, const std::string& system) {
  const size_t at = text.find(system + " ");
  if (at == std::string::npos) return {};
  const size_t begin = at + system.size() + 1;
  std::string version = text.substr(begin, text.find(',', begin) - begin);
  return version.find('.') == std::string::npos ? version + ".0" : version;
}

/// The first release of each system that runs the model. Those that the format does not name follow
/// iOS': tvOS has its numbers, Mac Catalyst from 13 on, watchOS those less 7 until all became 26,
/// visionOS began when 17 was current.
Json availability(const std::string& text) {
  const std::string ios = version_of(text, "iOS");
  if (ios.empty()) return Json::object();
  const int major = std::atoi(ios.c_str());
  const std::string minor = ios.substr(ios.find('.'));
  Json j = {{"iOS", ios}, {"macOS", version_of(text, "macOS")}, {"tvOS", ios}};
  j["watchOS"] = major >= 26 ? ios : std::to_string(major - 7) + minor;
  j["visionOS"] = major >= 26 ? ios : major == 18 ? "2.0" : "1.0";
  if (major >= 13) j["macCatalyst"] = ios;
  return j;
}

}  // namespace

Json coremlc_metadata(const ModelInfo& info, const std::filesystem::path& path) {
  const ModelDescription& d = info.description;
  Json j = {{"metadataOutputVersion", "3.0"},
            {"specificationVersion", d.specification_version},
            {"modelType", {{"name", "MLModelType_" + d.model_type}}},
            {"inputSchema", schema(d.inputs)},
            {"outputSchema", schema(d.outputs)},
            {"stateSchema", schema(d.states)},
            {"availability", availability(info.availability)},
            {"generatedClassName", generate::class_name_of(path.filename().string())},
            {"isUpdatable", d.updatable ? kTrue : kFalse},
            {"method", "predict"},
            {"userDefinedMetadata", d.metadata.user_defined}};
  const std::string storage = storage_precision(info);
  if (!storage.empty()) j["storagePrecision"] = storage;
  if (!d.metadata.short_description.empty()) j["shortDescription"] = d.metadata.short_description;
  if (!d.metadata.author.empty()) j["author"] = d.metadata.author;
  if (!d.metadata.license.empty()) j["license"] = d.metadata.license;
  if (!d.metadata.version.empty()) j["version"] = d.metadata.version;
  if (!info.opset.empty()) {
    j["computePrecision"] = compute_precision(info);
    Json& histogram = j["mlProgramOperationTypeHistogram"] = Json::object();
    for (const auto& [kind, count] : info.operations)
      histogram[capitalised(info.opset) + "." + kind] = count;
  }
  return j;
}

}  // namespace pome::cli
