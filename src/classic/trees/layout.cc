#include "classic/trees/layout.h"

#include <algorithm>
#include <utility>

namespace pome::classic {

Columns::Columns(const Ensemble& ensemble) {
  std::vector<uint64_t> ids;
  for (const EnsembleNode& node : ensemble.nodes)
    if (!node.is_leaf) ids.push_back(id_of(node.feature, missing_is_large(node)));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const uint64_t id : ids) {
    index_.emplace(id, static_cast<uint32_t>(list_.size()));
    list_.push_back({static_cast<uint32_t>(id >> 1), (id & 1) != 0});
  }
}

std::vector<uint32_t> place_nodes(std::span<const EnsembleNode> tree) {
  std::vector<uint32_t> places(tree.size(), 0);
  for (const EnsembleNode& node : tree) {
    if (node.is_leaf) continue;
    const uint32_t first = std::min(node.true_child, node.false_child);
    places[node.true_child] = first;
    places[node.false_child] = first + 1;
    if (true_is_right(node.comparator))
      std::swap(places[node.true_child], places[node.false_child]);
  }
  return places;
}

}  // namespace pome::classic
