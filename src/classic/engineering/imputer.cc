// Imputer: what is missing gets a stored value instead.
#include <cmath>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "classic/engineering/features.h"
#include "classic/engineering/makers.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

/// The value that counts as missing.
struct Replaced {
  std::optional<double> number = NAN;  // where the model names none
  std::optional<std::string> text;

  bool is(double v) const {
    return number && (v == *number || (std::isnan(v) && std::isnan(*number)));
  }
};

Replaced replaced_by(const spec::Imputer& message) {
  switch (message.ReplaceValue_case()) {
    case spec::Imputer::kReplaceDoubleValue:
      return {message.replacedoublevalue(), std::nullopt};
    case spec::Imputer::kReplaceInt64Value:
      return {static_cast<double>(message.replaceint64value()), std::nullopt};
    case spec::Imputer::kReplaceStringValue:
      return {std::nullopt, message.replacestringvalue()};
    default:
      return {};
  }
}

/// Numbers: one, or an array; one imputed value for all elements or one for each.
class NumberImputer final : public Evaluator {
 public:
  NumberImputer(OneToOne features, std::vector<double> imputed, Replaced replaced)
      : features_(std::move(features)),
        imputed_(std::move(imputed)),
        replaced_(std::move(replaced)) {}

  Status check(size_t count) const {
    if (imputed_.size() == 1 || imputed_.size() == count) return {};
    return Error(ErrorCode::kInvalidModel, "the imputer has " + std::to_string(imputed_.size()) +
                                               " values for " + std::to_string(count) +
                                               " elements");
  }

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    const FeatureValue* value = inputs.find(features_.input.name);
    if (value == nullptr) {
      std::vector<double> all = imputed_;
      const auto count = described_count(features_.input);
      if (count && all.size() == 1) all.assign(static_cast<size_t>(*count), imputed_[0]);
      return write_numbers(features_.output, all, outputs);
    }
    POME_ASSIGN(std::vector<double> numbers, numbers_of(*value));
    POME_TRY(check(numbers.size()));
    for (size_t i = 0; i < numbers.size(); ++i)
      if (replaced_.is(numbers[i])) numbers[i] = imputed_[imputed_.size() == 1 ? 0 : i];
    return write_numbers(features_.output, numbers, outputs);
  }

 private:
  OneToOne features_;
  std::vector<double> imputed_;
  Replaced replaced_;
};

/// Int64 stays exact: no way through a double.
class Int64Imputer final : public Evaluator {
 public:
  Int64Imputer(OneToOne features, int64_t imputed, std::optional<int64_t> replaced)
      : features_(std::move(features)), imputed_(imputed), replaced_(replaced) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    const FeatureValue* value = inputs.find(features_.input.name);
    int64_t number = imputed_;
    if (value != nullptr) {
      POME_ASSIGN(number, whole_number_of(*value));
      if (number == replaced_) number = imputed_;
    }
    if (features_.output.type == FeatureType::kInt64) {
      outputs.set(features_.output.name, number);
      return {};
    }
    const double wide = static_cast<double>(number);
    return write_numbers(features_.output, {&wide, 1}, outputs);
  }

 private:
  OneToOne features_;
  int64_t imputed_;
  std::optional<int64_t> replaced_;
};

class TextImputer final : public Evaluator {
 public:
  TextImputer(OneToOne features, std::string imputed, Replaced replaced)
      : features_(std::move(features)),
        imputed_(std::move(imputed)),
        replaced_(std::move(replaced)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    const FeatureValue* value = inputs.find(features_.input.name);
    const std::string* text = value != nullptr ? value->get_if<std::string>() : nullptr;
    const bool missing = text == nullptr || *text == replaced_.text;
    outputs.set(features_.output.name, missing ? imputed_ : *text);
    return {};
  }

 private:
  OneToOne features_;
  std::string imputed_;
  Replaced replaced_;
};

/// Keys that are missing, or whose value counts as missing, get the stored one.
template <typename Dictionary>
class DictionaryImputer final : public Evaluator {
 public:
  DictionaryImputer(OneToOne features, Dictionary imputed, Replaced replaced)
      : features_(std::move(features)),
        imputed_(std::move(imputed)),
        replaced_(std::move(replaced)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    const FeatureValue* value = inputs.find(features_.input.name);
    if (value == nullptr) {
      outputs.set(features_.output.name, imputed_);
      return {};
    }
    const auto* given = value->get_if<Dictionary>();
    if (given == nullptr) {
      return Error(ErrorCode::kTypeMismatch,
                   "the dictionary's keys are of another type; the input takes " +
                       features_.input.type_text())
          .at("input " + quoted(features_.input.name));
    }
    Dictionary all = *given;
    for (const auto& [key, number] : imputed_) {
      const auto [entry, added] = all.emplace(key, number);
      if (!added && replaced_.is(entry->second)) entry->second = number;
    }
    outputs.set(features_.output.name, std::move(all));
    return {};
  }

