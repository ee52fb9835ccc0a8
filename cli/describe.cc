#include "describe.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "program_text.h"

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

/// "trees 100, nodes 2500".
std::string facts_text(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text;
  for (const auto& [name, value] : facts) text += (text.empty() ? "" : ", ") + name + " " + value;
  return text;
}

void print_parts(const std::vector<ModelPart>& parts, int depth) {
  for (size_t i = 0; i < parts.size(); ++i) {
    const ModelPart& part = parts[i];
    const std::string facts = facts_text(part.facts);
    std::printf("  %*s%zu  %s%s%s%s\n", depth * 3, "", i,
                part.name.empty() ? "" : (shown(part.name) + ": ").c_str(),
                shown(part.type).c_str(), facts.empty() ? "" : "  ", shown(facts).c_str());
    print_parts(part.parts, depth + 1);
  }
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

Json to_json(const std::vector<std::pair<std::string, std::string>>& facts) {
  Json j = Json::object();
  for (const auto& [name, value] : facts) j[name] = value;
  return j;
}

Json to_json(const std::vector<ModelPart>& parts) {
  Json list = Json::array();
  for (const ModelPart& part : parts) {
    Json j = {{"name", part.name}, {"type", part.type}, {"facts", to_json(part.facts)}};
    if (!part.parts.empty()) j["parts"] = to_json(part.parts);
    list.push_back(std::move(j));
  }
  return list;
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
  for (const auto& [name, value] : info.facts) row(name.c_str(), value);
  if (d.class_labels) row("labels", labels_text(*d.class_labels));
  for (const auto& [input, formula] : info.preprocessing)
    row("preprocessing", (input.empty() ? "" : input + ": ") + formula);
  if (!info.parts.empty()) {
    std::printf("\n%s\n", output.bold("Parts").c_str());
    print_parts(info.parts, 0);
  }
  print_features("Inputs", d.inputs, output);
  print_features("Outputs", d.outputs, output);
  if (!d.states.empty()) print_features("States", d.states, output);
  print_weights(info, output);
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
  if (!d.states.empty()) j["states"] = Json::array();
  for (const auto& f : d.states) j["states"].push_back(to_json(f));
  if (!d.predicted_feature_name.empty()) j["predictedFeatureName"] = d.predicted_feature_name;
  if (!d.predicted_probabilities_name.empty())
    j["predictedProbabilitiesName"] = d.predicted_probabilities_name;
  if (d.class_labels)
    std::visit([&](const auto& list) { j["classLabels"] = list; }, *d.class_labels);
  j["operations"] = Json::object();
  for (const auto& [kind, count] : info.operations) j["operations"][kind] = count;
  j["preprocessing"] = Json::array();
  for (const auto& [input, formula] : info.preprocessing)
    j["preprocessing"].push_back({{"input", input}, {"formula", formula}});
  j["weights"] = Json::object();
  for (const auto& [type, count] : info.weights) j["weights"][type] = count;
  j["facts"] = to_json(info.facts);
  if (!info.parts.empty()) j["parts"] = to_json(info.parts);
  j["runnable"] = info.runnable;
  if (!info.runnable) j["reason"] = info.not_runnable_reason;
  return j;
}

}  // namespace pome::cli
