#include "classic/trees/forest.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "classic/trees/keys.h"
#include "classic/trees/layout.h"
#include "classic/trees/walk.h"

namespace pome::classic {
namespace {

constexpr size_t kBlockGroups = 8;  // groups of kWalkers rows that go through all trees together
constexpr size_t kBlockBytes = 64 << 10;  // of their keys, where that is fewer groups

/// What leaves add. Either every leaf of a tree adds one number to the tree's only dimension, or
/// leaves have lists.
class Leaves {
 public:
  explicit Leaves(const Ensemble& ensemble) : infos_(ensemble.infos) {
    for (const EnsembleTree& tree : ensemble.trees) dimensions_.push_back(only_one(ensemble, tree));
    has_lists_ = std::find(dimensions_.begin(), dimensions_.end(), kSeveral) != dimensions_.end();
    if (has_lists_) {
      lists_.resize(ensemble.nodes.size());
    } else {
      values_.resize(ensemble.nodes.size(), 0.0);
    }
  }

  /// Tells where a leaf was put, counted in the ensemble.
  void place(const EnsembleNode& leaf, size_t at) {
    if (has_lists_) {
      lists_[at] = {leaf.first_info, leaf.infos};
    } else if (leaf.infos > 0) {
      values_[at] = infos_[leaf.first_info].value;
    }
  }

  /// Adds the leaf at `at` of a tree to one row's scores.
  void add(size_t tree, size_t at, double* scores) const {
    if (!has_lists_) {
      scores[dimensions_[tree]] += values_[at];
      return;
    }
    const auto [first, count] = lists_[at];
    for (uint32_t i = first; i < first + count; ++i) scores[infos_[i].dimension] += infos_[i].value;
  }

 private:
  static constexpr uint32_t kSeveral = std::numeric_limits<uint32_t>::max();
  struct List {
    uint32_t first = 0;
    uint32_t count = 0;
  };

  static uint32_t only_one(const Ensemble& ensemble, const EnsembleTree& tree) {
    uint32_t dimension = kSeveral;
    for (uint32_t n = tree.first_node; n < tree.first_node + tree.nodes; ++n) {
      const EnsembleNode& node = ensemble.nodes[n];
      if (!node.is_leaf || node.infos == 0) continue;
      const uint32_t d = ensemble.infos[node.first_info].dimension;
      if (node.infos > 1 || (dimension != kSeveral && d != dimension)) return kSeveral;
      dimension = d;
    }
    return dimension == kSeveral ? 0 : dimension;
  }

  std::vector<LeafInfo> infos_;
  std::vector<uint32_t> dimensions_;  // of each tree
  bool has_lists_ = false;
  std::vector<double> values_;  // of each place
  std::vector<List> lists_;     // of each place
};

template <typename Node, typename T>
class ForestOf final : public Forest {
 public:
  using Key = typename Node::Key;

  ForestOf(const Ensemble& ensemble, const Columns& columns)
      : Forest(static_cast<size_t>(ensemble.features), ensemble.base.size(), sizeof(T) == 4),
        columns_(columns.list()),
        trees_(ensemble.trees),
        base_(ensemble.base),
        leaves_(ensemble) {
    using Limits = std::numeric_limits<Key>;
    for (const Column& c : columns_)
      missing_.push_back(c.missing_is_large ? Limits::max() : Limits::min());
    dense_ = true;
    for (size_t c = 0; c < columns_.size(); ++c) dense_ = dense_ && columns_[c].feature == c;
    nodes_.resize(ensemble.nodes.size());
    for (const EnsembleTree& tree : trees_) lay_out(ensemble, tree, columns);
  }

  void predict(Rows<double> rows, std::span<double> scores) const override {
    predict_any(rows, scores.data());
  }
  void predict(Rows<float> rows, std::span<double> scores) const override {
    predict_any(rows, scores.data());
  }

 private:
  void lay_out(const Ensemble& ensemble, const EnsembleTree& tree, const Columns& columns) {
    const std::span<const EnsembleNode> nodes(&ensemble.nodes[tree.first_node], tree.nodes);
    const std::vector<uint32_t> places = place_nodes(nodes);
    for (uint32_t i = 0; i < tree.nodes; ++i) {
      const EnsembleNode& node = nodes[i];
      Node& made = nodes_[tree.first_node + places[i]];
      if (node.is_leaf) {
        made = Node::make(std::numeric_limits<Key>::max(), places[i], 0, false);
        leaves_.place(node, tree.first_node + places[i]);
      } else {
        made = Node::make(
            threshold_key<T>(node), std::min(node.true_child, node.false_child),
            columns.find(node.feature, missing_is_large(node)) * static_cast<uint32_t>(kWalkers),
            is_equality(node.comparator));
      }
    }
  }

  /// The keys of a row, kWalkers apart.
  template <typename In>
  void make_keys(const In* row, Key* keys) const {
    const size_t n = columns_.size();
    if (dense_) {
      for (size_t c = 0; c < n; ++c)
        keys[c * kWalkers] = key_of(static_cast<T>(row[c]), missing_[c]);
    } else {
      for (size_t c = 0; c < n; ++c)
        keys[c * kWalkers] = key_of(static_cast<T>(row[columns_[c].feature]), missing_[c]);
    }
  }

