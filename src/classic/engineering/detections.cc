// NonMaximumSuppression: of boxes that overlap, the most confident stays.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "classic/engineering/features.h"
#include "classic/engineering/makers.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

// So many boxes above the threshold are compared with one another; detectors make some thousands.
constexpr size_t kMaxCandidates = 50000;

struct Box {
  double x0, y0, x1, y1;

  /// Of centre and size; a negative or NaN size is an empty box.
  static Box from(std::span<const double> c) {
    const double w = c[2] > 0 ? c[2] : 0;
    const double h = c[3] > 0 ? c[3] : 0;
    return {c[0] - w / 2, c[1] - h / 2, c[0] + w / 2, c[1] + h / 2};
  }
  double area() const { return (x1 - x0) * (y1 - y0); }
};

/// Intersection over union; 0 where both are empty.
double overlap(const Box& a, const Box& b) {
  const double w = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  const double h = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  if (!(w > 0 && h > 0)) return 0;
  const double both = w * h;
  const double either = a.area() + b.area() - both;
  return either > 0 ? both / either : 0;
}

struct Thresholds {
  double iou = 0;
  double confidence = 0;
};

/// One row a box that lies above the confidence threshold.
struct Candidate {
  size_t row = 0;
  size_t label = 0;
  double confidence = 0;
};

/// How many rows an output has, whatever survives.
struct RowRange {
  size_t least = 0;
  size_t most = SIZE_MAX;

  static RowRange of(const FeatureDescription& output) {
    const MultiArrayConstraint& array = output.multi_array;
    RowRange range;
    if (!array.ranges.empty()) {
      range.least = static_cast<size_t>(std::max<int64_t>(array.ranges.front().lower, 0));
      if (array.ranges.front().upper >= 0)
        range.most = static_cast<size_t>(array.ranges.front().upper);
    } else if (array.shape.size() == 2 && array.enumerated.empty()) {
      range.least = range.most = static_cast<size_t>(std::max<int64_t>(array.shape[0], 0));
    }
    return range;
  }
};

class NonMaximumSuppression final : public Evaluator {
 public:
  struct Output {
    std::string name;
    MultiArrayDataType type = MultiArrayDataType::kFloat64;
  };
  struct Settings {
    std::string confidence_input;
    std::string coordinates_input;
    std::string iou_input;                   // may be empty
    std::string confidence_threshold_input;  // may be empty
    Output confidence_output;
    Output coordinates_output;
    Thresholds thresholds;
    RowRange rows;
    size_t classes = 0;  // 0: as many as the input has
    bool per_class = false;
  };

