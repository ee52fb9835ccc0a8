#include "pipeline/pipeline_predictor.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "feature/check_inputs.h"
#include "feature/find_input.h"
#include "feature/state_buffers.h"
#include "pipeline/bridge.h"

namespace pome::pipeline {
namespace {

// So many elements of a batch lie in memory with all that the parts make of them.
constexpr size_t kTogether = 512;

/// Puts the plan of a part, one of `parts`, behind that of the parts before it. Of how much the
/// parts cost in comparison nothing is known: each counts the same.
void append(const Part& part, size_t parts, ComputePlan plan, ComputePlan& all) {
  for (ComputePlanStep& step : plan.steps) {
    step.cost_weight /= static_cast<double>(parts);
    for (std::string& op : step.ops) op = part.label + "/" + op;
    all.steps.push_back(std::move(step));
  }
  if (all.isa.empty()) all.isa = plan.isa;
  all.threads = std::max(all.threads, plan.threads);
  all.arena_bytes += plan.arena_bytes;
  all.packed_bytes += plan.packed_bytes;
}

}  // namespace

Status PipelinePredictor::begin(const FeatureProvider& inputs, Values& values) const {
  POME_TRY(check_inputs(description_, inputs));
  values.given = &inputs;
  values.slots.resize(wiring_.slots);
  values.made.reserve(wiring_.parts.size());
  FindInput find(inputs);
  for (size_t i = 0; i < description_.inputs.size(); ++i)
    values.slots[i] = find(description_.inputs[i].name);
  return {};
}

Result<const FeatureProvider*> PipelinePredictor::inputs_of(const Part& part, const Values& values,
                                                            FeatureProvider& storage) const {
  const std::vector<FeatureDescription>& wanted = part.predictor->description().inputs;
  bool as_it_is = part.whole >= 0;
  for (size_t i = 0; i < wanted.size() && as_it_is; ++i) {
    const FeatureValue* value = values.slots[part.inputs[i]];
    as_it_is = value == nullptr || !needs_bridge(wanted[i], *value, part.exact_shape);
  }
  if (as_it_is) {
    return part.whole == 0 ? values.given : &values.made[static_cast<size_t>(part.whole) - 1];
  }
  std::vector<FeatureProvider::Entry> entries;
  entries.reserve(wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const FeatureValue* value = values.slots[part.inputs[i]];
    if (value == nullptr) continue;
    if (!needs_bridge(wanted[i], *value, part.exact_shape)) {
      entries.emplace_back(wanted[i].name, *value);
      continue;
    }
    Result<FeatureValue> bridged = bridge(wanted[i], *value);
    if (!bridged.ok())
      return std::move(bridged).error().at("input " + quoted(wanted[i].name)).at(part.place);
    entries.emplace_back(wanted[i].name, *std::move(bridged));
  }
  storage = FeatureProvider(std::move(entries));
  return &storage;
}

void PipelinePredictor::add(const Part& part, FeatureProvider outputs, Values& values) const {
  values.made.push_back(std::move(outputs));
  const std::vector<FeatureDescription>& features = part.predictor->description().outputs;
  FindInput find(values.made.back());
  for (size_t i = 0; i < features.size(); ++i)
    values.slots[part.first_output + i] = find(features[i].name);
}

Result<FeatureProvider> PipelinePredictor::outputs_of(Values& values) const {
  if (wiring_.last_is_all && values.made.back().size() == description_.outputs.size())
    return std::move(values.made.back());
  std::vector<FeatureProvider::Entry> entries;
  for (size_t i = 0; i < wiring_.outputs.size(); ++i) {
    const FeatureDescription& feature = description_.outputs[i];
    const FeatureValue* value = values.slots[wiring_.outputs[i]];
    if (value == nullptr) continue;  // an optional input that is also an output
    if (value->type() == feature.type) {
      entries.emplace_back(feature.name, *value);
      continue;
    }
    Result<FeatureValue> bridged = bridge(feature, *value);
    if (!bridged.ok()) return std::move(bridged).error().at("output " + quoted(feature.name));
    entries.emplace_back(feature.name, *std::move(bridged));
  }
  return FeatureProvider(std::move(entries));
}

Result<FeatureProvider> PipelinePredictor::predict(const FeatureProvider& inputs,
                                                   const PredictionOptions& options) const {
  return run(inputs, options, nullptr);
}

Result<FeatureProvider> PipelinePredictor::predict_with_states(const FeatureProvider& inputs,
                                                               const PredictionOptions& options,
                                                               StateBuffers& states) const {
  return run(inputs, options, &states);
}

Result<FeatureProvider> PipelinePredictor::run(const FeatureProvider& inputs,
                                               const PredictionOptions& options,
                                               StateBuffers* states) const {
  // Before any part runs, though only one may want it.
  if (states == nullptr && !description_.states.empty())
    return missing_state(description_.states.front().name);
  Values values;
  POME_TRY(begin(inputs, values));
  for (const Part& part : wiring_.parts) {
    FeatureProvider storage;
    POME_ASSIGN(const FeatureProvider* given, inputs_of(part, values, storage));
    Result<FeatureProvider> outputs =
        states == nullptr ? part.predictor->predict(*given, options)
                          : part.predictor->predict_with_states(*given, options, *states);
    if (!outputs.ok()) return std::move(outputs).error().at(part.place);
    add(part, *std::move(outputs), values);
  }
  return outputs_of(values);
}

Result<std::vector<FeatureProvider>> PipelinePredictor::predict_together(
    std::span<const FeatureProvider> batch, const PredictionOptions& options) const {
  std::vector<Values> rows(batch.size());
  for (size_t i = 0; i < batch.size(); ++i) POME_TRY(begin(batch[i], rows[i]));
  for (const Part& part : wiring_.parts) {
    std::vector<FeatureProvider> given(batch.size());
    for (size_t i = 0; i < batch.size(); ++i) {
      FeatureProvider storage;
      POME_ASSIGN(const FeatureProvider* found, inputs_of(part, rows[i], storage));
      given[i] = found == &storage ? std::move(storage) : *found;
    }
    POME_ASSIGN(std::vector<FeatureProvider> made, part.predictor->predict_batch(given, options));
    for (size_t i = 0; i < batch.size(); ++i) add(part, std::move(made[i]), rows[i]);
  }
  std::vector<FeatureProvider> results;
  for (Values& row : rows) {
    POME_ASSIGN(FeatureProvider outputs, outputs_of(row));
    results.push_back(std::move(outputs));
  }
  return results;
}

Result<std::vector<FeatureProvider>> PipelinePredictor::predict_batch(
    std::span<const FeatureProvider> batch, const PredictionOptions& options) const {
  std::vector<FeatureProvider> results;
  results.reserve(batch.size());
  for (size_t at = 0; at < batch.size(); at += kTogether) {
    const auto rows = batch.subspan(at, std::min(kTogether, batch.size() - at));
    Result<std::vector<FeatureProvider>> together = predict_together(rows, options);
    for (size_t i = 0; i < rows.size(); ++i) {
      // The parts know elements of their own batches: one by one tells which of the caller's it is.
      Result<FeatureProvider> one =
          together.ok() ? std::move((*together)[i]) : predict(rows[i], options);
      if (!one.ok())
        return std::move(one).error().at("element " + std::to_string(at + i) + " of the batch");
      results.push_back(*std::move(one));
    }
  }
  return results;
}

ComputePlan PipelinePredictor::compute_plan() const {
  ComputePlan all;
  for (const Part& part : wiring_.parts)
    append(part, wiring_.parts.size(), part.predictor->compute_plan(), all);
  return all;
}

Result<ComputePlan> PipelinePredictor::profile(const FeatureProvider& inputs, int runs,
                                               const PredictionOptions& options) const {
  Values values;
  POME_TRY(begin(inputs, values));
  ComputePlan all;
  for (const Part& part : wiring_.parts) {
    FeatureProvider storage;
    POME_ASSIGN(const FeatureProvider* given, inputs_of(part, values, storage));
    Result<ComputePlan> plan = part.predictor->profile(*given, runs, options);
    if (!plan.ok()) return std::move(plan).error().at(part.place);
    append(part, wiring_.parts.size(), *std::move(plan), all);
    Result<FeatureProvider> outputs = part.predictor->predict(*given, options);
    if (!outputs.ok()) return std::move(outputs).error().at(part.place);
    add(part, *std::move(outputs), values);
  }
  return all;
}

}  // namespace pome::pipeline
