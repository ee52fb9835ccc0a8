#include "export/mil/rebuild.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "export/mil/half_literal.h"
#include "ops/builder.h"
#include "ops/op_def.h"

namespace pome::exporter {
namespace {

using ir::DType;

using Names = std::map<std::string, std::string>;

Error unsupported(const ir::Op& op, const std::string& message) {
  return Error(ErrorCode::kUnsupported, message).at(op.place());
}

/// The definition that an ML program file can name.
Result<const ops::OpDef*> definition(const ir::Op& op, ir::Opset opset) {
  if (op.kind().starts_with("pome."))
    return unsupported(op, "an ML program has no such operation; it is one of Pome's own");
  if (!op.blocks().empty())
    return unsupported(op, "operations with blocks are not written to ML programs yet");
  const ops::OpDef* def = ops::find(op.kind(), opset);
  if (def == nullptr) return ops::unknown_op(op.kind(), opset).at(op.place());
  return def;
}

/// Constants that the file keeps in the operation itself.
bool in_place(const ir::Op& op, const std::string& param) {
  return op.kind().starts_with("constexpr_") || (op.kind() == "classify" && param == "classes");
}

/// One function, copied.
class Rebuilder {
 public:
  Rebuilder(const ir::Function& source, const ExportRequest& request, ir::Function& target)
      : source_(source), request_(request), target_(target), builder_(target, target.body) {}

  /// Returns the names of the border: of the source, of the target.
  Result<Names> run() {
    add_inputs();
    reserve_output_names();
    add_preprocessing();
    for (const auto& op : source_.body.ops())
      if (op->kind() != ir::kConstOp) POME_TRY(add_op(*op));
    add_outputs();
    POME_TRY(builder_.status());
    return std::move(names_);
  }

 private:
  /// What stands for a value of the source; halves beside or instead of it.
  struct Versions {
    ir::Value* same = nullptr;
    ir::Value* half = nullptr;
  };

  void add_inputs();
  void reserve_output_names();
  void add_preprocessing();
  Status add_op(const ir::Op& op);
  void add_outputs();
  std::vector<bool> half_params(const ir::Op& op, const ops::OpDef& def) const;
  std::vector<ir::Operand> rebuild_operands(const ir::Op& op, const ir::Argument& argument,
                                            bool half);
  ir::Value* constant(const ir::LiteralPtr& literal, bool half, const std::string& name);
  ir::Value* version(const ir::Value& value, bool half);
  ir::Value* cast(ir::Value* value, DType dtype, const std::string& name);

