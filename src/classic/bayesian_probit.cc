// The Bayesian probit regressor: features with discrete values, a Gaussian weight for each value.
//
// mean = bias mean + sum of the means of the weights of the features' values; variance = the same
// sum of 1 / precision. A value that no weight stands for adds nothing. Where the format is silent
// (no public model, no test settles it): the noise of the link has variance 1, so the probability
// is Phi(mean / sqrt(1 + variance)); optimism o shifts the mean by o standard deviations; a sampled
// probability is Phi(m), m drawn from the normal distribution of the mean with samplingScale times
// the standard deviation, cut off at samplingTruncation standard deviations of that on either side.
// What the inputs leave out is 0 for the optimism, 1 for the scale, no truncation.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"
#include "classic/learned_types.h"
#include "classic/links.h"
#include "classic/number_output.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

using Message = spec::BayesianProbitRegressor;

constexpr int kMostDraws = 1000;  // of a truncated sample, before it is clamped

struct Gaussian {
  double mean = 0;
  double variance = 0;
};

Result<Gaussian> read_gaussian(const Message::Gaussian& message) {
  if (!std::isfinite(message.mean()) || !(message.precision() > 0))
    return invalid("a weight's mean must be a finite number and its precision be above 0");
  return Gaussian{message.mean(), 1 / message.precision()};
}

/// The weights of all values of all features.
struct Weights {
  Gaussian bias;
  uint32_t features = 0;
  std::unordered_map<uint64_t, Gaussian> of;

  static uint64_t key(uint32_t feature, uint32_t value) { return uint64_t{feature} << 32 | value; }

  static Result<Weights> read(const Message& message) {
    Weights weights;
    weights.features = message.numberoffeatures();
    if (message.has_bias()) {
      POME_ASSIGN(weights.bias, read_gaussian(message.bias()));
    }
    for (const auto& feature : message.features()) {
      const std::string place = "feature " + std::to_string(feature.featureid());
      if (feature.featureid() >= weights.features) {
        return invalid("the model says that it has " + std::to_string(weights.features) +
                       " features, counted from 0")
            .at(place);
      }
      for (const auto& weight : feature.weights()) {
        Result<Gaussian> gaussian = read_gaussian(weight.featureweight());
        if (!gaussian.ok()) return std::move(gaussian).error().at(place);
        if (!weights.of.emplace(key(feature.featureid(), weight.featurevalue()), *gaussian).second)
          return invalid("its value " + std::to_string(weight.featurevalue()) + " stands twice")
              .at(place);
      }
    }
    return weights;
  }

  /// Adds the weight of one value.
  void add(uint32_t feature, uint32_t value, Gaussian& sum) const {
    const auto it = of.find(key(feature, value));
    if (it == of.end()) return;
    sum.mean += it->second.mean;
    sum.variance += it->second.variance;
  }
};

Result<uint32_t> to_index(double v) {
  if (v >= 0 && v <= 4294967295.0 && std::trunc(v) == v) return static_cast<uint32_t>(v);
  return Error(
      ErrorCode::kInvalidArgument,
      "features and their values are whole numbers from 0 on; this is " + std::to_string(v));
}

class BayesianProbit final : public Evaluator {
 public:
  static Result<std::unique_ptr<Evaluator>> make(const Source& source);
  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override;

 private:
  enum class Kind { kProbability, kMean, kVariance, kPessimistic, kSampled };

  Status bind_inputs(const Message& message, const ModelDescription& description);
  Status bind_outputs(const Message& message, const ModelDescription& description);
  Result<Gaussian> regress(const FeatureProvider& inputs) const;
  Result<double> scalar(const FeatureProvider& inputs, const std::string& name,
                        double otherwise) const;
  Result<double> sample(const Gaussian& g, const FeatureProvider& inputs) const;
  Result<double> compute(Kind kind, const Gaussian& g, const FeatureProvider& inputs) const;

  Weights weights_;
  std::string input_, optimism_, scale_, truncation_;
  std::vector<std::pair<Kind, NumberOutput>> outputs_;
  mutable std::atomic<uint64_t> draws_{0};  // every sample has a generator of its own
};

Status BayesianProbit::bind_inputs(const Message& message, const ModelDescription& description) {
  input_ = message.regressioninputfeaturename();
  optimism_ = message.optimisminputfeaturename();
  scale_ = message.samplingscaleinputfeaturename();
  truncation_ = message.samplingtruncationinputfeaturename();
  if (input_.empty() && description.inputs.size() == 1) input_ = description.inputs[0].name;
  const FeatureDescription* input = description.input(input_);
  if (input == nullptr || input->type != FeatureType::kMultiArray)
    return invalid("the features are read from " + quoted(input_) +
                   ", which must be described as a MultiArray");
  for (const std::string* name : {&optimism_, &scale_, &truncation_}) {
    if (name->empty()) continue;
    const FeatureDescription* scalar = description.input(*name);
    if (scalar == nullptr ||
        (scalar->type != FeatureType::kDouble && scalar->type != FeatureType::kInt64))
      return invalid("the input " + quoted(*name) + " must be described as a Double");
  }
  return {};
}

