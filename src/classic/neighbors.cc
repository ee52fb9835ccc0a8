// k nearest neighbours: every sample is compared. An index of the file only says how Apple's
// systems find the same samples.
//
// Where the format is silent: of samples equally far the earlier ones are nearer; of labels with
// equal weight the one that sorts first wins, as in scikit-learn; inverse weights are 1 / Euclidean
// distance, and samples at distance 0 are then the only ones that count, again as in scikit-learn.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/invalid.h"
#include "base/try.h"
#include "classic/class_outputs.h"
#include "classic/feature_row.h"
#include "classic/lanes.h"
#include "classic/learned_types.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

/// Labels of samples as places in the sorted list of labels.
struct SampleLabels {
  ClassLabels distinct;      // sorted
  std::vector<uint32_t> of;  // of each sample
  FeatureValue otherwise;    // where there are no samples; may be undefined
};

template <typename T>
void sort_out(std::vector<T> labels, SampleLabels& result) {
  std::vector<T> distinct = labels;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (const T& label : labels) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), label) - distinct.begin();
    result.of.push_back(static_cast<uint32_t>(at));
  }
  result.distinct = std::move(distinct);
}

Result<SampleLabels> read_labels(const spec::KNearestNeighborsClassifier& knn) {
  SampleLabels result;
  const auto& texts = knn.stringclasslabels().vector();
  const auto& numbers = knn.int64classlabels().vector();
  if (knn.has_int64classlabels() ||
      (!knn.has_stringclasslabels() && knn.DefaultClassLabel_case() == knn.kDefaultInt64Label)) {
    sort_out(std::vector<int64_t>(numbers.begin(), numbers.end()), result);
  } else {
    sort_out(std::vector<std::string>(texts.begin(), texts.end()), result);
  }
  const int samples = knn.nearestneighborsindex().floatsamples_size();
  if (static_cast<int>(result.of.size()) != samples) {
    return invalid("there are " + std::to_string(result.of.size()) + " labels for " +
                   std::to_string(samples) + " samples");
  }
  const bool number = std::holds_alternative<std::vector<int64_t>>(result.distinct);
  if (knn.DefaultClassLabel_case() == knn.kDefaultStringLabel) {
    result.otherwise = knn.defaultstringlabel();
  } else if (knn.DefaultClassLabel_case() == knn.kDefaultInt64Label) {
    result.otherwise = int64_t{knn.defaultint64label()};
  } else if (samples == 0) {
    return invalid("the model has neither samples nor a default label");
  }
  if (result.otherwise.defined() && (result.otherwise.type() == FeatureType::kInt64) != number)
    return invalid("the default label and the labels of the samples are of different types");
  return result;
}

Result<LaneMatrix<float>> read_samples(const spec::NearestNeighborsIndex& index) {
  if (index.has_singlekdtreeindex() && index.singlekdtreeindex().leafsize() <= 0) {
    return invalid("the k-d tree's leaves have " +
                   std::to_string(index.singlekdtreeindex().leafsize()) +
                   " samples, at least 1 is needed");
  }
  const int width = index.numberofdimensions();
  if (width <= 0)
    return invalid("the samples have " + std::to_string(width) +
                   " dimensions, at least 1 is needed");
  for (int s = 0; s < index.floatsamples_size(); ++s) {
    const auto& values = index.floatsamples(s).vector();
    if (values.size() != width) {
      return invalid("it has " + std::to_string(values.size()) + " values, the model says " +
                     std::to_string(width))
          .at("sample " + std::to_string(s));
    }
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }))
      return invalid("a value is not a finite number").at("sample " + std::to_string(s));
  }
  // The width is real only once a sample has it.
  const size_t size = static_cast<size_t>(index.floatsamples_size());
  LaneMatrix<float> samples(size, size == 0 ? 0 : static_cast<size_t>(width));
  for (size_t s = 0; s < size; ++s) {
    const auto& values = index.floatsamples(static_cast<int>(s)).vector();
    for (int c = 0; c < width; ++c) samples.set(s, static_cast<size_t>(c), values[c]);
  }
  return samples;
}

class NearestNeighbors final : public Evaluator {
 public:
  NearestNeighbors(FeatureRow row, LaneMatrix<float> samples, SampleLabels labels, size_t neighbors,
                   bool inverse, ClassOutputs outputs)
      : row_(std::move(row)),
        samples_(std::move(samples)),
        labels_(std::move(labels)),
        neighbors_(std::min(neighbors, samples_.size())),
        inverse_(inverse),
        outputs_(std::move(outputs)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    std::vector<double> row(row_.width());
    POME_TRY(row_.read(inputs, row));
    if (samples_.size() == 0) {
      outputs_.write(labels_.otherwise, {}, outputs);
      return {};
    }
    const std::vector<float> x(row.begin(), row.end());
    std::vector<float> distances(samples_.size());
    samples_.sums(x, distances, [](float a, float b) { return (a - b) * (a - b); });
    std::vector<double> weights = weigh(distances, nearest(distances));
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& w : weights) w /= sum;
    outputs_.write(first_maximum(weights), weights, outputs);
    return {};
  }

 private:
  /// The nearest samples; NaN is far.
  std::vector<uint32_t> nearest(const std::vector<float>& distances) const {
    std::vector<uint32_t> order(distances.size());
    std::iota(order.begin(), order.end(), 0u);
    const auto key = [&](uint32_t s) {
      const float d = distances[s];
      return std::pair(d == d ? d : std::numeric_limits<float>::infinity(), s);
    };
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(neighbors_ - 1),
                     order.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
    order.resize(neighbors_);
    return order;
  }

  /// The weight of each label.
  std::vector<double> weigh(const std::vector<float>& distances,
                            const std::vector<uint32_t>& nearest) const {
    std::vector<double> weights(outputs_.size(), 0.0);
    const bool any_zero =
        std::any_of(nearest.begin(), nearest.end(), [&](uint32_t s) { return distances[s] == 0; });
    for (const uint32_t s : nearest) {
      double weight = 1;
      if (inverse_)
        weight = any_zero ? (distances[s] == 0 ? 1 : 0) : 1 / std::sqrt(double{distances[s]});
      weights[labels_.of[s]] += weight;
    }
    return weights;
  }

  FeatureRow row_;
  LaneMatrix<float> samples_;
  SampleLabels labels_;
  size_t neighbors_;
  bool inverse_;
  ClassOutputs outputs_;
};

}  // namespace

Result<std::unique_ptr<Evaluator>> make_nearest_neighbors(const Source& source) {
  const auto& knn = source.model->knearestneighborsclassifier();
  POME_ASSIGN(LaneMatrix<float> samples, read_samples(knn.nearestneighborsindex()));
  POME_ASSIGN(SampleLabels labels, read_labels(knn));
  const int64_t neighbors = knn.numberofneighbors().defaultvalue();
  if (neighbors < 1) {
    return invalid("the number of neighbors is " + std::to_string(neighbors) +
                   ", at least 1 is needed");
  }
  const RowWish wish = {knn.nearestneighborsindex().numberofdimensions(), true, std::nullopt, 0};
  POME_ASSIGN(FeatureRow row, FeatureRow::create(source.description.inputs, wish));
  POME_ASSIGN(ClassOutputs outputs, ClassOutputs::create(source.description, labels.distinct));
  return std::unique_ptr<Evaluator>(std::make_unique<NearestNeighbors>(
      std::move(row), std::move(samples), std::move(labels), static_cast<size_t>(neighbors),
      knn.has_inversedistanceweighting(), std::move(outputs)));
}

}  // namespace pome::classic
