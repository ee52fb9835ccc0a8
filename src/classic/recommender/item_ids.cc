#include "classic/recommender/item_ids.h"

#include <utility>

#include "base/text.h"
#include "format/proto/recommender.pb.h"

namespace pome::classic {

size_t ItemIds::given(const spec::ItemSimilarityRecommender& message) {
  return static_cast<size_t>(message.itemstringids().vector_size() +
                             message.itemint64ids().vector_size());
}

Result<ItemIds> ItemIds::read(const spec::ItemSimilarityRecommender& message, size_t items) {
  const auto wrong = [](const std::string& what) { return Error(ErrorCode::kInvalidModel, what); };
  const auto& texts = message.itemstringids().vector();
  const auto& numbers = message.itemint64ids().vector();
  if (!texts.empty() && !numbers.empty())
    return wrong("the items have both texts and numbers as ids, one kind is needed");
  if (given(message) != 0 && given(message) != items) {
    return wrong("there are " + std::to_string(given(message)) + " ids for " +
                 std::to_string(items) + " items");
  }
  ItemIds ids;
  ids.size_ = items;
  ids.texts_.assign(texts.begin(), texts.end());
  ids.numbers_.assign(numbers.begin(), numbers.end());
  for (size_t i = 0; i < ids.texts_.size(); ++i)
    if (!ids.by_text_.emplace(ids.texts_[i], static_cast<uint32_t>(i)).second)
      return wrong("the item id " + quoted(ids.texts_[i]) + " stands twice");
  for (size_t i = 0; i < ids.numbers_.size(); ++i)
    if (!ids.by_number_.emplace(ids.numbers_[i], static_cast<uint32_t>(i)).second)
      return wrong("the item id " + std::to_string(ids.numbers_[i]) + " stands twice");
  return ids;
}

void ItemIds::add(const std::string& id, double value, Found& found) const {
  const auto it = by_text_.find(id);
  if (it != by_text_.end()) found.emplace_back(it->second, value);
}

void ItemIds::add(int64_t id, double value, Found& found) const {
  if (numbers_.empty()) {
    if (id >= 0 && static_cast<uint64_t>(id) < size_)
      found.emplace_back(static_cast<uint32_t>(id), value);
    return;
  }
  const auto it = by_number_.find(id);
  if (it != by_number_.end()) found.emplace_back(it->second, value);
}

Result<std::vector<std::pair<uint32_t, double>>> ItemIds::find(const FeatureValue& value) const {
  Found found;
  const auto* texts = value.get_if<std::vector<std::string>>();
  const auto* numbers = value.get_if<std::vector<int64_t>>();
  const auto* by_text = value.get_if<StringDictionary>();
  const auto* by_number = value.get_if<Int64Dictionary>();
  if (are_texts() && texts != nullptr) {
    for (const std::string& id : *texts) add(id, 1, found);
  } else if (are_texts() && by_text != nullptr) {
    for (const auto& [id, score] : *by_text) add(id, score, found);
  } else if (!are_texts() && numbers != nullptr) {
    for (const int64_t id : *numbers) add(id, 1, found);
  } else if (!are_texts() && by_number != nullptr) {
    for (const auto& [id, score] : *by_number) add(id, score, found);
  } else {
    const std::string kind = are_texts() ? "text" : "Int64";
    return Error(ErrorCode::kTypeMismatch, "the items of this model are called by " + kind +
                                               ": a Sequence or a Dictionary of " + kind +
                                               " is wanted, not this " +
                                               std::string(to_string(value.type())));
  }
  return found;
}

FeatureValue ItemIds::sequence(const std::vector<uint32_t>& items) const {
  std::vector<std::string> texts;
  std::vector<int64_t> numbers;
  for (const uint32_t item : items) {
    if (are_texts()) texts.push_back(texts_[item]);
    if (!are_texts()) numbers.push_back(number(item));
  }
  return are_texts() ? FeatureValue(std::move(texts)) : FeatureValue(std::move(numbers));
}

FeatureValue ItemIds::dictionary(const std::vector<uint32_t>& items,
                                 const std::vector<double>& scores) const {
  StringDictionary texts;
  Int64Dictionary numbers;
  for (size_t i = 0; i < items.size(); ++i) {
    if (are_texts()) texts[texts_[items[i]]] = scores[i];
    if (!are_texts()) numbers[number(items[i])] = scores[i];
  }
  return are_texts() ? FeatureValue(std::move(texts)) : FeatureValue(std::move(numbers));
}

}  // namespace pome::classic