 private:
  OneToOne features_;
  Dictionary imputed_;
  Replaced replaced_;
};

bool is_number(const FeatureDescription& feature) {
  return feature.type == FeatureType::kMultiArray || feature.type == FeatureType::kDouble ||
         feature.type == FeatureType::kInt64;
}

EvaluatorResult number_imputer(OneToOne features, std::vector<double> imputed, Replaced replaced) {
  if (!is_number(features.input))
    return wrong_feature(features.input, "input", "a number or a MultiArray, as what is imputed");
  if (!is_number(features.output))
    return wrong_feature(features.output, "output", "a number or a MultiArray, as the input");
  if (imputed.empty()) return Error(ErrorCode::kInvalidModel, "the imputer has no values");
  const auto count = described_count(features.input);
  auto made =
      std::make_unique<NumberImputer>(std::move(features), std::move(imputed), std::move(replaced));
  if (count) POME_TRY(made->check(static_cast<size_t>(*count)));
  return EvaluatorResult(std::move(made));
}

template <typename Dictionary, typename Map>
EvaluatorResult dictionary_imputer(OneToOne features, const Map& map, Replaced replaced) {
  const bool int64_keys = std::is_same_v<Dictionary, Int64Dictionary>;
  for (const FeatureDescription* f : {&features.input, &features.output}) {
    if (f->type != FeatureType::kDictionary || f->int64_keys != int64_keys)
      return wrong_feature(*f, f == &features.input ? "input" : "output",
                           int64_keys ? "a Dictionary with Int64 keys, as what is imputed"
                                      : "a Dictionary with String keys, as what is imputed");
  }
  Dictionary imputed(map.begin(), map.end());
  return EvaluatorResult(std::make_unique<DictionaryImputer<Dictionary>>(
      std::move(features), std::move(imputed), std::move(replaced)));
}

EvaluatorResult text_imputer(OneToOne features, const std::string& imputed, Replaced replaced) {
  for (const FeatureDescription* f : {&features.input, &features.output})
    if (f->type != FeatureType::kString)
      return wrong_feature(*f, f == &features.input ? "input" : "output",
                           "String, as what is imputed");
  return EvaluatorResult(
      std::make_unique<TextImputer>(std::move(features), imputed, std::move(replaced)));
}

}  // namespace

EvaluatorResult make_imputer(const Source& source) {
  POME_ASSIGN(OneToOne features, OneToOne::create(source.description));
  const spec::Imputer& message = source.model->imputer();
  Replaced replaced = replaced_by(message);
  switch (message.ImputedValue_case()) {
    case spec::Imputer::kImputedDoubleValue:
      return number_imputer(std::move(features), {message.imputeddoublevalue()}, replaced);
    case spec::Imputer::kImputedInt64Value:
      if (features.input.type == FeatureType::kInt64 && is_number(features.output)) {
        std::optional<int64_t> missing;
        if (message.ReplaceValue_case() == spec::Imputer::kReplaceInt64Value)
          missing = message.replaceint64value();
        return EvaluatorResult(std::make_unique<Int64Imputer>(
            std::move(features), message.imputedint64value(), missing));
      }
      return number_imputer(std::move(features), {static_cast<double>(message.imputedint64value())},
                            replaced);
    case spec::Imputer::kImputedDoubleArray: {
      const auto& values = message.imputeddoublearray().vector();
      return number_imputer(std::move(features), {values.begin(), values.end()}, replaced);
    }
    case spec::Imputer::kImputedInt64Array: {
      const auto& values = message.imputedint64array().vector();
      return number_imputer(std::move(features), {values.begin(), values.end()}, replaced);
    }
    case spec::Imputer::kImputedStringValue:
      return text_imputer(std::move(features), message.imputedstringvalue(), replaced);
    case spec::Imputer::kImputedStringDictionary:
      return dictionary_imputer<StringDictionary>(
          std::move(features), message.imputedstringdictionary().map(), replaced);
    case spec::Imputer::kImputedInt64Dictionary:
      return dictionary_imputer<Int64Dictionary>(std::move(features),
                                                 message.imputedint64dictionary().map(), replaced);
    default:
      return Error(ErrorCode::kInvalidModel, "the imputer has no value to impute");
  }
}

}  // namespace pome::classic