  template <typename In>
  void predict_any(Rows<In> rows, double* scores) const {
    // Of kWalkers rows. Leaves look at column 0.
    const size_t group = std::max<size_t>(columns_.size(), 1) * kWalkers;
    const size_t groups = std::clamp<size_t>(kBlockBytes / (group * sizeof(Key)), 1, kBlockGroups);
    const size_t block = rows.count == 1 ? 1 : groups * kWalkers;
    std::vector<Key> keys((block + kWalkers - 1) / kWalkers * group);
    for (size_t first = 0; first < rows.count; first += block) {
      const size_t n = std::min(block, rows.count - first);
      double* out = scores + first * dimensions();
      for (size_t r = 0; r < n; ++r) {
        make_keys(rows.data + (first + r) * rows.stride,
                  &keys[r / kWalkers * group + r % kWalkers]);
        std::copy(base_.begin(), base_.end(), out + r * dimensions());
      }
      if (n == 1) {
        walk_row(keys.data(), out);
      } else {
        for (size_t t = 0; t < trees_.size(); ++t) walk_tree(t, keys.data(), group, n, out);
      }
    }
  }

  /// All rows of a block through one tree, kWalkers rows in turn. The last ones may be of an
  /// earlier block; nothing looks at where they arrive.
  void walk_tree(size_t t, const Key* keys, size_t group, size_t n, double* scores) const {
    const EnsembleTree tree = trees_[t];
    const Node* nodes = nodes_.data() + tree.first_node;
    for (size_t r = 0; r < n; r += kWalkers, keys += group) {
      uint32_t places[kWalkers] = {};
      walk(
          tree.deepest, places, [=](size_t w, uint32_t place) __attribute__((always_inline)) {
            return nodes[place].next(keys + w);
          });
      for (size_t w = 0; w < std::min(kWalkers, n - r); ++w)
        leaves_.add(t, tree.first_node + places[w], scores + (r + w) * dimensions());
    }
  }

  /// One row through all trees, kWalkers trees in turn.
  void walk_row(const Key* keys, double* scores) const {
    for (size_t t = 0; t < trees_.size(); t += kWalkers) {
      const size_t n = std::min(kWalkers, trees_.size() - t);
      const Node* nodes[kWalkers];
      uint32_t deepest = 0;
      for (size_t w = 0; w < kWalkers; ++w) {
        const EnsembleTree& tree = trees_[t + (w < n ? w : 0)];
        nodes[w] = nodes_.data() + tree.first_node;
        deepest = std::max(deepest, tree.deepest);
      }
      uint32_t places[kWalkers] = {};
      walk(
          deepest, places, [&](size_t w, uint32_t place) __attribute__((always_inline)) {
            return nodes[w][place].next(keys);
          });
      for (size_t w = 0; w < n; ++w)
        leaves_.add(t + w, trees_[t + w].first_node + places[w], scores);
    }
  }

  std::vector<Column> columns_;
  std::vector<Key> missing_;  // the key of each column's missing value
  bool dense_ = false;        // column c is feature c
  std::vector<EnsembleTree> trees_;
  std::vector<double> base_;
  std::vector<Node> nodes_;
  Leaves leaves_;
};

bool all_float32(const Ensemble& ensemble) {
  return std::all_of(ensemble.nodes.begin(), ensemble.nodes.end(), [](const EnsembleNode& n) {
    return static_cast<double>(static_cast<float>(n.threshold)) == n.threshold;
  });
}

bool any_equality(const Ensemble& ensemble) {
  return std::any_of(ensemble.nodes.begin(), ensemble.nodes.end(),
                     [](const EnsembleNode& n) { return !n.is_leaf && is_equality(n.comparator); });
}

bool packs(const Ensemble& ensemble, const Columns& columns) {
  const auto small = [](const EnsembleTree& t) { return t.nodes <= PackedNode::kMostNodes; };
  return columns.list().size() <= PackedNode::kMostColumns &&
         std::all_of(ensemble.trees.begin(), ensemble.trees.end(), small);
}

}  // namespace

std::unique_ptr<Forest> Forest::make(const Ensemble& ensemble) {
  const Columns columns(ensemble);
  const bool equality = any_equality(ensemble);
  if (!all_float32(ensemble)) {
    if (equality)
      return std::make_unique<ForestOf<WideNode<uint64_t, true>, double>>(ensemble, columns);
    return std::make_unique<ForestOf<WideNode<uint64_t, false>, double>>(ensemble, columns);
  }
  if (equality)
    return std::make_unique<ForestOf<WideNode<uint32_t, true>, float>>(ensemble, columns);
  if (packs(ensemble, columns))
    return std::make_unique<ForestOf<PackedNode, float>>(ensemble, columns);
  return std::make_unique<ForestOf<WideNode<uint32_t, false>, float>>(ensemble, columns);
}

}  // namespace pome::classic