  explicit NonMaximumSuppression(Settings settings) : s_(std::move(settings)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const MultiArray* confidence, array(inputs, s_.confidence_input));
    POME_ASSIGN(const MultiArray* coordinates, array(inputs, s_.coordinates_input));
    POME_ASSIGN(const size_t classes, classes_of(*confidence, *coordinates));
    POME_ASSIGN(const std::vector<double> scores, numbers_of(FeatureValue(*confidence)));
    POME_ASSIGN(const std::vector<double> boxes, numbers_of(FeatureValue(*coordinates)));
    Thresholds thresholds = s_.thresholds;
    POME_TRY(read_threshold(inputs, s_.iou_input, thresholds.iou));
    POME_TRY(read_threshold(inputs, s_.confidence_threshold_input, thresholds.confidence));
    POME_ASSIGN(const std::vector<Candidate> candidates,
                candidates_of(scores, classes, thresholds.confidence));
    const std::vector<size_t> kept = keep(candidates, boxes, thresholds.iou);
    POME_TRY(write(s_.confidence_output, scores, classes, kept, outputs));
    return write(s_.coordinates_output, boxes, 4, kept, outputs);
  }

 private:
  static Result<const MultiArray*> array(const FeatureProvider& inputs, const std::string& name) {
    const FeatureValue* value = inputs.find(name);
    const MultiArray* array = value != nullptr ? value->get_if<MultiArray>() : nullptr;
    if (array == nullptr)
      return Error(ErrorCode::kMissingInput, "a MultiArray is wanted").at("input " + quoted(name));
    return array;
  }

  static Status read_threshold(const FeatureProvider& inputs, const std::string& name,
                               double& threshold) {
    const FeatureValue* value = name.empty() ? nullptr : inputs.find(name);
    if (value == nullptr) return {};
    Result<std::vector<double>> number = numbers_of(*value);
    if (!number.ok()) return std::move(number).error().at("input " + quoted(name));
    if (number->size() != 1) {
      return Error(ErrorCode::kShapeMismatch,
                   "the value holds " + std::to_string(number->size()) + " numbers, 1 is wanted")
          .at("input " + quoted(name));
    }
    threshold = number->front();
    return {};
  }

  /// The last axis of the confidences; the coordinates must have as many rows of 4.
  Result<size_t> classes_of(const MultiArray& confidence, const MultiArray& coordinates) const {
    const int64_t classes = confidence.shape().empty() ? 0 : confidence.shape().back();
    const bool fits = classes > 0 && (s_.classes == 0 || classes == int64_t(s_.classes));
    if (!fits || coordinates.size() % 4 != 0 ||
        coordinates.size() / 4 != confidence.size() / classes) {
      return Error(ErrorCode::kShapeMismatch,
                   "there are " + std::to_string(confidence.size()) + " confidences in rows of " +
                       std::to_string(classes) + " and " + std::to_string(coordinates.size()) +
                       " coordinates; [boxes, " +
                       (s_.classes == 0 ? "classes" : std::to_string(s_.classes)) +
                       "] and [boxes, 4] are wanted");
    }
    return static_cast<size_t>(classes);
  }

  static Result<std::vector<Candidate>> candidates_of(std::span<const double> scores,
                                                      size_t classes, double threshold) {
    std::vector<Candidate> candidates;
    for (size_t row = 0; row < scores.size() / classes; ++row) {
      const auto here = scores.subspan(row * classes, classes);
      const auto best = std::max_element(here.begin(), here.end());
      if (*best >= threshold)  // a NaN never is
        candidates.push_back({row, static_cast<size_t>(best - here.begin()), *best});
    }
    if (candidates.size() > kMaxCandidates) {
      return Error(ErrorCode::kLimitExceeded,
                   std::to_string(candidates.size()) +
                       " boxes lie above the confidence threshold, at most " +
                       std::to_string(kMaxCandidates) + " are compared; raise the threshold");
    }
    std::stable_sort(
        candidates.begin(), candidates.end(),
        [](const Candidate& a, const Candidate& b) { return a.confidence > b.confidence; });
    return candidates;
  }

  std::vector<size_t> keep(std::span<const Candidate> candidates, std::span<const double> boxes,
                           double iou) const {
    std::vector<size_t> kept;
    std::vector<std::pair<Box, size_t>> standing;
    for (const Candidate& c : candidates) {
      if (kept.size() >= s_.rows.most) break;
      const Box box = Box::from(boxes.subspan(c.row * 4, 4));
      const bool suppressed =
          std::any_of(standing.begin(), standing.end(), [&](const auto& better) {
            return (!s_.per_class || better.second == c.label) && overlap(box, better.first) > iou;
          });
      if (suppressed) continue;
      kept.push_back(c.row);
      standing.emplace_back(box, c.label);
    }
    return kept;
  }

  /// The kept rows, then zeros up to the least number of rows.
  Status write(const Output& output, std::span<const double> values, size_t width,
               const std::vector<size_t>& kept, FeatureProvider& outputs) const {
    const size_t rows = std::max(kept.size(), s_.rows.least);
    POME_ASSIGN(MultiArray array, MultiArray::create(output.type, {static_cast<int64_t>(rows),
                                                                   static_cast<int64_t>(width)}));
    for (size_t i = 0; i < kept.size(); ++i)
      for (size_t j = 0; j < width; ++j)
        array.set(static_cast<int64_t>(i * width + j), values[kept[i] * width + j]);
    outputs.set(output.name, std::move(array));
    return {};
  }

  Settings s_;
};

