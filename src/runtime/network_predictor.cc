#include "runtime/network_predictor.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "runtime/interpreted_network.h"
#include "runtime/planned_network.h"
#include "runtime/separate_pictures.h"
#include "runtime/side_by_side.h"

namespace pome::runtime {
namespace {

ShapeKey key_of(const InputShapes& shapes) {
  ShapeKey key;
  for (const auto& [name, shape] : shapes) {
    key.push_back(shape.rank());
    key.insert(key.end(), shape.begin(), shape.end());
  }
  return key;
}

bool takes_other_shapes(const FeatureDescription& feature, LeadingAxes leading) {
  return is_flexible(feature) ||
         (leading == LeadingAxes::kSequenceAndBatch && feature.type == FeatureType::kMultiArray);
}

/// Is the value surely of this shape? The common case, told without allocating.
bool has_shape(const FeatureValue& value, const Shape& shape) {
  if (const auto* array = value.get_if<MultiArray>())
    return std::equal(array->shape().begin(), array->shape().end(), shape.begin(), shape.end());
  const auto* picture = value.get_if<Image>();
  return picture != nullptr && shape.rank() == 4 && picture->height() == shape[2] &&
         picture->width() == shape[3];
}

}  // namespace

NetworkPredictor::NetworkPredictor(ModelDescription description, const NetworkOptions& options,
                                   LeadingAxes leading)
    : context_{std::move(description), options, std::make_unique<ThreadPool>(options.threads),
               nullptr},
      leading_(leading),
      cache_(static_cast<size_t>(std::max(options.plan_cache_size, 0)), options.memory_limit) {}

Result<std::unique_ptr<NetworkPredictor>> NetworkPredictor::create(ModelDescription description,
                                                                   ProgramSource source,
                                                                   const NetworkOptions& options,
                                                                   LeadingAxes leading) {
  std::unique_ptr<NetworkPredictor> predictor(
      new NetworkPredictor(std::move(description), options, leading));
  const auto& inputs = predictor->context_.description.inputs;
  POME_ASSIGN(predictor->defaults_, default_shapes(predictor->context_.description));
  predictor->source_ = std::move(source);
  const bool flexible = std::any_of(
      inputs.begin(), inputs.end(),
      [&](const FeatureDescription& feature) { return takes_other_shapes(feature, leading); });
  if (flexible) predictor->context_.blobs = std::make_unique<plan::BlobPool>();
  auto compiled = predictor->compile(predictor->defaults_);
  if (compiled.ok()) {
    predictor->default_ = *std::move(compiled);
  } else if (!options.default_shapes_may_not_fit ||
             compiled.error().code() == ErrorCode::kUnsupported) {
    return std::move(compiled).error();
  }
  if (predictor->default_ != nullptr && !flexible) predictor->source_ = nullptr;
  return predictor;
}

Result<std::unique_ptr<NetworkPredictor>> NetworkPredictor::create(ModelDescription description,
                                                                   plan::Plan plan,
                                                                   const NetworkOptions& options) {
  std::unique_ptr<NetworkPredictor> predictor(
      new NetworkPredictor(std::move(description), options, LeadingAxes::kOnes));
  POME_ASSIGN(auto network, PlannedNetwork::create(predictor->context_, std::move(plan)));
  predictor->default_ = std::move(network);
  return predictor;
}

Result<std::shared_ptr<const CompiledNetwork>> NetworkPredictor::compile(
    const InputShapes& shapes) const {
  POME_ASSIGN(std::unique_ptr<ir::Program> program, source_(shapes));
  if (program->functions.size() != 1)
    return Error(ErrorCode::kInternal, "a network's program must have one function, it has " +
                                           std::to_string(program->functions.size()));
  const ir::Function& function = *program->functions.begin()->second;
  if (needs_interpreter(function)) {
    POME_ASSIGN(auto network, InterpretedNetwork::create(context_, std::move(program)));
    return std::shared_ptr<const CompiledNetwork>(std::move(network));
  }
  if (auto network = compile_for_one_picture(function, shapes)) return network;
  POME_ASSIGN(auto network, PlannedNetwork::create(context_, function));
  return std::shared_ptr<const CompiledNetwork>(std::move(network));
}

std::shared_ptr<const CompiledNetwork> NetworkPredictor::compile_for_one_picture(
    const ir::Function& many, const InputShapes& shapes) const {
  const int64_t pictures = separate_pictures(many, shapes);
  // Fewer than threads, and threads would share one picture's small layers.
  if (pictures <= 1 || pictures < context_.pool->threads()) return nullptr;
  const auto one = for_one_picture(many, pictures);
  if (!one.ok()) return nullptr;
  auto network = PlannedNetwork::create(context_, *(*one)->functions.begin()->second, pictures);
  if (!network.ok()) return nullptr;
  return *std::move(network);
}

Result<std::shared_ptr<const CompiledNetwork>> NetworkPredictor::select(
    const FeatureProvider& inputs) const {
  const auto& features = context_.description.inputs;
  const bool all_default =
      default_ != nullptr &&
      std::all_of(features.begin(), features.end(), [&](const FeatureDescription& feature) {
        const FeatureValue* value = inputs.find(feature.name);
        const auto bound = defaults_.find(feature.name);
        return value == nullptr || bound == defaults_.end() || has_shape(*value, bound->second);
      });
  if (all_default) return default_;
  InputShapes shapes = defaults_;
  bool other = false;
  for (const FeatureDescription& feature : features) {
    const FeatureValue* value = inputs.find(feature.name);
    const auto bound = shapes.find(feature.name);
    if (value == nullptr || bound == shapes.end()) continue;
    Result<Shape> shape = bound_shape(feature, *value, leading_);
    if (!shape.ok()) return std::move(shape).error().at("input " + quoted(feature.name));
    other = other || !(*shape == bound->second);
    bound->second = *shape;
  }
  if (!other && default_ != nullptr) return default_;
  ShapeKey key = key_of(shapes);
  if (auto found = cache_.find(key)) return found;
  POME_ASSIGN(std::shared_ptr<const CompiledNetwork> network, compile(shapes));
  return cache_.insert(std::move(key), std::move(network));
}

Result<FeatureProvider> NetworkPredictor::predict(const FeatureProvider& inputs,
                                                  const PredictionOptions& options) const {
  return run(inputs, options, nullptr);
}

Result<std::vector<FeatureProvider>> NetworkPredictor::predict_batch(
    std::span<const FeatureProvider> batch, const PredictionOptions& options) const {
  const auto pool_threads = static_cast<uint64_t>(context_.pool->threads());
  const plan::Plan* plan = default_ == nullptr ? nullptr : default_->plan();
  // Worth a thread's waking: a few microseconds.
  constexpr double kFlops = 1e6;
  double flops = 0;
  if (plan != nullptr) {
    for (const ComputePlanStep& step : plan->report) flops += step.flops;
  }
  if (pool_threads < 2 || plan == nullptr || flops < kFlops ||
      plan->arena_bytes > context_.options.memory_limit / pool_threads)
    return Predictor::predict_batch(batch, options);
  std::vector<std::optional<Result<FeatureProvider>>> results(batch.size());
  side_by_side(*context_.pool, static_cast<int>(batch.size()), [&](int i) noexcept {
    const auto at = static_cast<size_t>(i);
    results[at] = predict(batch[at], options);
    return results[at]->ok();
  });
  std::vector<FeatureProvider> outputs;
  outputs.reserve(batch.size());
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!results[i]->ok())
      return std::move(*results[i]).error().at("element " + std::to_string(i) + " of the batch");
    outputs.push_back(**std::move(results[i]));
  }
  return outputs;
}

