#include "pome/model.h"

#include <algorithm>
#include <cmath>

#include "api/load.h"
#include "api/model_impl.h"
#include "base/try.h"

namespace pome {
namespace {

constexpr int64_t kMostElements = 1 << 20;  // of an example's sequence

Result<FeatureValue> example_value(const FeatureDescription& feature) {
  if (feature.type == FeatureType::kImage) {
    const auto width = static_cast<int>(feature.image.width);
    const auto height = static_cast<int>(feature.image.height);
    const size_t pixels =
        static_cast<size_t>(std::max(width, 0)) * static_cast<size_t>(std::max(height, 0));
    const std::vector<std::byte> gray(pixels * 3, std::byte{127});
    POME_ASSIGN(Image image, Image::from_pixels(PixelFormat::kRgb8, width, height, gray));
    return FeatureValue(std::move(image));
  }
  if (feature.type == FeatureType::kMultiArray) {
    POME_ASSIGN(MultiArray array,
                MultiArray::create(feature.multi_array.data_type, feature.multi_array.shape));
    // A slow wave: neither constant nor large, the same every time.
    for (int64_t i = 0; i < array.size(); ++i)
      array.set(i, std::sin(static_cast<double>(i) * 0.37));
    return FeatureValue(std::move(array));
  }
  if (feature.type == FeatureType::kDouble) return FeatureValue(0.5);
  if (feature.type == FeatureType::kInt64) return FeatureValue(1);
  if (feature.type == FeatureType::kString) return FeatureValue("");
  if (feature.type == FeatureType::kDictionary)
    return feature.int64_keys ? FeatureValue(Int64Dictionary()) : FeatureValue(StringDictionary());
  if (feature.type == FeatureType::kSequence) {
    const int64_t least = feature.sequence_size.lower;
    if (least > kMostElements) {
      return Error(ErrorCode::kLimitExceeded, "the input takes at least " + std::to_string(least) +
                                                  " elements, examples have at most " +
                                                  std::to_string(kMostElements));
    }
    const auto count = static_cast<size_t>(std::max<int64_t>(least, 0));
    return feature.int64_keys ? FeatureValue(std::vector<int64_t>(count, 1))
                              : FeatureValue(std::vector<std::string>(count));
  }
  return Error(ErrorCode::kUnsupported,
               "no example can be made for an input of type " + feature.type_text());
}

}  // namespace

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
  FeatureProvider inputs;
  for (const FeatureDescription& feature : description().inputs) {
    // What an optional list of words or choices would be, nobody knows.
    if (feature.optional &&
        (feature.type == FeatureType::kDictionary || feature.type == FeatureType::kSequence))
      continue;
    Result<FeatureValue> value = example_value(feature);
    if (!value.ok()) return std::move(value).error().at("input \"" + feature.name + "\"");
    inputs.set(feature.name, *std::move(value));
  }
  return inputs;
}

}  // namespace pome
