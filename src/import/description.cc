#include "import/description.h"

#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"
#include "import/feature_type.h"
#include "import/optional_inputs.h"

namespace pome::import {
namespace {

namespace proto = CoreML::Specification;

using Features = google::protobuf::RepeatedPtrField<proto::FeatureDescription>;

Result<std::vector<FeatureDescription>> read_features(const Features& features, const char* what,
                                                      bool is_input) {
  std::vector<FeatureDescription> described;
  std::set<std::string> names;
  for (int i = 0; i < features.size(); ++i) {
    const std::string place = std::string(what) + " " + std::to_string(i);
    const std::string& name = features[i].name();
    if (name.empty()) return Error(ErrorCode::kInvalidModel, "the feature has no name").at(place);
    if (!is_valid_utf8(name)) {
      return Error(ErrorCode::kInvalidModel, "the name " + quoted(name) + " contains NUL")
          .at(place);
    }
    if (!names.insert(name).second) {
      return Error(ErrorCode::kInvalidModel, "the name " + quoted(name) + " stands twice")
          .at(place);
    }
    Result<FeatureDescription> feature = read_feature(features[i], is_input);
    if (!feature) return std::move(feature).error().at(std::string(what) + " " + quoted(name));
    described.push_back(*std::move(feature));
  }
  return described;
}

/// Works on a ModelDescription and on a FunctionDescription: both have these fields.
template <typename Message, typename Description>
Status read_signature(const Message& message, Description& description) {
  POME_ASSIGN(description.inputs, read_features(message.input(), "input", true));
  POME_ASSIGN(description.outputs, read_features(message.output(), "output", false));
  POME_ASSIGN(description.states, read_features(message.state(), "state", true));
  description.predicted_feature_name = message.predictedfeaturename();
  description.predicted_probabilities_name = message.predictedprobabilitiesname();
  return {};
}

ModelMetadata read_metadata(const proto::Metadata& message) {
  ModelMetadata metadata;
  metadata.short_description = message.shortdescription();
  metadata.version = message.versionstring();
  metadata.author = message.author();
  metadata.license = message.license();
  for (const auto& [key, value] : message.userdefined()) metadata.user_defined[key] = value;
  return metadata;
}

Status read_functions(const proto::ModelDescription& message, ModelDescription& description) {
  description.default_function_name = message.defaultfunctionname();
  if (message.functions().empty()) return {};
  std::set<std::string> names;
  const FunctionDescription* chosen = nullptr;
  description.functions.reserve(static_cast<size_t>(message.functions_size()));
  for (const proto::FunctionDescription& f : message.functions()) {
    if (f.name().empty() || !names.insert(f.name()).second) {
      return Error(ErrorCode::kInvalidModel,
                   "the function name " + quoted(f.name()) + " is empty or stands twice");
    }
    FunctionDescription function;
    function.name = f.name();
    Status read = read_signature(f, function);
    if (!read) return std::move(read).error().at("function " + quoted(f.name()));
    description.functions.push_back(std::move(function));
    if (f.name() == message.defaultfunctionname()) chosen = &description.functions.back();
  }
  if (chosen == nullptr && !message.defaultfunctionname().empty()) {
    return Error(ErrorCode::kInvalidModel, "the default function is " +
                                               quoted(message.defaultfunctionname()) +
                                               ", no function has that name");
  }
  if (chosen == nullptr) chosen = &description.functions.front();
  description.inputs = chosen->inputs;
  description.outputs = chosen->outputs;
  description.states = chosen->states;
  description.predicted_feature_name = chosen->predicted_feature_name;
  description.predicted_probabilities_name = chosen->predicted_probabilities_name;
  return {};
}

std::optional<ClassLabels> texts(const proto::StringVector& v) {
  return ClassLabels(std::vector<std::string>(v.vector().begin(), v.vector().end()));
}

std::optional<ClassLabels> numbers(const proto::Int64Vector& v) {
  return ClassLabels(std::vector<int64_t>(v.vector().begin(), v.vector().end()));
}

/// The two members of the oneof ClassLabels, which most classifiers have.
template <typename Classifier>
std::optional<ClassLabels> labels_of(const Classifier& classifier) {
  if (classifier.has_stringclasslabels()) return texts(classifier.stringclasslabels());
  if (classifier.has_int64classlabels()) return numbers(classifier.int64classlabels());
  return std::nullopt;
}

/// The labels of samples, each once, in the order in which they come first.
std::optional<ClassLabels> without_doubles(std::optional<ClassLabels> labels) {
  if (!labels) return labels;
  const auto reduce = [](auto& list) {
    std::set<typename std::decay_t<decltype(list)>::value_type> seen;
    std::erase_if(list, [&](const auto& label) { return !seen.insert(label).second; });
  };
  std::visit(reduce, *labels);
  return labels;
}

/// The constants bound to a `classify` op's parameter: the only place where an ML program keeps its
/// labels.
std::optional<ClassLabels> labels_of(const proto::MILSpec::Value& value) {
  std::vector<std::string> strings;
  std::vector<int64_t> integers;
  for (const proto::MILSpec::Value& member : value.immediatevalue().list().values()) {
    const proto::MILSpec::TensorValue& tensor = member.immediatevalue().tensor();
    strings.insert(strings.end(), tensor.strings().values().begin(),
                   tensor.strings().values().end());
    integers.insert(integers.end(), tensor.longints().values().begin(),
                    tensor.longints().values().end());
  }
  if (!strings.empty()) return ClassLabels(std::move(strings));
  if (!integers.empty()) return ClassLabels(std::move(integers));
  return std::nullopt;
}

std::optional<ClassLabels> labels_of(const proto::MILSpec::Program& program,
                                     const std::string& function_name) {
  const auto function = program.functions().find(function_name);
  if (function == program.functions().end()) return std::nullopt;
  const auto& blocks = function->second.block_specializations();
  const auto block = blocks.find(function->second.opset());
  if (block == blocks.end()) return std::nullopt;
  const auto& operations = block->second.operations();
  for (auto op = operations.rbegin(); op != operations.rend(); ++op) {
    if (op->type() != "classify") continue;
    const auto classes = op->inputs().find("classes");
    if (classes == op->inputs().end() || classes->second.arguments().empty()) return std::nullopt;
    return labels_of(classes->second.arguments(0).value());
  }
  return std::nullopt;
}

std::optional<ClassLabels> labels_of(const proto::Model& model, const std::string& function) {
  switch (model.Type_case()) {
    case proto::Model::kNeuralNetworkClassifier:
      return labels_of(model.neuralnetworkclassifier());
    case proto::Model::kTreeEnsembleClassifier:
      return labels_of(model.treeensembleclassifier());
    case proto::Model::kGlmClassifier:
      return labels_of(model.glmclassifier());
    case proto::Model::kSupportVectorClassifier:
      return labels_of(model.supportvectorclassifier());
    case proto::Model::kKNearestNeighborsClassifier:
      return without_doubles(labels_of(model.knearestneighborsclassifier()));
    case proto::Model::kTextClassifier:
      if (!model.textclassifier().has_stringclasslabels()) return std::nullopt;
      return texts(model.textclassifier().stringclasslabels());
    case proto::Model::kMlProgram:
      return labels_of(model.mlprogram(), function);
    case proto::Model::kNonMaximumSuppression:
      return labels_of(model.nonmaximumsuppression());
    case proto::Model::kPipeline: {
      // The only part with labels, such as the suppression behind a detector.
      std::optional<ClassLabels> found;
      for (const proto::Model& part : model.pipeline().models()) {
        auto labels = labels_of(part, "main");
        if (labels && found) return std::nullopt;
        if (labels) found = std::move(labels);
      }
      return found;
    }
    case proto::Model::kPipelineClassifier: {
      // The last classifier decides. Depth is bounded: check_model() allows 16 levels.
      const auto& parts = model.pipelineclassifier().pipeline().models();
      for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        if (auto labels = labels_of(*part, "main")) return labels;
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<ModelDescription> read_description(const proto::Model& model) {
  const proto::ModelDescription& message = model.description();
  ModelDescription description;
  description.specification_version = model.specificationversion();
  description.model_type = format::model_type_name(model);
  description.updatable = model.isupdatable();
  description.metadata = read_metadata(message.metadata());
  POME_TRY(read_signature(message, description));
  POME_ASSIGN(description.training_inputs,
              read_features(message.traininginput(), "training input", true));
  POME_TRY(read_functions(message, description));
  std::string function = description.default_function_name;
  if (function.empty())
    function = description.functions.empty() ? "main" : description.functions.front().name;
  description.class_labels = labels_of(model, function);
  mark_optional_inputs(model, description);
  return description;
}

}  // namespace pome::import
