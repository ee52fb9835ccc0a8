#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/try.h"
#include "classic/class_outputs.h"
#include "classic/feature_row.h"
#include "classic/learned_types.h"
#include "classic/links.h"
#include "classic/number_output.h"
#include "classic/trees/ensemble.h"
#include "classic/trees/forest.h"
#include "classic/trees/post_transform.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

constexpr size_t kBatchRows = 64;           // rows that are read before trees are walked
constexpr size_t kBatchNumbers = 1u << 16;  // of features or scores, where that is fewer rows

Result<PostTransform> read_transform(int value) {
  if (value < 0 || value > 3) {
    return Error(ErrorCode::kInvalidModel, "the post-evaluation transform is " +
                                               std::to_string(value) + ", 0 to 3 are known");
  }
  return static_cast<PostTransform>(value);
}

/// What regressors and classifiers share: from features to sums.
class TreeEvaluator : public Evaluator {
 public:
  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const final {
    std::vector<double> row(row_.width());
    POME_TRY(row_.read(inputs, row));
    std::vector<double> scores(forest_->dimensions());
    forest_->predict(Rows<double>{row.data(), 1, row.size()}, scores);
    return finish(scores, outputs);
  }

  Status evaluate_batch(std::span<const FeatureProvider> batch, std::span<FeatureProvider> outputs,
                        size_t& done) const final {
    const size_t width = row_.width();
    const size_t dimensions = forest_->dimensions();
    const size_t block =
        std::clamp<size_t>(kBatchNumbers / std::max(width, dimensions), 1, kBatchRows);
    std::vector<double> rows(block * width);
    std::vector<double> scores(block * dimensions);
    for (done = 0; done < batch.size();) {
      const size_t first = done;
      const size_t n = std::min(block, batch.size() - first);
      for (size_t r = 0; r < n; ++r, ++done)
        POME_TRY(row_.read(batch[done], std::span(rows).subspan(r * width, width)));
      forest_->predict(Rows<double>{rows.data(), n, width}, scores);
      done = first;
      for (size_t r = 0; r < n; ++r, ++done)
        POME_TRY(finish(std::span(scores).subspan(r * dimensions, dimensions), outputs[done]));
    }
    return {};
  }

 protected:
  TreeEvaluator(FeatureRow row, std::unique_ptr<Forest> forest, PostTransform transform)
      : transform_(transform), row_(std::move(row)), forest_(std::move(forest)) {}

  /// From the sums of one row to outputs.
  virtual Status finish(std::span<const double> scores, FeatureProvider& outputs) const = 0;

  PostTransform transform_;

 private:
  FeatureRow row_;
  std::unique_ptr<Forest> forest_;
};

class TreeRegressor final : public TreeEvaluator {
 public:
  TreeRegressor(FeatureRow row, std::unique_ptr<Forest> forest, PostTransform transform,
                NumberOutput output)
      : TreeEvaluator(std::move(row), std::move(forest), transform), output_(std::move(output)) {}

 private:
  Status finish(std::span<const double> scores, FeatureProvider& outputs) const override {
    if (transform_ == PostTransform::kNone) return output_.write(scores, outputs);
    std::vector<double> values(transformed_size(transform_, scores.size()));
    apply(transform_, scores, values);
    return output_.write(values, outputs);
  }

  NumberOutput output_;
};

/// Two classes may stand for one score: that of the second one.
class TreeClassifier final : public TreeEvaluator {
 public:
  TreeClassifier(FeatureRow row, std::unique_ptr<Forest> forest, PostTransform transform,
                 ClassOutputs outputs)
      : TreeEvaluator(std::move(row), std::move(forest), transform), outputs_(std::move(outputs)) {}

 private:
  Status finish(std::span<const double> scores, FeatureProvider& outputs) const override {
    if (scores.size() == 1 && outputs_.size() == 2) {
      const double p = transform_ == PostTransform::kNone ? scores[0] : logistic(scores[0]);
      const std::array<double, 2> both = {1 - p, p};
      // Of equal ones the first, as scikit-learn and XGBoost have it.
      outputs_.write(p > 0.5 ? 1 : 0, both, outputs);
      return {};
    }
    std::vector<double> values(outputs_.size());
    apply(transform_, scores, values);
    outputs_.write(first_maximum(values), values, outputs);
    return {};
  }

  ClassOutputs outputs_;
};

struct Parts {
  FeatureRow row;
  std::unique_ptr<Forest> forest;
  PostTransform transform;
};

/// Reads what both types have. Optional inputs that are not given are missing values.
template <typename Message>
Result<Parts> read_parts(const Message& message, const ModelDescription& description) {
  POME_ASSIGN(const PostTransform transform, read_transform(message.postevaluationtransform()));
  POME_ASSIGN(const Ensemble ensemble, read_ensemble(message.treeensemble()));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const RowWish wish = {ensemble.features, false, nan, nan};
  POME_ASSIGN(FeatureRow row, FeatureRow::create(description.inputs, wish));
  return Parts{std::move(row), Forest::make(ensemble), transform};
}

}  // namespace

Result<std::unique_ptr<Evaluator>> make_tree_regressor(const Source& source) {
  const auto& message = source.model->treeensembleregressor();
  POME_ASSIGN(Parts parts, read_parts(message, source.description));
  const size_t count = transformed_size(parts.transform, parts.forest->dimensions());
  POME_ASSIGN(NumberOutput output, NumberOutput::of_regressor(source.description, count));
  return std::unique_ptr<Evaluator>(std::make_unique<TreeRegressor>(
      std::move(parts.row), std::move(parts.forest), parts.transform, std::move(output)));
}

Result<std::unique_ptr<Evaluator>> make_tree_classifier(const Source& source) {
  const auto& message = source.model->treeensembleclassifier();
  POME_ASSIGN(Parts parts, read_parts(message, source.description));
  const size_t dimensions = parts.forest->dimensions();
  const bool binary =
      dimensions == 1 && parts.transform != PostTransform::kSoftMax &&
      source.description.class_labels &&
      std::visit([](const auto& l) { return l.size(); }, *source.description.class_labels) == 2;
  const size_t classes = binary ? 2 : transformed_size(parts.transform, dimensions);
  POME_ASSIGN(ClassOutputs outputs, ClassOutputs::create(source.description, classes));
  return std::unique_ptr<Evaluator>(std::make_unique<TreeClassifier>(
      std::move(parts.row), std::move(parts.forest), parts.transform, std::move(outputs)));
}

}  // namespace pome::classic
