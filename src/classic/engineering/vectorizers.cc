// FeatureVectorizer: several features -> one vector. DictVectorizer: a dictionary -> a vector by a
// list of keys. ArrayFeatureExtractor: some elements of a vector.
#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "classic/engineering/features.h"
#include "classic/engineering/makers.h"
#include "classic/feature_row.h"
#include "classic/number_output.h"
#include "feature/find_input.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

// Numbers of one vector: a bound of the memory that a prediction takes.
constexpr uint64_t kMaxNumbers = FeatureRow::kMaxFeatures;

struct Column {
  std::string name;
  size_t count = 0;
};

/// Elements of a dictionary with Int64 keys at their places, zeros elsewhere.
Status scatter(const FeatureValue& value, std::span<double> numbers) {
  const auto* entries = value.get_if<Int64Dictionary>();
  if (entries == nullptr) {
    return Error(ErrorCode::kTypeMismatch,
                 "the value is of type " + std::string(to_string(value.type())) +
                     "; numbers, a MultiArray or a Dictionary with Int64 keys are wanted");
  }
  std::fill(numbers.begin(), numbers.end(), 0.0);
  for (const auto& [key, number] : *entries) {
    if (key < 0 || static_cast<uint64_t>(key) >= numbers.size()) {
      return Error(ErrorCode::kInvalidArgument,
                   "the dictionary has the key " + std::to_string(key) + ", the column " +
                       std::to_string(numbers.size()) + " places, counted from 0");
    }
    numbers[static_cast<size_t>(key)] = number;
  }
  return {};
}

class FeatureVectorizer final : public Evaluator {
 public:
  FeatureVectorizer(std::vector<Column> columns, size_t width, NumberOutput output)
      : columns_(std::move(columns)), width_(width), output_(std::move(output)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    std::vector<double> row(width_);
    FindInput find(inputs);
    size_t at = 0;
    for (const Column& column : columns_) {
      const auto here = std::span(row).subspan(at, column.count);
      at += column.count;
      const FeatureValue* value = find(column.name);
      if (value == nullptr) {  // an optional input: missing, as trees understand it
        std::fill(here.begin(), here.end(), NAN);
        continue;
      }
      if (const auto* number = value->get_if<double>(); number != nullptr && here.size() == 1) {
        here[0] = *number;
        continue;
      }
      Status read = value->type() == FeatureType::kDictionary ? scatter(*value, here)
                                                              : read_numbers(*value, here);
      if (!read.ok()) return std::move(read).error().at("input " + quoted(column.name));
    }
    return output_.write(row, outputs);
  }

 private:
  std::vector<Column> columns_;
  size_t width_;
  NumberOutput output_;
};

Result<size_t> width_of(const FeatureDescription& feature, uint64_t stated) {
  if (feature.type == FeatureType::kDictionary && !feature.int64_keys)
    return wrong_feature(feature, "input", "a number, a MultiArray or a Dictionary (Int64)");
  if (feature.type != FeatureType::kDictionary && feature.type != FeatureType::kMultiArray &&
      feature.type != FeatureType::kDouble && feature.type != FeatureType::kInt64)
    return wrong_feature(feature, "input", "a number, a MultiArray or a Dictionary (Int64)");
  const auto described = described_count(feature);
  if (stated == 0 && described) stated = static_cast<uint64_t>(*described);
  if (described && static_cast<uint64_t>(*described) != stated) {
    return Error(ErrorCode::kInvalidModel,
                 "the column is stated to have " + std::to_string(stated) + " numbers, the input " +
                     feature.type_text() + " has " + std::to_string(*described))
        .at("input " + quoted(feature.name));
  }
  if (stated > kMaxNumbers) {
    return Error(ErrorCode::kLimitExceeded, "the column is stated to have " +
                                                std::to_string(stated) + " numbers, at most " +
                                                std::to_string(kMaxNumbers) + " are allowed")
        .at("input " + quoted(feature.name));
  }
  return static_cast<size_t>(stated);
}

