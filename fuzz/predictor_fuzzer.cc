// Any bytes: a model of any type is made, and, where it takes small inputs, predicts; or is an
// error. Nothing crashes or hangs.
#include <cstdint>
#include <span>
#include <vector>

#include "api/factory.h"
#include "feature/predictor.h"
#include "format/model_file.h"
#include "fuzz/mutate_fields.h"

namespace pome {
namespace {

constexpr int64_t kLargestInput = 4096;  // elements: larger ones only take time

FeatureValue array_value(const MultiArrayConstraint& c) {
  int64_t elements = 1;
  for (const int64_t d : c.shape) {
    if (d < 1 || d > kLargestInput) return {};
    elements *= d;
    if (elements > kLargestInput) return {};
  }
  auto array = MultiArray::create(c.data_type, c.shape);
  if (!array.ok()) return {};
  for (int64_t i = 0; i < array->size(); ++i) array->set(i, static_cast<double>(i % 7) - 3);
  return *std::move(array);
}

/// A value of the described type; none where it would be large.
FeatureValue value_of(const FeatureDescription& feature) {
  switch (feature.type) {
    case FeatureType::kInt64:
      return 1;
    case FeatureType::kDouble:
      return 0.5;
    case FeatureType::kString:
      return "a";
    case FeatureType::kMultiArray:
      return array_value(feature.multi_array);
    case FeatureType::kDictionary:
      if (feature.int64_keys) return Int64Dictionary{{1, 1.0}, {3, 0.5}};
      return StringDictionary{{"a", 1.0}, {"b", 0.5}};
    case FeatureType::kSequence:
      if (feature.int64_keys) return std::vector<int64_t>{1, 2};
      return std::vector<std::string>{"a", "b"};
    default:
      return {};
  }
}

void check(std::span<const std::byte> bytes) {
  const auto file = format::ModelFile::parse(bytes, nullptr, fuzz::model_limits());
  if (!file.ok()) return;
  ModelConfiguration configuration;
  configuration.threads = 1;
  configuration.memory_limit = fuzz::kModelMemory;
  configuration.instruction_budget = 1000;
  const auto predictor = api::make_predictor({file->share(), {}}, configuration);
  if (!predictor.ok()) return;
  FeatureProvider inputs;
  for (const FeatureDescription& feature : (*predictor)->description().inputs) {
    FeatureValue value = value_of(feature);
    if (value.defined()) inputs.set(feature.name, std::move(value));
  }
  if (format::is_network(file->type_name())) {
    // What a network computes can be long; that it can be planned is what is looked at.
    (void)(*predictor)->compute_plan();
    return;
  }
  (void)(*predictor)->predict(inputs, {}).ok();
}

}  // namespace
}  // namespace pome

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  return pome::fuzz::mutate_model(data, size, max_size, seed, 4);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pome::check(std::as_bytes(std::span(data, size)));
  return 0;
}
