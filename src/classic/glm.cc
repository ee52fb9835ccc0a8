// Generalised linear models: y = link(weights . x + offset), one row of weights an output or class.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/try.h"
#include "classic/class_outputs.h"
#include "classic/feature_row.h"
#include "classic/lanes.h"
#include "classic/learned_types.h"
#include "classic/links.h"
#include "classic/number_output.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

/// Rows of weights with their offsets.
class LinearMap {
 public:
  /// Errors (kInvalidModel): no rows, rows of unlike lengths, another number of offsets than of
  /// rows, numbers that are not finite. `Message` is GLMRegressor or GLMClassifier.
  template <typename Message>
  static Result<LinearMap> read(const Message& message,
                                const std::vector<FeatureDescription>& inputs) {
    if (message.weights().empty() || message.weights(0).value().empty())
      return Error(ErrorCode::kInvalidModel, "the model has no weights");
    const int width = message.weights(0).value_size();
    if (message.offset_size() != message.weights_size()) {
      return Error(ErrorCode::kInvalidModel,
                   "there are " + std::to_string(message.offset_size()) + " offsets for " +
                       std::to_string(message.weights_size()) + " rows of weights");
    }
    LinearMap map;
    POME_ASSIGN(map.row_, FeatureRow::create(inputs, {width, true, std::nullopt, 0}));
    map.weights_ = {static_cast<size_t>(message.weights_size()), static_cast<size_t>(width)};
    for (int r = 0; r < message.weights_size(); ++r) {
      const auto& row = message.weights(r).value();
      if (row.size() != width) {
        return Error(ErrorCode::kInvalidModel, "row " + std::to_string(r) + " has " +
                                                   std::to_string(row.size()) +
                                                   " weights, row 0 has " + std::to_string(width));
      }
      for (int c = 0; c < width; ++c)
        map.weights_.set(static_cast<size_t>(r), static_cast<size_t>(c), row[c]);
      map.offsets_.push_back(message.offset(r));
      if (!std::isfinite(message.offset(r)) ||
          !std::all_of(row.begin(), row.end(), [](double w) { return std::isfinite(w); })) {
        return Error(ErrorCode::kInvalidModel, "row " + std::to_string(r) +
                                                   " has a weight or offset that is not a finite "
                                                   "number");
      }
    }
    return map;
  }

  size_t rows() const { return offsets_.size(); }

  /// One number a row.
  Result<std::vector<double>> scores(const FeatureProvider& inputs) const {
    std::vector<double> x(row_.width());
    POME_TRY(row_.read(inputs, x));
    std::vector<double> y(rows());
    weights_.sums(x, y, [](double a, double w) { return a * w; });
    for (size_t r = 0; r < y.size(); ++r) y[r] += offsets_[r];
    return y;
  }

 private:
  LinearMap() = default;
  FeatureRow row_;
  LaneMatrix<double> weights_;
  std::vector<double> offsets_;
};

class GlmRegressor final : public Evaluator {
 public:
  GlmRegressor(LinearMap map, int link, NumberOutput output)
      : map_(std::move(map)), link_(link), output_(std::move(output)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(std::vector<double> y, map_.scores(inputs));
    for (double& v : y) {
      if (link_ == spec::GLMRegressor::Logit) v = logistic(v);
      if (link_ == spec::GLMRegressor::Probit) v = normal_cdf(v);
    }
    return output_.write(y, outputs);
  }

 private:
  LinearMap map_;
  int link_;
  NumberOutput output_;
};

/// How scores become probabilities.
enum class Coding {
  kBinaryLogit,   // one row: the second class's score
  kBinaryProbit,  // the same
  kReference,     // the first class scores 0; softmax
  kOneVsRest,     // a row a class; each one's logistic, scaled to sum 1
};

