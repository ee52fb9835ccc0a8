// From an ensemble to the nodes that are walked. Internal to this folder.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "classic/trees/ensemble.h"
#include "classic/trees/keys.h"

namespace pome::classic {

/// A number of a row that nodes look at: a feature, with the key that its missing value gets. A
/// feature is two columns where missing values go to different sides in different nodes.
struct Column {
  uint32_t feature = 0;
  bool missing_is_large = false;
};

/// The columns of an ensemble. For one thread.
class Columns {
 public:
  explicit Columns(const Ensemble& ensemble);
  /// The place of the column of a node of the ensemble in list().
  uint32_t find(uint32_t feature, bool missing_is_large) const {
    return index_.find(id_of(feature, missing_is_large))->second;
  }
  /// In the order of the features.
  const std::vector<Column>& list() const { return list_; }

 private:
  static uint64_t id_of(uint32_t feature, bool large) { return uint64_t{feature} << 1 | large; }
  std::vector<Column> list_;
  std::unordered_map<uint64_t, uint32_t> index_;
};

/// True when the node leads its true child to the right: key > threshold.
inline bool true_is_right(Comparator c) {
  return c == Comparator::kGreater || c == Comparator::kGreaterEqual || c == Comparator::kNotEqual;
}

/// True for == and !=.
inline bool is_equality(Comparator c) {
  return c == Comparator::kEqual || c == Comparator::kNotEqual;
}

/// A missing value goes right by having the largest key there is, left by the smallest.
inline bool missing_is_large(const EnsembleNode& node) {
  return true_is_right(node.comparator) == node.missing_is_true;
}

/// The largest key that goes left. x < t is: the key is at most one less than t's.
template <typename T>
KeyOf<T> threshold_key(const EnsembleNode& node) {
  const KeyOf<T> key = key_of(static_cast<T>(node.threshold));
  const bool below =
      node.comparator == Comparator::kLess || node.comparator == Comparator::kGreaterEqual;
  return key - (below ? 1 : 0);
}

/// Where the nodes of a tree go: siblings change places where small keys go to the false child, so
/// that they always go to the first one. places[i] is the place of node i, both counted in the
/// tree.
std::vector<uint32_t> place_nodes(std::span<const EnsembleNode> tree);

}  // namespace pome::classic