/// The described feature of that name, a MultiArray. `what` names the model's field.
Result<const FeatureDescription*> array_feature(const std::vector<FeatureDescription>& features,
                                                const std::string& name, const char* what) {
  for (const FeatureDescription& f : features) {
    if (f.name != name) continue;
    if (f.type != FeatureType::kMultiArray) return wrong_feature(f, what, "a MultiArray");
    return &f;
  }
  return Error(ErrorCode::kInvalidModel, std::string(what) + " is called " + quoted(name) +
                                             ", the model describes no such feature");
}

Status check_threshold(const ModelDescription& description, const std::string& name) {
  if (name.empty()) return {};
  const FeatureDescription* f = description.input(name);
  if (f == nullptr) {
    return Error(ErrorCode::kInvalidModel, "a threshold is read from " + quoted(name) +
                                               ", which the model does not describe as an input");
  }
  if (f->type != FeatureType::kDouble && f->type != FeatureType::kMultiArray &&
      f->type != FeatureType::kInt64)
    return wrong_feature(*f, "input", "Double");
  return {};
}

Result<size_t> number_of_labels(const spec::NonMaximumSuppression& message,
                                const FeatureDescription& confidence) {
  size_t labels = 0;
  if (message.has_stringclasslabels())
    labels = static_cast<size_t>(message.stringclasslabels().vector_size());
  if (message.has_int64classlabels())
    labels = static_cast<size_t>(message.int64classlabels().vector_size());
  const MultiArrayConstraint& array = confidence.multi_array;
  if (labels > 0 && array.shape.size() > 1 && array.ranges.empty() && array.enumerated.empty() &&
      array.shape.back() != static_cast<int64_t>(labels)) {
    return Error(ErrorCode::kInvalidModel, "the model has " + std::to_string(labels) +
                                               " labels, the confidences are " +
                                               confidence.type_text());
  }
  return labels;
}

}  // namespace

EvaluatorResult make_non_maximum_suppression(const Source& source) {
  const ModelDescription& d = source.description;
  const spec::NonMaximumSuppression& message = source.model->nonmaximumsuppression();
  NonMaximumSuppression::Settings s;
  POME_ASSIGN(
      const FeatureDescription* confidence,
      array_feature(d.inputs, message.confidenceinputfeaturename(), "the input of confidences"));
  POME_ASSIGN(
      const FeatureDescription* coordinates,
      array_feature(d.inputs, message.coordinatesinputfeaturename(), "the input of coordinates"));
  POME_ASSIGN(
      const FeatureDescription* confidence_output,
      array_feature(d.outputs, message.confidenceoutputfeaturename(), "the output of confidences"));
  POME_ASSIGN(const FeatureDescription* coordinates_output,
              array_feature(d.outputs, message.coordinatesoutputfeaturename(),
                            "the output of coordinates"));
  POME_TRY(check_threshold(d, message.iouthresholdinputfeaturename()));
  POME_TRY(check_threshold(d, message.confidencethresholdinputfeaturename()));
  POME_ASSIGN(s.classes, number_of_labels(message, *confidence));
  s.confidence_input = confidence->name;
  s.coordinates_input = coordinates->name;
  s.iou_input = message.iouthresholdinputfeaturename();
  s.confidence_threshold_input = message.confidencethresholdinputfeaturename();
  s.confidence_output = {confidence_output->name, confidence_output->multi_array.data_type};
  s.coordinates_output = {coordinates_output->name, coordinates_output->multi_array.data_type};
  s.thresholds = {message.iouthreshold(), message.confidencethreshold()};
  s.rows = RowRange::of(*confidence_output);
  s.per_class = message.picktop().perclass();
  constexpr size_t kMaxRows = size_t{1} << 20;
  if (s.rows.least > kMaxRows) {
    return Error(ErrorCode::kLimitExceeded, "the output has at least " +
                                                std::to_string(s.rows.least) + " rows, at most " +
                                                std::to_string(kMaxRows) + " are made");
  }
  return EvaluatorResult(std::make_unique<NonMaximumSuppression>(std::move(s)));
}

}  // namespace pome::classic
