// Scaler y = scale * (x + shift), and Normalizer y = x / norm(x).
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/try.h"
#include "classic/engineering/features.h"
#include "classic/engineering/makers.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

/// One number for all elements, or one for each.
class PerElement {
 public:
  PerElement(const google::protobuf::RepeatedField<double>& values, double otherwise)
      : values_(values.begin(), values.end()) {
    if (values_.empty()) values_.push_back(otherwise);
  }
  bool fits(size_t count) const { return values_.size() == 1 || values_.size() == count; }
  size_t size() const { return values_.size(); }
  double operator[](size_t i) const { return values_.size() == 1 ? values_[0] : values_[i]; }

 private:
  std::vector<double> values_;
};

class Scaler final : public Evaluator {
 public:
  Scaler(OneToOne features, const spec::Scaler& message)
      : features_(std::move(features)),
        shift_(message.shiftvalue(), 0),
        scale_(message.scalevalue(), 1) {}

  Status check(size_t count) const {
    if (shift_.fits(count) && scale_.fits(count)) return {};
    return Error(ErrorCode::kInvalidModel,
                 "the scaler has " + std::to_string(shift_.size()) + " shifts and " +
                     std::to_string(scale_.size()) + " scales for " + std::to_string(count) +
                     " elements; one for all or one for each is expected");
  }

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const FeatureValue* value, features_.value(inputs));
    POME_ASSIGN(std::vector<double> numbers, numbers_of(*value));
    POME_TRY(check(numbers.size()));
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = scale_[i] * (numbers[i] + shift_[i]);
    return write_numbers(features_.output, numbers, outputs);
  }

 private:
  OneToOne features_;
  PerElement shift_;
  PerElement scale_;
};

class Normalizer final : public Evaluator {
 public:
  Normalizer(OneToOne features, spec::Normalizer::NormType norm)
      : features_(std::move(features)), norm_(norm) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const FeatureValue* value, features_.value(inputs));
    POME_ASSIGN(std::vector<double> numbers, numbers_of(*value));
    const double norm = norm_of(numbers);
    if (norm != 0)
      for (double& v : numbers) v /= norm;
    return write_numbers(features_.output, numbers, outputs);
  }

 private:
  double norm_of(const std::vector<double>& numbers) const {
    double norm = 0;
    for (const double v : numbers) {
      if (norm_ == spec::Normalizer::L2) {
        norm += v * v;
      } else if (norm_ == spec::Normalizer::L1) {
        norm += std::abs(v);
      } else {
        norm = std::max(norm, std::abs(v));
      }
    }
    return norm_ == spec::Normalizer::L2 ? std::sqrt(norm) : norm;
  }

  OneToOne features_;
  spec::Normalizer::NormType norm_;
};

Status check_numeric(const OneToOne& features) {
  for (const FeatureDescription* f : {&features.input, &features.output}) {
    if (f->type != FeatureType::kMultiArray && f->type != FeatureType::kDouble &&
        f->type != FeatureType::kInt64)
      return wrong_feature(*f, f == &features.input ? "input" : "output",
                           "Int64, Double or MultiArray");
  }
  return {};
}

}  // namespace

EvaluatorResult make_scaler(const Source& source) {
  POME_ASSIGN(OneToOne features, OneToOne::create(source.description));
  POME_TRY(check_numeric(features));
  const auto count = described_count(features.input);
  auto scaler = std::make_unique<Scaler>(std::move(features), source.model->scaler());
  if (count) POME_TRY(scaler->check(static_cast<size_t>(*count)));
  return EvaluatorResult(std::move(scaler));
}

EvaluatorResult make_normalizer(const Source& source) {
  POME_ASSIGN(OneToOne features, OneToOne::create(source.description));
  POME_TRY(check_numeric(features));
  const auto norm = source.model->normalizer().normtype();
  if (!spec::Normalizer::NormType_IsValid(norm)) {
    return Error(ErrorCode::kInvalidModel, "the normalizer has the norm type " +
                                               std::to_string(static_cast<int>(norm)) +
                                               "; 0 (maximum), 1 (L1) and 2 (L2) are known");
  }
  return EvaluatorResult(std::make_unique<Normalizer>(std::move(features), norm));
}

}  // namespace pome::classic
