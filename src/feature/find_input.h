// Finds values by name where many are asked for.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>

#include "pome/feature_value.h"

namespace pome {

/// Looks values of one FeatureProvider up: at once when they are asked for in the order in which
/// they stand (the usual case: no search, no allocation), else through an index that is made once,
/// so that hundreds of inputs in another order take no quadratic time. Views the provider, which
/// must outlive it unchanged. For one thread.
class FindInput {
 public:
  explicit FindInput(const FeatureProvider& provider) : entries_(provider.entries()) {}

  /// Null when there is none of that name.
  const FeatureValue* operator()(std::string_view name) {
    if (next_ < entries_.size() && entries_[next_].first == name) return &entries_[next_++].second;
    return search(name);
  }

 private:
  static constexpr size_t kFew = 16;  // so many are searched one by one

  const FeatureValue* search(std::string_view name) {
    if (entries_.size() > kFew && index_.empty())
      for (size_t i = 0; i < entries_.size(); ++i) index_.emplace(entries_[i].first, i);
    size_t at = entries_.size();
    if (entries_.size() > kFew) {
      const auto it = index_.find(name);
      if (it != index_.end()) at = it->second;
    } else {
      for (at = 0; at < entries_.size() && entries_[at].first != name;) ++at;
    }
    if (at >= entries_.size()) return nullptr;
    next_ = at + 1;
    return &entries_[at].second;
  }

  const std::vector<FeatureProvider::Entry>& entries_;
  size_t next_ = 0;
  std::unordered_map<std::string_view, size_t> index_;
};

}  // namespace pome
