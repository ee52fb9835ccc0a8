// A class before it is written: the identifiers that everything of a model gets, and what is said
// of it. Common to all languages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "generate/generate.h"
#include "pome/model_description.h"

namespace pome::generate {

/// An input or output, and the names that it has in the class.
struct Member {
  const FeatureDescription* feature = nullptr;
  bool is_input = false;
  std::string name;
  /// Of the constants and functions beside it; empty where it has none.
  std::string type_name;    // arrays: element type
  std::string shape_name;   // arrays whose shape the model states
  std::string values_name;  // arrays out: the elements
  std::string from_name;    // arrays in whose shape the model states: an array of elements
  std::string width_name;   // pictures
  std::string height_name;
};

/// Points into the ModelInfo that it was made of, which must outlive it.
struct ClassPlan {
  std::string class_name;
  const ModelInfo* info = nullptr;
  std::string model_name;
  std::string function_name;
  std::vector<Member> inputs;
  std::vector<Member> outputs;
  std::string predicted_feature_name;
  std::string predicted_probabilities_name;
  /// Of the chosen function; null when there is none.
  const ClassLabels* labels = nullptr;
  /// The labels' enumerators; empty: there is no enum (no labels, or over 1,000).
  std::vector<std::string> label_names;
};

/// Errors: as generate().
Result<ClassPlan> plan_class(const ModelInfo& info, const GenerateOptions& options);

/// What an input or output is, in paragraphs: the model's own description, type, shapes, sizes,
/// ranges, labels.
std::vector<std::string> words_of(const Member& member, const ClassPlan& plan);
/// What the model is, in paragraphs: description, type, version, author, licence.
std::vector<std::string> words_of(const ClassPlan& plan);
/// A label as a text, or a number's digits.
std::string label_text(const ClassLabels& labels, size_t index);
/// How many labels there are.
size_t label_count(const ClassLabels& labels);

/// The class in C++, with a load() without a path where the model is embedded; the weight files by
/// name, in the order of their symbols.
std::string cpp_header(const ClassPlan& plan, bool embedded,
                       const std::vector<std::string>& weight_names);
/// The class in Python.
std::string python_module(const ClassPlan& plan);
/// Assembly that holds the files' bytes, for the symbols that cpp_header() declares. Errors:
/// kUnsupported for a path with a line feed.
Result<std::string> embedding_assembly(const std::string& class_name, const EmbeddedFiles& files);
/// The symbols' common beginning: of file 0 (the specification), 1, ... (weights by name).
std::string embedded_symbol(const std::string& class_name, size_t index);

}  // namespace pome::generate
