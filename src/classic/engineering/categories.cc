// OneHotEncoder: a category -> a vector with one 1. CategoricalMapping: texts <-> numbers.
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/text.h"
#include "base/try.h"
#include "classic/engineering/features.h"
#include "classic/engineering/makers.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

std::string text_of(const std::string& category) { return quoted(category); }
std::string text_of(int64_t category) { return std::to_string(category); }

const std::string* find_key(const FeatureValue& value, const std::string*, std::string&) {
  return value.get_if<std::string>();
}
const int64_t* find_key(const FeatureValue& value, const int64_t*, int64_t& storage) {
  const Result<int64_t> number = whole_number_of(value);
  if (!number.ok()) return nullptr;
  storage = *number;
  return &storage;
}

/// The value as a key of a table of T. kTypeMismatch for others.
template <typename T>
Result<T> key_of(const FeatureValue& value) {
  T storage{};
  const T* key = find_key(value, static_cast<const T*>(nullptr), storage);
  if (key != nullptr) return *key;
  return Error(ErrorCode::kTypeMismatch,
               "the value is of type " + std::string(to_string(value.type())) +
                   ", the model knows " +
                   (std::is_same_v<T, std::string> ? "texts" : "whole numbers"));
}

template <typename T>
class OneHotEncoder final : public Evaluator {
 public:
  OneHotEncoder(OneToOne features, bool sparse, bool ignore)
      : features_(std::move(features)), sparse_(sparse), ignore_(ignore) {}

  template <typename Categories>
  Status add(const Categories& categories) {
    for (const T& category : categories) {
      if (!positions_.emplace(category, positions_.size()).second) {
        return Error(ErrorCode::kInvalidModel,
                     "the category " + text_of(category) + " stands twice");
      }
    }
    return {};
  }
  size_t size() const { return positions_.size(); }

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const FeatureValue* value, features_.value(inputs));
    Result<T> key = key_of<T>(*value);
    if (!key.ok()) return std::move(key).error().at("input " + quoted(features_.input.name));
    const auto found = positions_.find(*key);
    const bool known = found != positions_.end();
    if (!known && !ignore_) {
      return Error(ErrorCode::kInvalidArgument,
                   "the value " + text_of(*key) + " is none of the model's " +
                       std::to_string(positions_.size()) + " categories")
          .at("input " + quoted(features_.input.name));
    }
    if (sparse_) {
      Int64Dictionary entries;
      if (known) entries[static_cast<int64_t>(found->second)] = 1;
      outputs.set(features_.output.name, std::move(entries));
      return {};
    }
    std::vector<double> hot(positions_.size(), 0);
    if (known) hot[found->second] = 1;
    return write_numbers(features_.output, hot, outputs);
  }

 private:
  OneToOne features_;
  std::unordered_map<T, size_t> positions_;
  bool sparse_;
  bool ignore_;
};

template <typename T, typename Categories>
EvaluatorResult encoder_of(OneToOne features, const spec::OneHotEncoder& message,
                           const Categories& categories) {
  const FeatureDescription output = features.output;
  auto encoder = std::make_unique<OneHotEncoder<T>>(
      std::move(features), message.outputsparse(),
      message.handleunknown() == spec::OneHotEncoder::IgnoreUnknown);
  POME_TRY(encoder->add(categories));
  if (message.outputsparse()) {
    if (output.type != FeatureType::kDictionary || !output.int64_keys)
      return wrong_feature(output, "output", "a Dictionary with Int64 keys (outputSparse is set)");
    return EvaluatorResult(std::move(encoder));
  }
  if (output.type != FeatureType::kMultiArray)
    return wrong_feature(output, "output", "a MultiArray (outputSparse is not set)");
  const auto count = described_count(output);
  if (count && *count != static_cast<int64_t>(encoder->size())) {
    return Error(ErrorCode::kInvalidModel, "the encoder has " + std::to_string(encoder->size()) +
                                               " categories, its output " + std::to_string(*count) +
                                               " elements");
  }
  return EvaluatorResult(std::move(encoder));
}

/// Maps From to To, elements of sequences one by one.
template <typename From, typename To>
class CategoricalMapping final : public Evaluator {
 public:
  CategoricalMapping(OneToOne features, std::optional<To> unknown)
      : features_(std::move(features)), unknown_(std::move(unknown)) {}

