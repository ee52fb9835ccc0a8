#include "import/mil/import_mil.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"
#include "format/proto/model.pb.h"
#include "import/description.h"
#include "import/mil/blocks.h"
#include "import/mil/border.h"
#include "import/mil/values.h"

namespace pome::import {
namespace {

namespace proto = CoreML::Specification;
namespace mil = CoreML::Specification::MILSpec;

Status read_attributes(const google::protobuf::Map<std::string, mil::Value>& messages,
                       WeightCache& weights, std::map<std::string, ir::LiteralPtr>& attributes) {
  for (const auto& [key, value] : messages) {
    Result<ir::LiteralPtr> literal = read_value(value, weights);
    if (!literal) return std::move(literal).error().at("attribute " + quoted(key));
    attributes[key] = *std::move(literal);
  }
  return {};
}

/// What a function is held to, and the shapes that its inputs are bound to.
struct Border {
  const std::vector<FeatureDescription>& inputs;
  const std::vector<FeatureDescription>& outputs;
  const std::vector<FeatureDescription>& states;
  const InputShapes& shapes;
};

Status read_function(const mil::Function& message, ir::Function& function, WeightCache& weights,
                     const Border* border) {
  const auto body = message.block_specializations().find(message.opset());
  if (body == message.block_specializations().end()) {
    return invalid("the function's opset is " + quoted(message.opset()) +
                   ", it has no body for that");
  }
  POME_TRY(read_attributes(message.attributes(), weights, function.attributes));
  BlockReader reader(function.opset, weights);
  for (const mil::NamedValueType& input : message.inputs()) {
    Result<ir::Type> type = read_type(input.type());
    if (!type) return std::move(type).error().at("input " + quoted(input.name()));
    POME_TRY(reader.declare(function.body.add_input(input.name(), *std::move(type))));
  }
  if (border == nullptr) return reader.read(body->second, function.body);
  // What the file declares is checked before it is bound to one set of shapes.
  POME_TRY(check_inputs(function, border->inputs, border->states));
  POME_ASSIGN(const bool bound, bind_inputs(function, border->shapes));
  POME_TRY(reader.read(body->second, function.body));
  return check_outputs(function, border->outputs, bound);
}

Error no_function(const mil::Program& message, const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& [name, function] : message.functions()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return {ErrorCode::kUnknownName, "the model has no function " + quoted(wanted) + "; it has " +
                                       quoted_list(names) + "." + did_you_mean(wanted, names)};
}

/// Reads the functions of a program one by one.
class ProgramReader {
 public:
  ProgramReader(const mil::Program& message, const format::WeightFiles& weights,
                const ModelDescription& description, const MilOptions& options)
      : message_(message), cache_(weights), description_(description), options_(options) {}

  Result<std::unique_ptr<ir::Program>> read() {
    if (message_.version() != 1) {
      return Error(ErrorCode::kUnsupported, "the ML program has version " +
                                                std::to_string(message_.version()) +
                                                ", version 1 is supported");
    }
    if (message_.functions().empty()) return invalid("the ML program has no function");
    POME_TRY(read_attributes(message_.attributes(), cache_, program_->attributes));
    if (!options_.function.empty() && message_.functions().count(options_.function) == 0)
      return no_function(message_, options_.function);
    for (const auto& [name, function] : message_.functions()) {
      if (!options_.function.empty() && name != options_.function) continue;
      Status read = read_one(name, function);
      if (!read) return std::move(read).error().at(place_text(name));
    }
    POME_TRY(all_are_there());
    return std::move(program_);
  }

 private:
  Status read_one(const std::string& name, const mil::Function& message) {
    const std::optional<ir::Opset> opset = ir::opset_from_text(message.opset());
    if (!opset) {
      return Error(ErrorCode::kUnsupported, "opset " + quoted(message.opset()) +
                                                " is not supported; CoreML5 to CoreML9 are");
    }
    ir::Function& function = *program_->add_function(name, *opset);
    const auto& described = description_.functions;
    const auto row = std::find_if(described.begin(), described.end(),
                                  [&](const FunctionDescription& f) { return f.name == name; });
    if (row != described.end()) {
      const Border border{row->inputs, row->outputs, row->states, options_.shapes};
      return read_function(message, function, cache_, &border);
    }
    const Border border{description_.inputs, description_.outputs, description_.states,
                        options_.shapes};
    const bool main = described.empty() && name == "main";
    return read_function(message, function, cache_, main ? &border : nullptr);
  }

  /// Every function that the description speaks of.
  Status all_are_there() const {
    std::vector<std::string> names;
    for (const FunctionDescription& f : description_.functions) names.push_back(f.name);
    if (names.empty()) names.emplace_back("main");
    for (const std::string& name : names) {
      if (!options_.function.empty() && name != options_.function) continue;
      if (program_->function(name) == nullptr)
        return invalid("the ML program has no function " + quoted(name));
    }
    return {};
  }

  const mil::Program& message_;
  WeightCache cache_;
  const ModelDescription& description_;
  const MilOptions& options_;
  std::unique_ptr<ir::Program> program_ = std::make_unique<ir::Program>();
};

}  // namespace

Result<ImportedModel> import_mil(const proto::Model& model, const format::WeightFiles& weights,
                                 ModelDescription description, const MilOptions& options) {
  if (model.Type_case() != proto::Model::kMlProgram) {
    return Error(ErrorCode::kInvalidArgument,
                 "the model is a " + description.model_type + ", not an mlProgram");
  }
  ImportedModel imported;
  POME_ASSIGN(imported.program,
              ProgramReader(model.mlprogram(), weights, description, options).read());
  imported.description = std::move(description);
  return imported;
}

Result<ImportedModel> import_mil(const format::ModelFile& file) {
  Result<ModelDescription> description = read_description(file.model());
  if (!description) return std::move(description).error().at(file.path().string());
  Result<ImportedModel> imported =
      import_mil(file.model(), file.weights(), *std::move(description));
  if (!imported && !file.path().empty())
    return std::move(imported).error().at(file.path().string());
  return imported;
}

}  // namespace pome::import
