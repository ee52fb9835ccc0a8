#include "describe.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace pome::cli {
namespace {

/// Text from a model, safe for a terminal and of bounded length.
std::string shown(const std::string& text) {
  constexpr size_t kMost = 400;
  return text.size() <= kMost ? printable(text) : printable(text.substr(0, kMost)) + "...";
}

void row(const char* label, const std::string& text) {
  if (!text.empty()) std::printf("  %-15s %s\n", label, shown(text).c_str());
}

void print_features(const char* title, const std::vector<FeatureDescription>& features,
                    const Output& output) {
  std::printf("\n%s\n", output.bold(title).c_str());
  size_t width = 0;
  for (const auto& f : features) width = std::max(width, shown(f.name).size());
  for (const auto& f : features) {
    std::printf("  %-*s  %s%s%s%s\n", static_cast<int>(width), shown(f.name).c_str(),
                f.type_text().c_str(), f.optional ? ", optional" : "",
                f.short_description.empty() ? "" : "  ", shown(f.short_description).c_str());
  }
}

std::string counted(const std::vector<std::pair<std::string, int64_t>>& entries, size_t most) {
  std::string text;
  for (size_t i = 0; i < entries.size() && i < most; ++i) {
    text += (i ? ", " : "") + entries[i].first + " " + std::to_string(entries[i].second);
  }
  if (entries.size() > most)
    text += " and " + std::to_string(entries.size() - most) +
            (entries.size() == most + 1 ? " more kind" : " more kinds");
  return text;
}

std::string labels_text(const ClassLabels& labels) {
  return std::visit(
      [](const auto& list) {
        std::string text = std::to_string(list.size()) + ": ";
        for (size_t i = 0; i < list.size() && i < 10; ++i) {
          if (i) text += ", ";
          if constexpr (std::is_same_v<std::decay_t<decltype(list[0])>, std::string>) {
            text += list[i];
          } else {
            text += std::to_string(list[i]);
          }
        }
        return list.size() > 10 ? text + ", ..." : text;
      },
      labels);
}

Json shape_json(const MultiArrayConstraint& c) {
  Json j = {{"dataType", std::string(to_string(c.data_type))}, {"shape", c.shape}};
  if (!c.enumerated.empty()) j["enumeratedShapes"] = c.enumerated;
  for (const SizeRange& r : c.ranges) j["shapeRange"].push_back({r.lower, r.upper});
  return j;
}

Json to_json(const FeatureDescription& f) {
  Json j = {
      {"name", f.name}, {"type", std::string(to_string(f.type))}, {"description", f.type_text()}};
  if (f.optional) j["optional"] = true;
  if (!f.short_description.empty()) j["shortDescription"] = f.short_description;
  if (f.type == FeatureType::kMultiArray || f.type == FeatureType::kState)
    j.update(shape_json(f.multi_array));
  if (f.type == FeatureType::kImage) {
    j["width"] = f.image.width;
    j["height"] = f.image.height;
    j["colorLayout"] = std::string(to_string(f.image.color));
  }
  return j;
}

}  // namespace

void print_info(const ModelInfo& info, const Output& output, const std::string& path) {
  const ModelDescription& d = info.description;
  std::printf("%s\n", output.bold(shown(path)).c_str());
  row("type", d.model_type);
  row("specification",
      std::to_string(d.specification_version) +
          (info.availability.empty() ? "" : " (" + info.availability + " or newer)"));
  row("size", format_bytes(info.bytes));
  row("author", d.metadata.author);
  row("license", d.metadata.license);
  row("version", d.metadata.version);
  row("description", d.metadata.short_description);
  for (const auto& [key, value] : d.metadata.user_defined) row(shown(key).c_str(), value);
  row("made of", counted(info.operations, 8));
  row("weights", counted(info.weights, 8));
  if (d.class_labels) row("labels", labels_text(*d.class_labels));
  print_features("Inputs", d.inputs, output);
  print_features("Outputs", d.outputs, output);
  if (!info.runnable)
    std::printf("\nnot runnable here: %s\n", shown(info.not_runnable_reason).c_str());
}

Json to_json(const ModelInfo& info) {
  const ModelDescription& d = info.description;
  Json j = {{"type", d.model_type},
            {"specificationVersion", d.specification_version},
            {"container", info.container},
            {"bytes", info.bytes},
            {"availability", info.availability},
            {"metadata",
             {{"author", d.metadata.author},
              {"license", d.metadata.license},
              {"version", d.metadata.version},
              {"shortDescription", d.metadata.short_description},
              {"userDefined", d.metadata.user_defined}}}};
  j["inputs"] = Json::array();
  for (const auto& f : d.inputs) j["inputs"].push_back(to_json(f));
  j["outputs"] = Json::array();
  for (const auto& f : d.outputs) j["outputs"].push_back(to_json(f));
  if (!d.predicted_feature_name.empty()) j["predictedFeatureName"] = d.predicted_feature_name;
  if (!d.predicted_probabilities_name.empty())
    j["predictedProbabilitiesName"] = d.predicted_probabilities_name;
  if (d.class_labels)
    std::visit([&](const auto& list) { j["classLabels"] = list; }, *d.class_labels);
  j["operations"] = Json::object();
  for (const auto& [kind, count] : info.operations) j["operations"][kind] = count;
  j["weights"] = Json::object();
  for (const auto& [type, count] : info.weights) j["weights"][type] = count;
  j["runnable"] = info.runnable;
  if (!info.runnable) j["reason"] = info.not_runnable_reason;
  return j;
}

}  // namespace pome::cli