Result<FeatureProvider> NetworkPredictor::predict_with_states(const FeatureProvider& inputs,
                                                              const PredictionOptions& options,
                                                              StateBuffers& states) const {
  return run(inputs, options, &states);
}

Result<FeatureProvider> NetworkPredictor::run(const FeatureProvider& inputs,
                                              const PredictionOptions& options,
                                              StateBuffers* states) const {
  if (!source_) return default_->predict(inputs, options, states);
  POME_ASSIGN(const std::shared_ptr<const CompiledNetwork> network, select(inputs));
  return network->predict(inputs, options, states);
}

ComputePlan NetworkPredictor::compute_plan() const {
  return default_ == nullptr ? ComputePlan() : default_->compute_plan();
}

Result<ComputePlan> NetworkPredictor::profile(const FeatureProvider& inputs, int runs,
                                              const PredictionOptions& options) const {
  POME_ASSIGN(const std::unique_ptr<StateBuffers> states,
              StateBuffers::create(context_.description.states, context_.options.memory_limit));
  if (!source_) return default_->profile(inputs, runs, options, states.get());
  POME_ASSIGN(const std::shared_ptr<const CompiledNetwork> network, select(inputs));
  return network->profile(inputs, runs, options, states.get());
}

}  // namespace pome::runtime