class GlmClassifier final : public Evaluator {
 public:
  GlmClassifier(LinearMap map, Coding coding, ClassOutputs outputs)
      : map_(std::move(map)), coding_(coding), outputs_(std::move(outputs)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(std::vector<double> scores, map_.scores(inputs));
    // A row less than there are classes: the first one's score is 0.
    if (coding_ != Coding::kOneVsRest) scores.insert(scores.begin(), 0.0);
    const size_t best = first_maximum(scores);  // a saturated probability would tie
    if (outputs_.wants_probabilities()) to_probabilities(scores);
    outputs_.write(best, scores, outputs);
    return {};
  }

 private:
  void to_probabilities(std::vector<double>& scores) const {
    if (coding_ == Coding::kReference) return softmax(scores);
    if (coding_ != Coding::kOneVsRest) {
      const double p =
          coding_ == Coding::kBinaryLogit ? logistic(scores[1]) : normal_cdf(scores[1]);
      scores = {1 - p, p};
      return;
    }
    double sum = 0;
    for (double& s : scores) sum += s = logistic(s);
    for (double& s : scores) s = sum > 0 ? s / sum : 1.0 / static_cast<double>(scores.size());
  }

  LinearMap map_;
  Coding coding_;
  ClassOutputs outputs_;
};

/// Number of classes that the rows stand for, and how.
Result<std::pair<Coding, size_t>> read_coding(const spec::GLMClassifier& glm, size_t labels) {
  using Glm = spec::GLMClassifier;
  const auto rows = static_cast<size_t>(glm.weights_size());
  const int link = glm.postevaluationtransform();
  const int encoding = glm.classencoding();
  if (link != Glm::Logit && link != Glm::Probit) {
    return Error(ErrorCode::kInvalidModel, "the post-evaluation transform is " +
                                               std::to_string(link) +
                                               ", 0 (logit) and 1 (probit) are known");
  }
  if (encoding != Glm::ReferenceClass && encoding != Glm::OneVsRest) {
    return Error(ErrorCode::kInvalidModel, "the class encoding is " + std::to_string(encoding) +
                                               ", 0 (reference class) and 1 (one versus rest) are "
                                               "known");
  }
  const bool binary = rows == 1 && (encoding == Glm::ReferenceClass || labels == 2);
  if (link == Glm::Probit) {
    if (binary) return std::pair(Coding::kBinaryProbit, size_t{2});
    return Error(ErrorCode::kInvalidModel,
                 "the probit transform is for two classes and one row of "
                 "weights, there are " +
                     std::to_string(rows) + " rows");
  }
  if (binary) return std::pair(Coding::kBinaryLogit, size_t{2});
  if (encoding == Glm::ReferenceClass) return std::pair(Coding::kReference, rows + 1);
  return std::pair(Coding::kOneVsRest, rows);
}

}  // namespace

Result<std::unique_ptr<Evaluator>> make_glm_regressor(const Source& source) {
  const auto& glm = source.model->glmregressor();
  const int link = glm.postevaluationtransform();
  if (link < spec::GLMRegressor::NoTransform || link > spec::GLMRegressor::Probit) {
    return Error(ErrorCode::kInvalidModel,
                 "the post-evaluation transform is " + std::to_string(link) + ", 0 to 2 are known");
  }
  POME_ASSIGN(LinearMap map, LinearMap::read(glm, source.description.inputs));
  POME_ASSIGN(NumberOutput output, NumberOutput::of_regressor(source.description, map.rows()));
  return std::unique_ptr<Evaluator>(
      std::make_unique<GlmRegressor>(std::move(map), link, std::move(output)));
}

Result<std::unique_ptr<Evaluator>> make_glm_classifier(const Source& source) {
  const auto& glm = source.model->glmclassifier();
  POME_ASSIGN(LinearMap map, LinearMap::read(glm, source.description.inputs));
  const auto labels = static_cast<size_t>(glm.stringclasslabels().vector_size() +
                                          glm.int64classlabels().vector_size());
  POME_ASSIGN(const auto coding, read_coding(glm, labels));
  POME_ASSIGN(ClassOutputs outputs, ClassOutputs::create(source.description, coding.second));
  return std::unique_ptr<Evaluator>(
      std::make_unique<GlmClassifier>(std::move(map), coding.first, std::move(outputs)));
}

}  // namespace pome::classic