/// Keys -> positions; the output is a vector, or a dictionary of the positions that were given.
template <typename Dictionary>
class DictVectorizer final : public Evaluator {
 public:
  using Key = typename Dictionary::key_type;

  explicit DictVectorizer(OneToOne features) : features_(std::move(features)) {}

  template <typename Keys>
  Status add(const Keys& keys) {
    for (const Key& key : keys) {
      if (!positions_.emplace(key, positions_.size()).second) {
        return Error(ErrorCode::kInvalidModel, "a key of the vectorizer stands twice: position " +
                                                   std::to_string(positions_.size()));
      }
    }
    return {};
  }
  size_t size() const { return positions_.size(); }

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const FeatureValue* value, features_.value(inputs));
    const auto* given = value->get_if<Dictionary>();
    if (given == nullptr) {
      // An empty dictionary has keys of any type.
      if (!is_empty(*value)) {
        return Error(ErrorCode::kTypeMismatch,
                     "the dictionary's keys are of another type; the input takes " +
                         features_.input.type_text())
            .at("input " + quoted(features_.input.name));
      }
      static const Dictionary kNone;
      given = &kNone;
    }
    return features_.output.type == FeatureType::kDictionary ? write_sparse(*given, outputs)
                                                             : write_dense(*given, outputs);
  }

 private:
  static bool is_empty(const FeatureValue& value) {
    const auto* texts = value.get_if<StringDictionary>();
    const auto* numbers = value.get_if<Int64Dictionary>();
    return (texts != nullptr && texts->empty()) || (numbers != nullptr && numbers->empty());
  }

  Status write_sparse(const Dictionary& given, FeatureProvider& outputs) const {
    Int64Dictionary sparse;
    for (const auto& [key, number] : given) {
      const auto found = positions_.find(key);
      if (found != positions_.end()) sparse[static_cast<int64_t>(found->second)] = number;
    }
    outputs.set(features_.output.name, std::move(sparse));
    return {};
  }

  Status write_dense(const Dictionary& given, FeatureProvider& outputs) const {
    std::vector<double> row(positions_.size(), 0);
    for (const auto& [key, number] : given) {
      const auto found = positions_.find(key);
      if (found != positions_.end()) row[found->second] = number;
    }
    return write_numbers(features_.output, row, outputs);
  }

  OneToOne features_;
  std::unordered_map<Key, size_t> positions_;
};

template <typename Dictionary, typename Keys>
EvaluatorResult vectorizer_of(OneToOne features, const Keys& keys) {
  const FeatureDescription output = features.output;
  if (features.input.type != FeatureType::kDictionary)
    return wrong_feature(features.input, "input", "a Dictionary");
  // coremltools describes String keys whatever scikit-learn's are: the vectorizer's own count.
  features.input.int64_keys = std::is_same_v<Dictionary, Int64Dictionary>;
  const bool sparse = output.type == FeatureType::kDictionary && output.int64_keys;
  if (!sparse && output.type != FeatureType::kMultiArray)
    return wrong_feature(output, "output", "a MultiArray or a Dictionary with Int64 keys");
  auto made = std::make_unique<DictVectorizer<Dictionary>>(std::move(features));
  POME_TRY(made->add(keys));
  const auto count = described_count(output);
  if (!sparse && count && *count != static_cast<int64_t>(made->size())) {
    return Error(ErrorCode::kInvalidModel, "the vectorizer has " + std::to_string(made->size()) +
                                               " keys, its output " + std::to_string(*count) +
                                               " elements");
  }
  return EvaluatorResult(std::move(made));
}

class ArrayFeatureExtractor final : public Evaluator {
 public:
  ArrayFeatureExtractor(OneToOne features, std::vector<uint64_t> indices)
      : features_(std::move(features)), indices_(std::move(indices)) {}

