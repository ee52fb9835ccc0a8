// Models that hand on what they are given: Identity, ClassConfidenceThresholding.
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "classic/engineering/features.h"
#include "classic/engineering/makers.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

class PassThrough final : public Evaluator {
 public:
  /// Names of inputs and outputs that belong together.
  explicit PassThrough(std::vector<std::pair<std::string, std::string>> pairs)
      : pairs_(std::move(pairs)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    for (const auto& [from, to] : pairs_)
      if (const FeatureValue* value = inputs.find(from)) outputs.set(to, *value);
    return {};
  }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace

EvaluatorResult make_identity(const Source& source) {
  const ModelDescription& description = source.description;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const FeatureDescription& output : description.outputs) {
    const bool single = description.inputs.size() == 1 && description.outputs.size() == 1;
    const FeatureDescription* input =
        single ? &description.inputs.front() : description.input(output.name);
    if (input == nullptr) {
      return Error(ErrorCode::kInvalidModel,
                   "an identity model gives its inputs as outputs of the same name, " +
                       quoted(output.name) + " is no input");
    }
    if (input->type != output.type)
      return wrong_feature(output, "output", ("what its input is, " + input->type_text()).c_str());
    pairs.emplace_back(input->name, output.name);
  }
  return EvaluatorResult(std::make_unique<PassThrough>(std::move(pairs)));
}

/// The precision-recall curves are for applications, which choose a threshold for each class by
/// them; the confidences go through unchanged.
EvaluatorResult make_class_confidence_thresholding(const Source& source) {
  POME_ASSIGN(const OneToOne features, OneToOne::create(source.description));
  for (const FeatureDescription* f : {&features.input, &features.output})
    if (f->type != FeatureType::kMultiArray)
      return wrong_feature(*f, f == &features.input ? "input" : "output", "a MultiArray");
  const auto& curves = source.model->classconfidencethresholding().precisionrecallcurves();
  const auto count = described_count(features.input);
  if (count && !curves.empty() && *count % curves.size() != 0) {
    return Error(ErrorCode::kInvalidModel, "the model has curves of " +
                                               std::to_string(curves.size()) +
                                               " classes, its input " + features.input.type_text());
  }
  std::vector<std::pair<std::string, std::string>> pairs = {
      {features.input.name, features.output.name}};
  return EvaluatorResult(std::make_unique<PassThrough>(std::move(pairs)));
}

}  // namespace pome::classic
