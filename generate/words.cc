// What a class says of its model and its features.
#include <charconv>
#include <string>

#include "generate/class_plan.h"
#include "generate/text.h"

namespace pome::generate {
namespace {

constexpr size_t kMostShapes = 12;
constexpr size_t kMostLabels = 10;

std::string extents(const std::vector<int64_t>& shape) {
  std::string text;
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? " x " : "") + std::to_string(shape[i]);
  return text;
}

std::string range_text(const SizeRange& range) {
  if (range.upper < 0) return std::to_string(range.lower) + " or more";
  if (range.lower == range.upper) return std::to_string(range.lower);
  return std::to_string(range.lower) + " to " + std::to_string(range.upper);
}

std::string number_text(double value) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof(text), value).ptr);
}

/// "a, b, c and 4 more".
template <typename List, typename Text>
std::string listed(const List& list, size_t most, const Text& text_of) {
  std::string text;
  for (size_t i = 0; i < list.size() && i < most; ++i) text += (i ? ", " : "") + text_of(list[i]);
  if (list.size() > most) text += " and " + std::to_string(list.size() - most) + " more";
  return text;
}

void add_array_words(const FeatureDescription& f, std::string& text) {
  const MultiArrayConstraint& c = f.multi_array;
  if (!c.ranges.empty()) {
    text += " Extents: " + listed(c.ranges, kMostShapes, range_text) + ".";
  } else if (c.enumerated.size() > 1) {
    text += " Shapes: " + listed(c.enumerated, kMostShapes, extents) + ".";
  }
  const bool flexible = !c.ranges.empty() || c.enumerated.size() > 1;
  if (flexible && !c.shape.empty()) text += " Default shape: " + extents(c.shape) + ".";
  if (c.shape.empty()) text += " The model does not state the shape.";
}

void add_image_words(const Member& member, std::string& text) {
  const ImageConstraint& c = member.feature->image;
  if (c.width_range && c.height_range) {
    text += " Width " + range_text(*c.width_range) + " and height " + range_text(*c.height_range) +
            " pixels; " + std::to_string(c.width) + " x " + std::to_string(c.height) +
            " by default.";
  } else if (c.enumerated.size() > 1) {
    const auto size = [](const auto& s) {
      return std::to_string(s.first) + " x " + std::to_string(s.second);
    };
    text += " Sizes, width x height in pixels: " + listed(c.enumerated, kMostShapes, size) + ".";
  } else {
    text += " Width x height in pixels.";
  }
  if (member.is_input) text += " A picture of another size is fitted as crop_and_scale says.";
}

std::string type_words(const Member& member) {
  const FeatureDescription& f = *member.feature;
  std::string text = f.type_text() + ".";
  if (f.type == FeatureType::kMultiArray) add_array_words(f, text);
  if (f.type == FeatureType::kImage) add_image_words(member, text);
  if (f.type == FeatureType::kSequence && (f.sequence_size.lower > 0 || f.sequence_size.upper >= 0))
    text += " Elements: " + range_text(f.sequence_size) + ".";
  if (f.optional) text += member.is_input ? " May be left out" : " May be absent";
  if (f.optional && member.is_input && f.multi_array.default_value != 0 &&
      f.type == FeatureType::kMultiArray)
    text += ": then every element is " + number_text(f.multi_array.default_value);
  return f.optional ? text + "." : text;
}

std::string labels_text(const ClassLabels& labels) {
  const size_t count = label_count(labels);
  std::string text = std::to_string(count) + (count == 1 ? " label: " : " labels: ");
  for (size_t i = 0; i < count && i < kMostLabels; ++i) {
    std::string label = label_text(labels, i);
    if (label.size() > 80) label = label.substr(0, 80) + "...";
    text += (i ? ", " : "") + label;
  }
  return text + (count > kMostLabels ? ", ..." : ".");
}

void add(std::vector<std::string>& words, const std::string& text) {
  if (!text.empty()) words.push_back(text);
}

void add_row(std::vector<std::string>& words, const char* name, const std::string& text) {
  if (!text.empty()) words.push_back(std::string(name) + ": " + text);
}

}  // namespace

std::vector<std::string> words_of(const Member& member, const ClassPlan& plan) {
  const FeatureDescription& f = *member.feature;
  std::vector<std::string> words;
  add(words, f.short_description);
  words.push_back(type_words(member));
  if (member.name != f.name) words.push_back("The model calls it " + cpp_literal(f.name) + ".");
  if (member.is_input || plan.labels == nullptr) return words;
  if (f.name == plan.predicted_feature_name)
    words.push_back("The predicted label, one of " + labels_text(*plan.labels));
  if (f.type == FeatureType::kDictionary &&
      (plan.predicted_probabilities_name.empty() || f.name == plan.predicted_probabilities_name))
    words.push_back("A number for each label.");
  return words;
}

std::vector<std::string> words_of(const ClassPlan& plan) {
  const ModelDescription& d = plan.info->description;
  std::vector<std::string> words;
  add(words, d.metadata.short_description);
  std::string type =
      d.model_type + ", specification version " + std::to_string(d.specification_version);
  if (!plan.info->availability.empty()) type += " (" + plan.info->availability + " or newer)";
  words.push_back(type + ".");
  if (!plan.function_name.empty()) add_row(words, "Function", plan.function_name);
  add_row(words, "Author", d.metadata.author);
  add_row(words, "License", d.metadata.license);
  add_row(words, "Version", d.metadata.version);
  if (!plan.info->runnable)
    words.push_back("Pome cannot run this model: " + plan.info->not_runnable_reason);
  return words;
}

}  // namespace pome::generate