  template <typename Map>
  void add(const Map& map) {
    for (const auto& [from, to] : map) map_.emplace(from, to);
  }

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const FeatureValue* value, features_.value(inputs));
    Result<FeatureValue> mapped = map_value(*value);
    if (!mapped.ok()) return std::move(mapped).error().at("input " + quoted(features_.input.name));
    outputs.set(features_.output.name, *std::move(mapped));
    return {};
  }

 private:
  Result<FeatureValue> map_value(const FeatureValue& value) const {
    if (const auto* sequence = value.get_if<std::vector<From>>()) {
      std::vector<To> list;
      list.reserve(sequence->size());
      for (const From& element : *sequence) {
        POME_ASSIGN(To to, map_one(element));
        list.push_back(std::move(to));
      }
      return FeatureValue(std::move(list));
    }
    POME_ASSIGN(const From from, key_of<From>(value));
    POME_ASSIGN(To to, map_one(from));
    return FeatureValue(std::move(to));
  }

  Result<To> map_one(const From& from) const {
    const auto found = map_.find(from);
    if (found != map_.end()) return found->second;
    if (unknown_) return *unknown_;
    return Error(ErrorCode::kInvalidArgument,
                 "the value " + text_of(from) + " is none of the " + std::to_string(map_.size()) +
                     " that the model maps, and it has no value for unknown ones");
  }

  OneToOne features_;
  std::unordered_map<From, To> map_;
  std::optional<To> unknown_;
};

/// True when `feature` is a scalar or sequence of the wanted type.
bool is_of(const FeatureDescription& feature, bool text) {
  if (feature.type == FeatureType::kSequence) return feature.int64_keys != text;
  return text ? feature.type == FeatureType::kString
              : feature.type == FeatureType::kInt64 || feature.type == FeatureType::kDouble;
}

Status check_mapping(const OneToOne& features, bool from_text) {
  const char* const text = "String or a Sequence of them";
  const char* const number = "Int64 or a Sequence of them";
  if (!is_of(features.input, from_text))
    return wrong_feature(features.input, "input", from_text ? text : number);
  if (!is_of(features.output, !from_text))
    return wrong_feature(features.output, "output", from_text ? number : text);
  const bool sequence = features.input.type == FeatureType::kSequence;
  if (sequence != (features.output.type == FeatureType::kSequence)) {
    return wrong_feature(features.output, "output",
                         sequence ? "a Sequence, as the input" : "no Sequence, as the input");
  }
  return {};
}

}  // namespace

EvaluatorResult make_one_hot_encoder(const Source& source) {
  POME_ASSIGN(OneToOne features, OneToOne::create(source.description));
  const spec::OneHotEncoder& message = source.model->onehotencoder();
  if (message.has_stringcategories()) {
    if (features.input.type != FeatureType::kString)
      return wrong_feature(features.input, "input", "String, as the categories");
    return encoder_of<std::string>(std::move(features), message,
                                   message.stringcategories().vector());
  }
  if (message.has_int64categories()) {
    if (features.input.type != FeatureType::kInt64 && features.input.type != FeatureType::kDouble)
      return wrong_feature(features.input, "input", "Int64, as the categories");
    return encoder_of<int64_t>(std::move(features), message, message.int64categories().vector());
  }
  return Error(ErrorCode::kInvalidModel, "the encoder has no categories");
}

EvaluatorResult make_categorical_mapping(const Source& source) {
  POME_ASSIGN(OneToOne features, OneToOne::create(source.description));
  const spec::CategoricalMapping& message = source.model->categoricalmapping();
  const bool from_text = message.has_stringtoint64map();
  if (!from_text && !message.has_int64tostringmap())
    return Error(ErrorCode::kInvalidModel, "the mapping has no table");
  POME_TRY(check_mapping(features, from_text));
  if (from_text) {
    if (message.ValueOnUnknown_case() == spec::CategoricalMapping::kStrValue)
      return Error(ErrorCode::kInvalidModel,
                   "the mapping makes numbers of texts, its value for "
                   "unknown ones is a text");
    std::optional<int64_t> unknown;
    if (message.ValueOnUnknown_case() == spec::CategoricalMapping::kInt64Value)
      unknown = message.int64value();
    auto made =
        std::make_unique<CategoricalMapping<std::string, int64_t>>(std::move(features), unknown);
    made->add(message.stringtoint64map().map());
    return EvaluatorResult(std::move(made));
  }
  if (message.ValueOnUnknown_case() == spec::CategoricalMapping::kInt64Value)
    return Error(ErrorCode::kInvalidModel,
                 "the mapping makes texts of numbers, its value for "
                 "unknown ones is a number");
  std::optional<std::string> unknown;
  if (message.ValueOnUnknown_case() == spec::CategoricalMapping::kStrValue)
    unknown = message.strvalue();
  auto made = std::make_unique<CategoricalMapping<int64_t, std::string>>(std::move(features),
                                                                         std::move(unknown));
  made->add(message.int64tostringmap().map());
  return EvaluatorResult(std::move(made));
}

}  // namespace pome::classic
