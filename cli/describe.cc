#include "describe.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "program_text.h"

namespace pome::cli {
namespace {

/// Text from a model on one line, safe for a terminal and of bounded length; how much is left out
/// is said.
std::string shown(const std::string& text, size_t most = 400) {
  size_t end = std::min(text.size(), most);
  // Not within a character.
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  std::string line = text.substr(0, end);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  const bool whole = end == text.size();
  return printable(line) + (whole ? "" : "... (" + format_bytes(text.size()) + ")");
}

void row(const std::string& label, const std::string& text, size_t width = 15) {
  if (!text.empty())
    std::printf("  %-*s %s\n", static_cast<int>(width), label.c_str(), shown(text).c_str());
}

/// What the maker of the model wrote down besides author and the like: a part of its own, since the
/// keys may be long and the values whole files.
void print_metadata(const std::map<std::string, std::string>& entries, const Output& output) {
  constexpr size_t kMostKey = 60;
  constexpr size_t kMostValue = 120;
  size_t width = 0;
  bool cut = false;
  for (const auto& [key, value] : entries) {
    width = std::max(width, shown(key, kMostKey).size());
    cut = cut || value.size() > kMostValue;
  }
  if (entries.empty()) return;
  std::printf("\n%s%s\n", output.bold("Metadata").c_str(), cut ? " (--json has all of it)" : "");
  for (const auto& [key, value] : entries)
    std::printf("  %-*s  %s\n", static_cast<int>(width), shown(key, kMostKey).c_str(),
                shown(value, kMostValue).c_str());
}

void print_feature(const FeatureDescription& f, size_t width) {
  std::printf("  %-*s  %s%s%s%s\n", static_cast<int>(width), shown(f.name).c_str(),
              f.type_text().c_str(), f.optional ? ", optional" : "",
              f.short_description.empty() ? "" : "  ", shown(f.short_description).c_str());
}

/// All features, or the first ones where there are hundreds, as tables have.
void print_features(const std::string& title, const std::vector<FeatureDescription>& features,
                    const Output& output) {
  constexpr size_t kMost = 40;
  constexpr size_t kFirst = 12;
  const size_t count = features.size() <= kMost ? features.size() : kFirst;
  std::printf("\n%s\n", output.bold(title).c_str());
  size_t width = 0;
  for (size_t i = 0; i < count; ++i) width = std::max(width, shown(features[i].name).size());
  for (size_t i = 0; i < count; ++i) print_feature(features[i], width);
  if (count == features.size()) return;
  const std::string type = features.back().type_text();
  const bool alike =
      std::all_of(features.begin() + kFirst, features.end(),
                  [&](const FeatureDescription& f) { return f.type_text() == type; });
  std::printf("  and %zu more, the last is %s%s (--json lists them)\n", features.size() - count,
              shown(features.back().name).c_str(), alike ? ("; all are " + type).c_str() : "");
}

/// What the other functions of a multi-function ML program take and give.
void print_functions(const ModelDescription& d, const Output& output) {
  for (const FunctionDescription& f : d.functions) {
    if (f.name == d.default_function_name) continue;
    const std::string of = " of function " + shown(f.name);
    print_features("Inputs" + of, f.inputs, output);
    print_features("Outputs" + of, f.outputs, output);
    if (!f.states.empty()) print_features("States" + of, f.states, output);
  }
}

std::string functions_text(const ModelDescription& d) {
  std::string text;
  for (const FunctionDescription& f : d.functions)
    text += (text.empty() ? "" : ", ") + f.name +
            (f.name == d.default_function_name ? " (the default)" : "");
  return text;
}

std::string counted(const std::vector<std::pair<std::string, int64_t>>& entries, size_t most) {
  std::string text;
  for (size_t i = 0; i < entries.size() && i < most; ++i) {
    text += (i ? ", " : "") + entries[i].first + " " + grouped(entries[i].second);
  }
  if (entries.size() > most)
    text += " and " + std::to_string(entries.size() - most) +
            (entries.size() == most + 1 ? " more kind" : " more kinds");
  return text;
}

/// The element types' names as the page has them elsewhere.
std::vector<std::pair<std::string, int64_t>> in_names_of_features(
    std::vector<std::pair<std::string, int64_t>> weights) {
  for (auto& [type, count] : weights) type = element_name(type);
  return weights;
}

/// "trees 100; nodes 2500".
std::string facts_text(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text;
  for (const auto& [name, value] : facts) text += (text.empty() ? "" : "; ") + name + " " + value;
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
        if (list.empty()) return std::string("none");
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

Json to_json(const std::vector<FeatureDescription>& features) {
  Json list = Json::array();
  for (const FeatureDescription& f : features) list.push_back(to_json(f));
  return list;
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
  row("functions", functions_text(d));
  row("made of", counted(info.operations, 8));
  row("weights", counted(in_names_of_features(info.weights), 8));
  for (const auto& [name, value] : info.facts)
    if (name != "labels" || !d.class_labels) row(name, value);
  if (d.class_labels) row("labels", labels_text(*d.class_labels));
  for (const auto& [input, formula] : info.preprocessing)
    row("preprocessing", (input.empty() ? "" : input + ": ") + formula);
  if (d.updatable) row("updatable", "yes");
  if (!info.parts.empty()) {
    std::printf("\n%s\n", output.bold("Parts").c_str());
    print_parts(info.parts, 0);
  }
  print_features("Inputs", d.inputs, output);
  print_features("Outputs", d.outputs, output);
  if (!d.states.empty()) print_features("States", d.states, output);
  print_functions(d, output);
  if (!d.training_inputs.empty()) print_features("Inputs of training", d.training_inputs, output);
  print_weights(info, output);
  print_metadata(d.metadata.user_defined, output);
  if (!info.runnable)
    std::printf("\nnot runnable here: %s\n", shown(info.not_runnable_reason).c_str());
}

Json to_json(const ModelInfo& info) {
  const ModelDescription& d = info.description;
  Json j = {{"type", d.model_type},
            {"specificationVersion", d.specification_version},
            {"container", info.container},
            {"bytes", info.bytes},
            {"systems", info.availability},
            {"metadata",
             {{"author", d.metadata.author},
              {"license", d.metadata.license},
              {"version", d.metadata.version},
              {"shortDescription", d.metadata.short_description},
              {"userDefined", d.metadata.user_defined}}}};
  j["inputs"] = to_json(d.inputs);
  j["outputs"] = to_json(d.outputs);
  if (!d.states.empty()) j["states"] = to_json(d.states);
  if (!d.training_inputs.empty()) j["trainingInputs"] = to_json(d.training_inputs);
  for (const FunctionDescription& f : d.functions) {
    Json function = {
        {"name", f.name}, {"inputs", to_json(f.inputs)}, {"outputs", to_json(f.outputs)}};
    if (!f.states.empty()) function["states"] = to_json(f.states);
    j["functions"].push_back(std::move(function));
  }
  if (!d.functions.empty()) j["defaultFunctionName"] = d.default_function_name;
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
