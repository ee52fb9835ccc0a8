#include "pome/model.h"

#include <cmath>

#include "api/example.h"
#include "api/load.h"
#include "api/model_impl.h"
#include "base/try.h"
#include "feature/state_buffers.h"

namespace pome {

Result<Model> Model::load(const std::filesystem::path& path,
                          const ModelConfiguration& configuration) {
  POME_ASSIGN(std::unique_ptr<Predictor> predictor, api::load_predictor(path, configuration));
  auto impl = std::make_shared<Impl>();
  impl->configuration = configuration;
  impl->predictor = std::move(predictor);
  return Model(std::move(impl));
}

Result<Model> Model::load(std::span<const std::byte> specification, const WeightBlobs& weights,
                          const ModelConfiguration& configuration) {
  POME_ASSIGN(std::unique_ptr<Predictor> predictor,
              api::load_predictor(specification, weights, configuration));
  auto impl = std::make_shared<Impl>();
  impl->configuration = configuration;
  impl->predictor = std::move(predictor);
  return Model(std::move(impl));
}

const ModelDescription& Model::description() const { return impl_->predictor->description(); }
const ModelConfiguration& Model::configuration() const { return impl_->configuration; }

Result<FeatureProvider> Model::predict(const FeatureProvider& inputs,
                                       const PredictionOptions& options) const {
  return impl_->predictor->predict(inputs, options);
}

Result<State> Model::make_state() const {
  POME_ASSIGN(std::shared_ptr<StateBuffers> buffers,
              StateBuffers::create(description().states, impl_->configuration.memory_limit));
  return State(std::move(buffers));
}

Result<FeatureProvider> Model::predict(const FeatureProvider& inputs, State& state,
                                       const PredictionOptions& options) const {
  const StateHold hold(*state.buffers_);
  POME_TRY(hold.status());
  return impl_->predictor->predict_with_states(inputs, options, *state.buffers_);
}

Result<std::vector<FeatureProvider>> Model::predict(std::span<const FeatureProvider> batch,
                                                    const PredictionOptions& options) const {
  return impl_->predictor->predict_batch(batch, options);
}

ComputePlan Model::compute_plan() const { return impl_->predictor->compute_plan(); }

Result<ComputePlan> Model::profile(const FeatureProvider& inputs, int runs,
                                   const PredictionOptions& options) const {
  return impl_->predictor->profile(inputs, runs, options);
}

Result<FeatureProvider> Model::example_inputs() const {
  // A slow wave: neither constant nor large, the same every time. 0 is an index of everything.
  return api::example_inputs(description(),
                             {[](int64_t i) { return std::sin(static_cast<double>(i) * 0.37); },
                              [](int64_t) { return 0; }, [](int64_t) { return 127; }});
}

}  // namespace pome
