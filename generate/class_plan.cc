#include "generate/class_plan.h"

#include <set>
#include <utility>

#include "base/text.h"
#include "generate/names.h"

namespace pome::generate {
namespace {

constexpr size_t kLongestName = 4096;
constexpr size_t kMostFeatures = 10000;
constexpr size_t kMostEnumerators = 1000;

using Names = std::set<std::string, std::less<>>;

/// What stands around features in a class, so that none may be called so.
const Names& names_around(Language language) {
  static const Names cpp = {"Input", "Output", "Label", "options", "std", "pome"};
  static const Names python = {"self", "crop_and_scale", "int",   "float",   "str", "bool",
                               "dict", "list",           "tuple", "Any",     "np",  "npt",
                               "PIL",  "pome",           "type",  "ClassVar"};
  return language == Language::kCpp ? cpp : python;
}

/// Members, arguments and locals of the class itself, in any language, and modules: names that it
/// cannot have.
bool is_member(std::string_view name) {
  static const Names names = {"Any",        "ClassVar",      "Entry",       "Input",
                              "Label",      "Mapping",       "Output",      "PIL",
                              "Sequence",   "annotations",   "batch",       "bool",
                              "bytes",      "classmethod",   "cls",         "configuration",
                              "configured", "dataclasses",   "dict",        "entries",
                              "enum",       "float",         "i",           "input",
                              "inputs",     "int",           "kInputs",     "kLabels",
                              "kOutputs",   "label",         "list",        "load",
                              "made",       "main",          "model",       "np",
                              "npt",        "number",        "options",     "os",
                              "output",     "output_of",     "outputs",     "path",
                              "pome",       "prediction",    "predictions", "provider",
                              "range",      "result",        "results",     "same",
                              "self",       "specification", "std",         "str",
                              "text",       "to_label",      "to_string",   "tuple",
                              "type",       "values",        "weights",     "zip"};
  return names.contains(name);
}

/// The functions' or the model's own lists, whichever is asked for.
struct Signature {
  const std::vector<FeatureDescription>* inputs;
  const std::vector<FeatureDescription>* outputs;
  std::string predicted_feature_name;
  std::string predicted_probabilities_name;
  bool is_default = true;
};

Result<Signature> signature_of(const ModelDescription& d, const std::string& function) {
  if (function.empty() || (d.functions.empty() && function == "main")) {
    return Signature{&d.inputs, &d.outputs, d.predicted_feature_name,
                     d.predicted_probabilities_name};
  }
  std::vector<std::string> names;
  for (const FunctionDescription& f : d.functions) {
    if (f.name == function) {
      return Signature{&f.inputs, &f.outputs, f.predicted_feature_name,
                       f.predicted_probabilities_name, f.name == d.default_function_name};
    }
    names.push_back(f.name);
  }
  if (names.empty()) names.emplace_back("main");
  return Error(ErrorCode::kUnknownName, "the model has no function " + quoted(function) +
                                            "; it has " + quoted_list(names) + "." +
                                            did_you_mean(function, names));
}

Status check_names(const std::vector<FeatureDescription>& features, const std::string& kind) {
  if (features.size() > kMostFeatures) {
    return Error(ErrorCode::kUnsupported, "the model has " + std::to_string(features.size()) + " " +
                                              kind + "s; a class has at most " +
                                              std::to_string(kMostFeatures));
  }
  for (const FeatureDescription& f : features) {
    if (f.name.size() <= kLongestName) continue;
    return Error(ErrorCode::kUnsupported, "the name of " + kind + " " + quoted(f.name, 40) +
                                              " has " + std::to_string(f.name.size()) +
                                              " bytes; a class takes at most " +
                                              std::to_string(kLongestName));
  }
  return {};
}

/// Members with their names, and the names of what stands beside them: those come last, so that no
/// feature has to give way to them.
std::vector<Member> members_of(const std::vector<FeatureDescription>& features, bool are_inputs,
                               const std::string& class_name, Language language) {
  std::vector<std::string> texts;
  for (const FeatureDescription& f : features) texts.push_back(f.name);
  Names taken = names_around(language);
  taken.insert({class_name, class_name + "Input", class_name + "Output"});
  NameScope scope(language, std::move(taken));
  const std::vector<std::string> names = scope.take_all(texts, are_inputs ? "input" : "output");
  std::vector<Member> members;
  for (size_t i = 0; i < features.size(); ++i) {
    const FeatureDescription& f = features[i];
    Member member;
    member.feature = &f;
    member.is_input = are_inputs;
    member.name = names[i];
    const std::string stem = names[i].back() == '_' ? names[i] : names[i] + "_";
    if (f.type == FeatureType::kMultiArray) {
      member.type_name = scope.take(stem + "type");
      if (!f.multi_array.shape.empty()) member.shape_name = scope.take(stem + "shape");
      if (are_inputs && !f.multi_array.shape.empty()) member.from_name = scope.take(stem + "from");
      if (!are_inputs && f.multi_array.data_type != MultiArrayDataType::kFloat16)
        member.values_name = scope.take(stem + "values");
    } else if (f.type == FeatureType::kImage && f.image.width > 0) {  // else it does not state it
      member.width_name = scope.take(stem + "width");
      member.height_name = scope.take(stem + "height");
    }
    members.push_back(std::move(member));
  }
  return members;
}

/// An enumerator for each label; none where there are too many or too long ones.
std::vector<std::string> enumerators_of(const ClassLabels& labels, Language language) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < label_count(labels); ++i) {
    texts.push_back(label_text(labels, i));
    if (texts.size() > kMostEnumerators || texts.back().size() > kLongestName) return {};
    if (std::holds_alternative<std::vector<int64_t>>(labels)) {
      std::string& digits = texts.back();
      digits = digits[0] == '-' ? "label_minus_" + digits.substr(1) : "label_" + digits;
    }
  }
  NameScope scope(language, {"name", "mro", "value"});  // what Python's enums have of their own
  return scope.take_all(texts, "label");
}

}  // namespace