  Status check(uint64_t count) const {
    for (const uint64_t index : indices_) {
      if (index >= count) {
        return Error(ErrorCode::kInvalidModel,
                     "the model extracts element " + std::to_string(index) + ", the input has " +
                         std::to_string(count) + " elements, counted from 0");
      }
    }
    return {};
  }

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const FeatureValue* value, features_.value(inputs));
    const auto* array = value->get_if<MultiArray>();
    if (array == nullptr) {
      return Error(ErrorCode::kTypeMismatch, "the value is of type " +
                                                 std::string(to_string(value->type())) +
                                                 ", a MultiArray is wanted")
          .at("input " + quoted(features_.input.name));
    }
    POME_TRY(check(static_cast<uint64_t>(array->size())));
    std::vector<double> numbers;
    numbers.reserve(indices_.size());
    for (const uint64_t index : indices_) numbers.push_back(array->at(static_cast<int64_t>(index)));
    return write_numbers(features_.output, numbers, outputs);
  }

 private:
  OneToOne features_;
  std::vector<uint64_t> indices_;
};

}  // namespace

EvaluatorResult make_feature_vectorizer(const Source& source) {
  const ModelDescription& description = source.description;
  if (description.outputs.size() != 1) {
    return Error(ErrorCode::kInvalidModel, "the model describes " +
                                               std::to_string(description.outputs.size()) +
                                               " outputs; a featureVectorizer has one");
  }
  std::unordered_map<std::string_view, const FeatureDescription*> described;
  for (const FeatureDescription& f : description.inputs) described.emplace(f.name, &f);
  std::vector<Column> columns;
  size_t width = 0;
  for (const auto& column : source.model->featurevectorizer().inputlist()) {
    const auto found = described.find(column.inputcolumn());
    if (found == described.end()) {
      return Error(ErrorCode::kInvalidModel, "the vectorizer reads " +
                                                 quoted(column.inputcolumn()) +
                                                 ", which the model does not describe as an input");
    }
    POME_ASSIGN(const size_t count, width_of(*found->second, column.inputdimensions()));
    columns.push_back({column.inputcolumn(), count});
    width += count;
    if (width > kMaxNumbers) {
      return Error(ErrorCode::kLimitExceeded, "the columns have together more than " +
                                                  std::to_string(kMaxNumbers) + " numbers");
    }
  }
  const FeatureDescription& output = description.outputs.front();
  const auto count = described_count(output);
  if (count && static_cast<uint64_t>(*count) != width) {
    return Error(ErrorCode::kInvalidModel, "the columns have together " + std::to_string(width) +
                                               " numbers, the output " + output.type_text());
  }
  POME_ASSIGN(NumberOutput target, NumberOutput::create(output, width));
  return EvaluatorResult(
      std::make_unique<FeatureVectorizer>(std::move(columns), width, std::move(target)));
}

EvaluatorResult make_dict_vectorizer(const Source& source) {
  POME_ASSIGN(OneToOne features, OneToOne::create(source.description));
  const spec::DictVectorizer& message = source.model->dictvectorizer();
  if (message.has_stringtoindex())
    return vectorizer_of<StringDictionary>(std::move(features), message.stringtoindex().vector());
  if (message.has_int64toindex())
    return vectorizer_of<Int64Dictionary>(std::move(features), message.int64toindex().vector());
  return Error(ErrorCode::kInvalidModel, "the vectorizer has no keys");
}

EvaluatorResult make_array_feature_extractor(const Source& source) {
  POME_ASSIGN(OneToOne features, OneToOne::create(source.description));
  const auto& indices = source.model->arrayfeatureextractor().extractindex();
  if (features.input.type != FeatureType::kMultiArray)
    return wrong_feature(features.input, "input", "a MultiArray");
  if (indices.empty()) return Error(ErrorCode::kInvalidModel, "no element is to be extracted");
  POME_TRY(NumberOutput::create(features.output, static_cast<size_t>(indices.size())));
  const auto count = described_count(features.input);
  auto made = std::make_unique<ArrayFeatureExtractor>(
      std::move(features), std::vector<uint64_t>(indices.begin(), indices.end()));
  if (count) POME_TRY(made->check(static_cast<uint64_t>(*count)));
  return EvaluatorResult(std::move(made));
}

}  // namespace pome::classic
