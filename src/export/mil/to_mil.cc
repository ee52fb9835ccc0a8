// IR -> ML program messages.
#include <algorithm>
#include <string>
#include <utility>

#include "base/try.h"
#include "export/description.h"
#include "export/export.h"
#include "export/mil/rebuild.h"
#include "export/mil/values.h"
#include "format/proto/model.pb.h"

namespace pome::exporter {
namespace {

namespace mil = CoreML::Specification::MILSpec;

void write_value(const ir::Value& value, mil::NamedValueType& message) {
  message.set_name(value.name());
  exporter::write_type(value.type(), *message.mutable_type());
}

void write_argument(const ir::Argument& argument, ConstantWriter& constants,
                    mil::Argument& message) {
  for (const ir::Operand& operand : argument.operands) {
    mil::Argument::Binding* binding = message.add_arguments();
    if (operand.value != nullptr)
      binding->set_name(operand.value->name());
    else
      constants.write(*operand.literal, *binding->mutable_value());
  }
}

void write_op(const ir::Op& op, ir::Opset opset, ConstantWriter& constants,
              mil::Operation& message) {
  message.set_type(op.kind());
  auto& attributes = *message.mutable_attributes();
  const std::string& name = op.name().empty() ? op.output()->name() : op.name();
  constants.write(*ir::Literal::string(name), attributes["name"]);
  for (const auto& [key, literal] : op.attributes()) constants.write(*literal, attributes[key]);
  // Before ios18 the parameters of constexpr ops are attributes.
  const bool as_attributes = op.kind().starts_with("constexpr_") && opset < ir::Opset::kIos18;
  for (const ir::Argument& argument : op.arguments()) {
    if (as_attributes && argument.operands[0].literal != nullptr)
      constants.write(*argument.operands[0].literal, attributes[argument.param]);
    else
      write_argument(argument, constants, (*message.mutable_inputs())[argument.param]);
  }
  for (const auto& output : op.outputs()) write_value(*output, *message.add_outputs());
}

void write_function(const ir::Function& function, ConstantWriter& constants,
                    mil::Function& message) {
  const std::string opset(ir::program_key(function.opset));
  message.set_opset(opset);
  for (const auto& [key, literal] : function.attributes)
    constants.write(*literal, (*message.mutable_attributes())[key]);
  for (const auto& input : function.body.inputs()) write_value(*input, *message.add_inputs());
  mil::Block& block = (*message.mutable_block_specializations())[opset];
  for (const auto& op : function.body.ops())
    write_op(*op, function.opset, constants, *block.add_operations());
  for (const ir::Value* output : function.body.outputs()) block.add_outputs(output->name());
}

}  // namespace

Result<Exported> to_mil(const ExportRequest& request) {
  POME_ASSIGN(Rebuilt rebuilt, rebuild(request));
  int version =
      std::max(static_cast<int>(ir::Opset::kIos15), description_version(rebuilt.description));
  for (const auto& [name, function] : rebuilt.program->functions)
    version = std::max(version, static_cast<int>(function->opset));
  rebuilt.description.specification_version = version;
  rebuilt.description.updatable = false;  // weights of ML programs cannot be trained
  rebuilt.description.training_inputs.clear();
  Exported exported;
  exported.model = format::new_model();
  write_description(rebuilt.description, *exported.model);
  ConstantWriter constants(version);
  mil::Program& program = *exported.model->mutable_mlprogram();
  program.set_version(1);
  for (const auto& [key, literal] : rebuilt.program->attributes)
    constants.write(*literal, (*program.mutable_attributes())[key]);
  for (const auto& [name, function] : rebuilt.program->functions)
    write_function(*function, constants, (*program.mutable_functions())[name]);
  exported.weights = std::move(constants).finish();
  return exported;
}

}  // namespace pome::exporter
