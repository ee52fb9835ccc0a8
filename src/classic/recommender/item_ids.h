// Items by their names or numbers.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace CoreML::Specification {
class ItemSimilarityRecommender;
}

namespace pome::classic {

namespace spec = CoreML::Specification;

/// The items of a recommender, which counts them from 0, and what its users call them: texts,
/// numbers, or the count itself where the model has neither. Immutable; any thread.
class ItemIds {
 public:
  /// `items` of them. Errors (kInvalidModel): both texts and numbers, another number of them than
  /// `items`, one that stands twice.
  static Result<ItemIds> read(const spec::ItemSimilarityRecommender& message, size_t items);

  /// How many ids a model gives: 0 when it gives none.
  static size_t given(const spec::ItemSimilarityRecommender& message);

  size_t size() const { return size_; }
  /// True when items are called by text.
  bool are_texts() const { return !texts_.empty(); }

  /// The items of a sequence or of the keys of a dictionary, with the dictionary's values or 1.
  /// Items that the model does not know are left out. kTypeMismatch: text for numbers or the other
  /// way round, or neither sequence nor dictionary.
  Result<std::vector<std::pair<uint32_t, double>>> find(const FeatureValue& value) const;

  /// A sequence, and a dictionary with scores (one an item).
  FeatureValue sequence(const std::vector<uint32_t>& items) const;
  FeatureValue dictionary(const std::vector<uint32_t>& items,
                          const std::vector<double>& scores) const;

 private:
  using Found = std::vector<std::pair<uint32_t, double>>;
  void add(const std::string& id, double value, Found& found) const;
  void add(int64_t id, double value, Found& found) const;
  int64_t number(uint32_t item) const { return numbers_.empty() ? item : numbers_[item]; }

  size_t size_ = 0;
  std::vector<std::string> texts_;
  std::vector<int64_t> numbers_;
  std::unordered_map<std::string, uint32_t> by_text_;
  std::unordered_map<int64_t, uint32_t> by_number_;
};

}  // namespace pome::classic
