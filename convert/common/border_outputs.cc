#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/try.h"
#include "convert/common/border.h"

namespace pome::translate {
namespace {

ir::LiteralPtr label_list(const std::vector<std::string>& labels) {
  std::vector<ir::LiteralPtr> members;
  for (const std::string& label : labels) members.push_back(ir::Literal::string(label));
  const auto length = static_cast<int64_t>(members.size());
  return ir::Literal::aggregate(ir::Type::list(ir::Type::scalar(ir::DType::kString), length),
                                std::move(members));
}

Status check_labels(const std::vector<std::string>& labels) {
  std::set<std::string_view> seen;
  for (const std::string& label : labels) {
    if (label.empty())
      return Error(ErrorCode::kInvalidArgument, "a class label is empty; each must be a text");
    if (!is_valid_utf8(label))
      return Error(ErrorCode::kInvalidArgument,
                   "the class label " + pome::quoted(label) + " is not valid UTF-8");
    if (!seen.insert(label).second)
      return Error(ErrorCode::kInvalidArgument,
                   "the class label " + pome::quoted(label) + " is given twice");
  }
  return {};
}

bool is_own_output(const ir::Value* value, const ir::Block& body) {
  return value->producer() != nullptr && value->producer()->kind() != ir::kConstOp &&
         !body.is_output(value);
}

}  // namespace

Status Border::plan_outputs(const std::vector<std::string>& names) {
  if (names.empty()) return Error(ErrorCode::kInvalidModel, "the model has no output");
  const bool classifier = !options_.class_labels.empty();
  std::vector<std::string> own(names.begin() + (classifier ? 1 : 0), names.end());
  if (classifier) {
    POME_TRY(check_labels(options_.class_labels));
    classified_ = names[0];
    if (names.size() > 1)
      note("The labels belong to the first output, " + pome::quoted(names[0]) + ".");
    ModelDescription& d = out_.description;
    d.predicted_feature_name = own_name(options_.predicted_feature_name, "output");
    d.predicted_probabilities_name = own_name(options_.probabilities_name, "output");
  }
  if (const auto& given = options_.output_names; !given.empty()) {
    if (given.size() != own.size()) {
      return Error(ErrorCode::kInvalidArgument,
                   std::to_string(given.size()) + " output names were given, the model has " +
                       std::to_string(own.size()) + " outputs" +
                       (classifier ? " beside those of the classifier" : "") + ": " +
                       quoted_list(own));
    }
    own = given;
  }
  for (const std::string& name : own) output_names_.push_back(own_name(name, "output"));
  return {};
}

Result<Tensor> Border::probabilities_of(const Tensor& output) {
  const auto& labels = options_.class_labels;
  const Tensor p = w_.plain(output);
  if (!w_.ok()) return Tensor{};
  const Shape s = Writer::shape(p);
  const auto count = s.known() ? s.checked_elements() : std::nullopt;
  const auto wanted = static_cast<int64_t>(labels.size());
  if (!count || (s.rank() > 0 && s[0] != 1)) {
    return Error(ErrorCode::kInvalidArgument,
                 "the output " + pome::quoted(classified_) + " has shape " + s.to_string() +
                     ": a classifier answers for one picture, so its batch must be 1");
  }
  if (*count == 1 && wanted == 2) {
    // One sigmoid value p is the probability of the second label.
    const Tensor one = w_.reshape(p, {1, 1});
    const Tensor other = w_.binary("sub", 1.0, one);
    const std::vector<ir::Value*> both = {other.value, one.value};
    note("The output " + pome::quoted(classified_) + " is one value p: " + pome::quoted(labels[0]) +
         " gets 1 - p, " + pome::quoted(labels[1]) + " gets p.");
    return Tensor{w_.op("concat", {{"values", both}, {"axis", 1}}), Layout::kPlain, {}};
  }
  if (*count != wanted) {
    return Error(ErrorCode::kInvalidArgument,
                 std::to_string(wanted) + " class labels were given, the output " +
                     pome::quoted(classified_) + " of shape " + s.to_string() + " has " +
                     std::to_string(*count) + " values: give one label for each");
  }
  return s.rank() == 2 ? p : w_.reshape(p, {1, *count});
}

Status Border::add_classifier(const Tensor& output) {
  w_.set_name("probabilities");
  POME_ASSIGN(const Tensor p, probabilities_of(output));
  ops::Builder& b = w_.builder();
  ir::Value* classes = b.constant(label_list(options_.class_labels), "classes");
  ir::Op* op = b.add_op("classify", "classify", {{"probabilities", p.value}, {"classes", classes}});
  if (op == nullptr) return b.status();
  ModelDescription& d = out_.description;
  op->output(0)->set_name(d.predicted_feature_name);
  op->output(1)->set_name(d.predicted_probabilities_name);
  FeatureDescription label;
  label.name = d.predicted_feature_name;
  label.type = FeatureType::kString;
  FeatureDescription dictionary;
  dictionary.name = d.predicted_probabilities_name;
  dictionary.type = FeatureType::kDictionary;
  for (const auto& feature : {label, dictionary}) d.outputs.push_back(feature);
  for (size_t i = 0; i < 2; ++i) b.function().body.outputs().push_back(op->output(i));
  d.class_labels = ClassLabels(options_.class_labels);
  return {};
}

void Border::add_output(const Tensor& output, const std::string& name) {
  w_.set_name(name);
  Tensor t = w_.plain(output);
  if (!w_.ok()) return;
  ir::Block& body = w_.builder().function().body;
  if (!is_own_output(t.value, body)) t.value = w_.op("identity", {{"x", t.value}});
  if (!w_.ok()) return;
  t.value->set_name(name);
  body.outputs().push_back(t.value);
  FeatureDescription feature;
  feature.name = name;
  feature.type = FeatureType::kMultiArray;
  const Shape& s = t.value->shape();
  if (s.known()) feature.multi_array.shape.assign(s.begin(), s.end());
  out_.description.outputs.push_back(feature);
}

Status Border::add_outputs(const std::vector<Tensor>& outputs) {
  size_t at = 0;
  if (!options_.class_labels.empty()) POME_TRY(add_classifier(outputs[at++]));
  for (const std::string& name : output_names_) add_output(outputs[at++], name);
  return w_.builder().status();
}

}  // namespace pome::translate
