#include "import/mil/import_mil.h"

#include <memory>
#include <string>
#include <utility>

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

Error invalid(const std::string& message) { return Error(ErrorCode::kInvalidModel, message); }

Status read_attributes(const google::protobuf::Map<std::string, mil::Value>& messages,
                       WeightCache& weights, std::map<std::string, ir::LiteralPtr>& attributes) {
  for (const auto& [key, value] : messages) {
    Result<ir::LiteralPtr> literal = read_value(value, weights);
    if (!literal) return std::move(literal).error().at("attribute " + quoted(key));
    attributes[key] = *std::move(literal);
  }
  return {};
}

Status read_function(const mil::Function& message, ir::Function& function, WeightCache& weights) {
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
  return reader.read(body->second, function.body);
}

Result<std::unique_ptr<ir::Program>> read_program(const mil::Program& message,
                                                  WeightCache& weights) {
  if (message.version() != 1) {
    return Error(ErrorCode::kUnsupported, "the ML program has version " +
                                              std::to_string(message.version()) +
                                              ", version 1 is supported");
  }
  if (message.functions().empty()) return invalid("the ML program has no function");
  auto program = std::make_unique<ir::Program>();
  POME_TRY(read_attributes(message.attributes(), weights, program->attributes));
  for (const auto& [name, function] : message.functions()) {
    const std::optional<ir::Opset> opset = ir::opset_from_text(function.opset());
    Status read = opset ? read_function(function, *program->add_function(name, *opset), weights)
                        : Status(Error(ErrorCode::kUnsupported,
                                       "opset " + quoted(function.opset()) +
                                           " is not supported; CoreML5 to CoreML9 are"));
    if (!read) return std::move(read).error().at(place_text(name));
  }
  return program;
}

Status check_function(const ir::Program& program, const std::string& name,
                      const std::vector<FeatureDescription>& inputs,
                      const std::vector<FeatureDescription>& outputs,
                      const std::vector<FeatureDescription>& states) {
  const ir::Function* function = program.function(name);
  if (function == nullptr) return invalid("the ML program has no function " + quoted(name));
  Status checked = check_border(*function, inputs, outputs, states);
  if (!checked) return std::move(checked).error().at(place_text(name));
  return {};
}

}  // namespace

Result<ImportedModel> import_mil(const proto::Model& model, const format::WeightFiles& weights,
                                 ModelDescription description) {
  if (model.Type_case() != proto::Model::kMlProgram) {
    return Error(ErrorCode::kInvalidArgument,
                 "the model is a " + description.model_type + ", not an mlProgram");
  }
  WeightCache cache(weights);
  ImportedModel imported;
  POME_ASSIGN(imported.program, read_program(model.mlprogram(), cache));
  if (description.functions.empty()) {
    POME_TRY(check_function(*imported.program, "main", description.inputs, description.outputs,
                            description.states));
  }
  for (const FunctionDescription& f : description.functions)
    POME_TRY(check_function(*imported.program, f.name, f.inputs, f.outputs, f.states));
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
