#include "runtime/feature_border.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "feature/check_inputs.h"
#include "runtime/border.h"

namespace pome::runtime {
namespace {

size_t position_of(const std::vector<FeatureDescription>& features, std::string_view name) {
  for (size_t i = 0; i < features.size(); ++i)
    if (features[i].name == name) return i;
  return features.size();
}

BorderTools tools_of(const NetworkContext& context) {
  return {context.options.backend, context.pool.get()};
}

}  // namespace

Result<FeatureBorder> FeatureBorder::create(const ModelDescription& description,
                                            const std::vector<std::string>& inputs,
                                            const std::vector<std::string>& outputs,
                                            const plan::ClassifyRecord& classes) {
  FeatureBorder border;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const size_t feature = position_of(description.inputs, inputs[i]);
    if (position_of(description.states, inputs[i]) != description.states.size()) continue;
    if (feature == description.inputs.size()) {
      return Error(ErrorCode::kInvalidModel, "the network reads " + quoted(inputs[i]) +
                                                 ", the description has inputs " +
                                                 quoted_list(names_of(description.inputs)));
    }
    border.inputs_.push_back({feature, i});
  }
  for (size_t i = 0; i < description.outputs.size(); ++i) {
    const std::string& name = description.outputs[i].name;
    if (classes.present && (name == classes.label_output || name == classes.probabilities_output))
      continue;
    const auto it = std::find(outputs.begin(), outputs.end(), name);
    if (it == outputs.end()) {
      return Error(ErrorCode::kInvalidModel, "the description promises output " + quoted(name) +
                                                 ", which the network does not make");
    }
    border.outputs_.push_back({i, static_cast<size_t>(it - outputs.begin())});
  }
  return border;
}

Status FeatureBorder::write(const NetworkContext& context, const FeatureProvider& inputs,
                            const PredictionOptions& options, const Views& tensors) const {
  const ModelDescription& description = context.description;
  for (const Input& input : inputs_) {
    const FeatureDescription& feature = description.inputs[input.feature];
    const FeatureValue* value = inputs.find(feature.name);
    const ops::TensorView tensor = tensors(input.input);
    if (value == nullptr && feature.optional) {
      write_default(feature, tensor);
      continue;
    }
    if (value == nullptr) return missing_input(description, feature, inputs);
    Status written = write_input(feature, *value, options, tensor, tools_of(context));
    if (!written.ok()) return std::move(written).error().at("input " + quoted(feature.name));
  }
  if (inputs.size() > inputs_.size()) return check_names(description, inputs);
  return {};
}

Result<FeatureProvider> FeatureBorder::read(const NetworkContext& context,
                                            const plan::ClassifyRecord& classes,
                                            const ops::TensorView& probabilities,
                                            const Views& tensors) const {
  FeatureProvider result;
  FeatureValue label;
  FeatureValue dictionary;
  if (classes.present) read_classes(classes, probabilities, label, dictionary);
  size_t next = 0;
  const auto& features = context.description.outputs;
  for (size_t i = 0; i < features.size(); ++i) {
    const FeatureDescription& feature = features[i];
    if (next < outputs_.size() && outputs_[next].feature == i) {
      POME_ASSIGN(FeatureValue value,
                  read_output(feature, tensors(outputs_[next++].output), tools_of(context)));
      result.set(feature.name, std::move(value));
    } else {
      result.set(feature.name,
                 feature.name == classes.label_output ? std::move(label) : std::move(dictionary));
    }
  }
  return result;
}

}  // namespace pome::runtime