bool is_class_name(std::string_view name) {
  return !name.empty() && name == cleaned(name) && !(name.front() >= '0' && name.front() <= '9') &&
         !is_reserved(name, Language::kCpp) && !is_reserved(name, Language::kPython) &&
         !is_member(name);
}

std::string class_name_of(const std::string& model_name) {
  std::string name = cleaned(std::filesystem::path(model_name).stem().string());
  if (name.empty()) return "CoreMLModel";
  if (name.front() >= '0' && name.front() <= '9') name = "Model" + name;
  return is_class_name(name) ? name : name + "Model";
}

size_t label_count(const ClassLabels& labels) {
  return std::visit([](const auto& list) { return list.size(); }, labels);
}

std::string label_text(const ClassLabels& labels, size_t index) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&labels)) return (*texts)[index];
  return std::to_string(std::get<std::vector<int64_t>>(labels)[index]);
}

Result<ClassPlan> plan_class(const ModelInfo& info, const GenerateOptions& options) {
  const ModelDescription& d = info.description;
  ClassPlan plan;
  plan.info = &info;
  plan.model_name = options.model_name;
  plan.function_name = options.function_name;
  plan.class_name =
      options.class_name.empty() ? class_name_of(options.model_name) : options.class_name;
  if (!is_class_name(plan.class_name)) {
    return Error(ErrorCode::kInvalidArgument,
                 quoted(plan.class_name) +
                     " cannot name a class; letters, digits and single underscores between them "
                     "can, a letter first, that are no word of C++ or Python");
  }
  auto signature = signature_of(d, options.function_name);
  if (!signature.ok()) return std::move(signature).error();
  Status names = check_names(*signature->inputs, "input");
  if (names.ok()) names = check_names(*signature->outputs, "output");
  if (!names.ok()) return std::move(names).error();
  plan.inputs = members_of(*signature->inputs, true, plan.class_name, options.language);
  plan.outputs = members_of(*signature->outputs, false, plan.class_name, options.language);
  plan.predicted_feature_name = signature->predicted_feature_name;
  plan.predicted_probabilities_name = signature->predicted_probabilities_name;
  if (d.class_labels && signature->is_default) {
    plan.labels = &*d.class_labels;
    plan.label_names = enumerators_of(*plan.labels, options.language);
  }
  return plan;
}

Result<Generated> generate(const ModelInfo& info, const GenerateOptions& options) {
  auto plan = plan_class(info, options);
  if (!plan.ok()) return std::move(plan).error();
  Generated made;
  made.class_name = plan->class_name;
  if (options.language == Language::kPython) {
    made.files.push_back({plan->class_name + ".py", python_module(*plan)});
    return made;
  }
  std::vector<std::string> weights;
  if (options.embed)
    for (const auto& [name, path] : options.embed->weights) weights.push_back(name);
  made.files.push_back(
      {plan->class_name + ".h", cpp_header(*plan, options.embed.has_value(), weights)});
  if (options.embed) {
    auto assembly = embedding_assembly(plan->class_name, *options.embed);
    if (!assembly.ok()) return std::move(assembly).error();
    made.files.push_back({plan->class_name + ".s", *std::move(assembly)});
  }
  return made;
}

}  // namespace pome::generate