  const ir::Function& source_;
  const ExportRequest& request_;
  ir::Function& target_;
  ops::Builder builder_;
  std::unordered_map<const ir::Value*, Versions> versions_;
  std::map<std::pair<const ir::Literal*, bool>, ir::Value*> constants_;
  /// What outputs of the body will be called: no other value may take the name of a feature.
  std::unordered_map<const ir::Value*, std::string> reserved_;
  Names names_;
};

void Rebuilder::add_inputs() {
  for (const auto& input : source_.body.inputs()) {
    ir::Value* value = target_.body.add_input(builder_.unique_name(input->name()), input->type());
    names_[input->name()] = value->name();
    versions_[input.get()].same = value;
  }
}

void Rebuilder::reserve_output_names() {
  for (const ir::Value* output : source_.body.outputs())
    if (output->producer() != nullptr && !reserved_.contains(output))
      reserved_[output] = builder_.unique_name(output->name());
}

void Rebuilder::add_preprocessing() {
  for (const auto& input : source_.body.inputs()) {
    ir::Value*& value = versions_[input.get()].same;
    for (const ops::ImagePreprocessing& p : request_.preprocessing)
      if (p.feature == input->name()) value = ops::apply(builder_, p, value);
  }
}

/// Which parameters take halves instead of floats. Those of one group go together.
std::vector<bool> Rebuilder::half_params(const ir::Op& op, const ops::OpDef& def) const {
  std::vector<bool> half(def.params.size(), false);
  if (!request_.float16 || op.kind() == "classify") return half;
  for (const ir::Argument& argument : op.arguments()) {
    for (const ir::Operand& operand : argument.operands) {
      const bool is_float = operand.type().is_tensor() && operand.type().dtype() == DType::kFp32;
      if (is_float && operand.known() != nullptr && !fits_half(*operand.known())) return half;
    }
  }
  for (size_t i = 0; i < half.size(); ++i) {
    half[i] = true;
    for (size_t k = 0; k < half.size(); ++k) {
      const ops::ParamDef& other = def.params[k];
      const bool together = k == i || (other.group != 0 && other.group == def.params[i].group);
      if (together && op.argument(other.name) != nullptr && !(other.types & ops::bit(DType::kFp16)))
        half[i] = false;
    }
  }
  return half;
}

ir::Value* Rebuilder::constant(const ir::LiteralPtr& literal, bool half, const std::string& name) {
  ir::Value*& made = constants_[{literal.get(), half}];
  if (made == nullptr) made = builder_.constant(half ? to_half(*literal) : literal, name);
  return made;
}

ir::Value* Rebuilder::cast(ir::Value* value, DType dtype, const std::string& name) {
  const std::string text(ir::name(dtype));
  ir::Value* target = builder_.constant(ir::Literal::string(text), name + "_dtype_0");
  return builder_.add("cast", name, {{"x", value}, {"dtype", target}});
}

/// `half`: as fp16 where the source has fp32.
ir::Value* Rebuilder::version(const ir::Value& value, bool half) {
  if (value.producer() != nullptr && value.producer()->kind() == ir::kConstOp)
    return constant(value.literal(), half, value.name() + (half ? "_to_fp16" : ""));
  Versions& versions = versions_[&value];
  if (half && versions.half == nullptr)
    versions.half = cast(versions.same, DType::kFp16, value.name() + "_to_fp16");
  if (!half && versions.same == nullptr)
    versions.same = cast(versions.half, DType::kFp32, value.name() + "_to_fp32");
  return half ? versions.half : versions.same;
}

std::vector<ir::Operand> Rebuilder::rebuild_operands(const ir::Op& op, const ir::Argument& argument,
                                                     bool half) {
  std::vector<ir::Operand> operands;
  for (const ir::Operand& operand : argument.operands) {
    const bool is_float = operand.type().is_tensor() && operand.type().dtype() == DType::kFp32;
    const bool to_fp16 = half && is_float;
    const ir::LiteralPtr& known = operand.known();
    if (in_place(op, argument.param) && known != nullptr) {
      operands.emplace_back(to_fp16 ? to_half(*known) : known);
    } else if (operand.value != nullptr) {
      operands.emplace_back(version(*operand.value, to_fp16));
    } else {
      const std::string& base = op.outputs().empty() ? op.kind() : op.output()->name();
      operands.emplace_back(constant(operand.literal, to_fp16,
                                     base + "_" + argument.param + (to_fp16 ? "_to_fp16" : "_0")));
    }
  }
  return operands;
}

Status Rebuilder::add_op(const ir::Op& op) {
  POME_ASSIGN(const ops::OpDef* def, definition(op, target_.opset));
  const std::vector<bool> half = half_params(op, *def);
  std::vector<std::pair<std::string, ops::Arg>> args;
  for (const ir::Argument& argument : op.arguments()) {
    const int param = def->param(argument.param);
    if (param < 0) return unsupported(op, "parameter " + quoted(argument.param) + " is unknown");
    args.emplace_back(argument.param,
                      rebuild_operands(op, argument, half[static_cast<size_t>(param)]));
  }
  const std::string name = op.outputs().empty() ? op.kind() : op.output()->name();
  ir::Op* made = builder_.add_op(op.kind(), op.outputs().size() == 1 ? name : "", args);
  POME_TRY(builder_.status());
  for (size_t i = 0; i < made->outputs().size() && i < op.outputs().size(); ++i) {
    ir::Value* output = made->output(i);
    const ir::Value& original = *op.output(i);
    if (op.outputs().size() > 1) output->set_name(builder_.unique_name(original.name()));
    const bool halved = output->type().is_tensor() && original.type().is_tensor() &&
                        output->dtype() == DType::kFp16 && original.dtype() != DType::kFp16;
    (halved ? versions_[&original].half : versions_[&original].same) = output;
  }
  const std::string& own = made->outputs().empty() ? op.kind() : made->output()->name();
  made->set_name(op.name().empty() ? own : op.name());
  return {};
}

/// Outputs keep the source's element types.
void Rebuilder::add_outputs() {
  for (const ir::Value* output : source_.body.outputs()) {
    ir::Value* value = version(*output, false);
    if (value == nullptr) return;  // builder_ knows why
    if (const auto name = reserved_.find(output); name != reserved_.end())
      value->set_name(name->second);
    names_[output->name()] = value->name();
    target_.body.outputs().push_back(value);
  }
}

void rename(const Names& names, std::string& name) {
  if (const auto found = names.find(name); found != names.end()) name = found->second;
}

/// Works on a ModelDescription and on a FunctionDescription.
template <typename Description>
void rename_features(const Names& names, Description& description) {
  for (auto* features : {&description.inputs, &description.outputs, &description.states})
    for (FeatureDescription& feature : *features) rename(names, feature.name);
  rename(names, description.predicted_feature_name);
  rename(names, description.predicted_probabilities_name);
}

/// The element type of a multi-array that is bound to a tensor; nothing when an ML program's border
/// has no such tensor.
std::optional<MultiArrayDataType> array_type(const ir::Type& type) {
  if (!type.is_tensor()) return std::nullopt;
  switch (type.dtype()) {
    case DType::kFp32:
      return MultiArrayDataType::kFloat32;
    case DType::kFp16:
      return MultiArrayDataType::kFloat16;
    case DType::kInt32:
      return MultiArrayDataType::kInt32;
    case DType::kInt8:
      return MultiArrayDataType::kInt8;
    default:
      return std::nullopt;
  }
}

/// Arrays get the element types of the program's tensors: other model types take doubles, ML
/// programs do not.
Status match_type(FeatureDescription& feature, const ir::Type& type) {
  if (feature.type == FeatureType::kImage || feature.type == FeatureType::kState) return {};
  const auto data_type = array_type(type);
  if (feature.type == FeatureType::kMultiArray && data_type) {
    feature.multi_array.data_type = *data_type;
    return {};
  }
  return Error(ErrorCode::kUnsupported, "the feature is a " + feature.type_text() + " made of a " +
                                            type.to_string() +
                                            ", which an ML program cannot take or give")
      .at("feature " + quoted(feature.name));
}

/// Works on a ModelDescription and on a FunctionDescription.
template <typename Description>
Status match_types(const ir::Function& function, Description& description) {
  for (FeatureDescription& feature : description.inputs)
    for (const auto& input : function.body.inputs())
      if (input->name() == feature.name) POME_TRY(match_type(feature, input->type()));
  for (FeatureDescription& feature : description.outputs) {
    for (const ir::Value* output : function.body.outputs()) {
      const bool classified =
          output->producer() != nullptr && output->producer()->kind() == "classify";
      if (output->name() == feature.name && !classified)
        POME_TRY(match_type(feature, output->type()));
    }
  }
  return {};
}

/// The oldest opset in which every op has the definition that it has in the program.
Result<ir::Opset> oldest_opset(const ir::Function& function) {
  ir::Opset opset = ir::Opset::kIos15;
  for (const auto& op : function.body.ops()) {
    if (op->kind() == ir::kConstOp) continue;
    POME_ASSIGN(const ops::OpDef* def, definition(*op, function.opset));
    opset = std::max(opset, def->since);
  }
  return opset;
}

}  // namespace

Result<Rebuilt> rebuild(const ExportRequest& request) {
  Rebuilt rebuilt;
  rebuilt.program = std::make_unique<ir::Program>();
  rebuilt.program->attributes = request.program.attributes;
  rebuilt.description = request.description;
  for (const auto& [name, function] : request.program.functions) {
    Result<ir::Opset> opset = oldest_opset(*function);
    if (!opset) return std::move(opset).error().at(name);
    ir::Function* target = rebuilt.program->add_function(name, *opset);
    Result<Names> names = Rebuilder(*function, request, *target).run();
    if (!names) return std::move(names).error().at(name);
    for (FunctionDescription& f : rebuilt.description.functions) {
      if (f.name != name) continue;
      rename_features(*names, f);
      POME_TRY(match_types(*target, f));
    }
    if (!rebuilt.description.functions.empty()) continue;
    rename_features(*names, rebuilt.description);
    POME_TRY(match_types(*target, rebuilt.description));
  }
  return rebuilt;
}

}  // namespace pome::exporter