Status BayesianProbit::bind_outputs(const Message& message, const ModelDescription& description) {
  for (const FeatureDescription& output : description.outputs) {
    Kind kind = Kind::kProbability;
    if (output.name == message.meanoutputfeaturename()) {
      kind = Kind::kMean;
    } else if (output.name == message.varianceoutputfeaturename()) {
      kind = Kind::kVariance;
    } else if (output.name == message.pessimisticprobabilityoutputfeaturename()) {
      kind = Kind::kPessimistic;
    } else if (output.name == message.sampledprobabilityoutputfeaturename()) {
      kind = Kind::kSampled;
    } else if (!description.predicted_feature_name.empty() &&
               output.name != description.predicted_feature_name) {
      return invalid("nothing is written to it").at("output " + quoted(output.name));
    }
    POME_ASSIGN(NumberOutput number, NumberOutput::create(output, 1));
    outputs_.emplace_back(kind, std::move(number));
  }
  if (outputs_.empty()) return invalid("the model describes no outputs");
  return {};
}

Result<std::unique_ptr<Evaluator>> BayesianProbit::make(const Source& source) {
  const Message& message = source.model->bayesianprobitregressor();
  auto result = std::make_unique<BayesianProbit>();
  POME_ASSIGN(result->weights_, Weights::read(message));
  POME_TRY(result->bind_inputs(message, source.description));
  POME_TRY(result->bind_outputs(message, source.description));
  return std::unique_ptr<Evaluator>(std::move(result));
}

/// An array [n, 2] is pairs of feature and value; any other one value for each feature.
Result<Gaussian> BayesianProbit::regress(const FeatureProvider& inputs) const {
  Gaussian sum = weights_.bias;
  const FeatureValue* value = inputs.find(input_);
  if (value == nullptr) return sum;
  const MultiArray& x = value->multi_array();
  const bool pairs = x.shape().size() == 2 && x.shape()[1] == 2;
  if (!pairs && x.size() != int64_t{weights_.features}) {
    return Error(ErrorCode::kShapeMismatch,
                 "the array has " + std::to_string(x.size()) + " elements; the model has " +
                     std::to_string(weights_.features) +
                     " features and takes a value for each, or [n, 2] pairs of feature and value")
        .at("input " + quoted(input_));
  }
  for (int64_t i = 0; i < x.size(); i += pairs ? 2 : 1) {
    Result<uint32_t> feature = to_index(pairs ? x.at(i) : static_cast<double>(i));
    Result<uint32_t> taken = to_index(x.at(pairs ? i + 1 : i));
    for (Result<uint32_t>* index : {&feature, &taken})
      if (!index->ok()) return std::move(*index).error().at("input " + quoted(input_));
    weights_.add(*feature, *taken, sum);
  }
  return sum;
}

Result<double> BayesianProbit::scalar(const FeatureProvider& inputs, const std::string& name,
                                      double otherwise) const {
  const FeatureValue* value = name.empty() ? nullptr : inputs.find(name);
  if (value == nullptr) return otherwise;
  const double v =
      value->type() == FeatureType::kInt64 ? static_cast<double>(value->int64()) : value->number();
  if (!std::isnan(v)) return v;
  return Error(ErrorCode::kInvalidArgument, "the value is NaN, a number is needed")
      .at("input " + quoted(name));
}

Result<double> BayesianProbit::sample(const Gaussian& g, const FeatureProvider& inputs) const {
  POME_ASSIGN(const double scale, scalar(inputs, scale_, 1));
  POME_ASSIGN(const double cut,
              scalar(inputs, truncation_, std::numeric_limits<double>::infinity()));
  std::mt19937_64 random(draws_.fetch_add(1, std::memory_order_relaxed));
  std::normal_distribution<double> normal;
  double z = normal(random);
  for (int draw = 1; draw < kMostDraws && std::abs(z) > cut; ++draw) z = normal(random);
  if (std::abs(z) > cut) z = std::copysign(std::max(cut, 0.0), z);
  return normal_cdf(g.mean + z * scale * std::sqrt(g.variance));
}

Result<double> BayesianProbit::compute(Kind kind, const Gaussian& g,
                                       const FeatureProvider& inputs) const {
  if (kind == Kind::kMean) return g.mean;
  if (kind == Kind::kVariance) return g.variance;
  if (kind == Kind::kSampled) return sample(g, inputs);
  double mean = g.mean;
  if (kind == Kind::kPessimistic) {
    POME_ASSIGN(const double optimism, scalar(inputs, optimism_, 0));
    mean += optimism * std::sqrt(g.variance);
  }
  return normal_cdf(mean / std::sqrt(1 + g.variance));
}

Status BayesianProbit::evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const {
  POME_ASSIGN(const Gaussian g, regress(inputs));
  for (const auto& [kind, output] : outputs_) {
    POME_ASSIGN(const double v, compute(kind, g, inputs));
    POME_TRY(output.write(std::span(&v, 1), outputs));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Evaluator>> make_bayesian_probit(const Source& source) {
  return BayesianProbit::make(source);
}

}  // namespace pome::classic
