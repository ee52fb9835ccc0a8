#include "pome/feature_value.h"

#include <algorithm>

#include "base/text.h"

namespace pome {
namespace {

template <typename T>
const T& require(const FeatureValue& value, std::string_view wanted) {
  const T* held = value.get_if<T>();
  if (held == nullptr) {
    throw Exception(Error(ErrorCode::kTypeMismatch,
                          "the feature value is of type " + std::string(to_string(value.type())) +
                              ", " + std::string(wanted) + " was asked for"));
  }
  return *held;
}

}  // namespace

FeatureType FeatureValue::type() const {
  static constexpr FeatureType kTypes[] = {FeatureType::kInvalid,    FeatureType::kInt64,
                                           FeatureType::kDouble,     FeatureType::kString,
                                           FeatureType::kImage,      FeatureType::kMultiArray,
                                           FeatureType::kDictionary, FeatureType::kDictionary,
                                           FeatureType::kSequence,   FeatureType::kSequence};
  return kTypes[data_.index()];
}

int64_t FeatureValue::int64() const { return require<int64_t>(*this, "Int64"); }
double FeatureValue::number() const { return require<double>(*this, "Double"); }
const std::string& FeatureValue::string() const { return require<std::string>(*this, "String"); }
const Image& FeatureValue::image() const { return require<Image>(*this, "Image"); }
const MultiArray& FeatureValue::multi_array() const {
  return require<MultiArray>(*this, "MultiArray");
}
const StringDictionary& FeatureValue::dictionary() const {
  return require<StringDictionary>(*this, "Dictionary with String keys");
}
const Int64Dictionary& FeatureValue::int64_dictionary() const {
  return require<Int64Dictionary>(*this, "Dictionary with Int64 keys");
}
const std::vector<std::string>& FeatureValue::string_sequence() const {
  return require<std::vector<std::string>>(*this, "Sequence of String");
}
const std::vector<int64_t>& FeatureValue::int64_sequence() const {
  return require<std::vector<int64_t>>(*this, "Sequence of Int64");
}

const FeatureValue* FeatureProvider::find(std::string_view name) const {
  for (const Entry& e : entries_)
    if (e.first == name) return &e.second;
  return nullptr;
}

const FeatureValue& FeatureProvider::operator[](std::string_view name) const {
  if (const FeatureValue* value = find(name)) return *value;
  std::vector<std::string> names;
  for (const Entry& e : entries_) names.push_back(e.first);
  throw Exception(Error(ErrorCode::kUnknownName, "there is no feature " + quoted(name) +
                                                     "; there are " + quoted_list(names) + "." +
                                                     did_you_mean(name, names)));
}

void FeatureProvider::set(std::string name, FeatureValue value) {
  for (Entry& e : entries_) {
    if (e.first == name) {
      e.second = std::move(value);
      return;
    }
  }
  entries_.emplace_back(std::move(name), std::move(value));
}

}  // namespace pome
