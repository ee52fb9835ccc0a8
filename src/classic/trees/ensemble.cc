#include "classic/trees/ensemble.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "base/try.h"
#include "classic/feature_row.h"
#include "format/proto/trees.pb.h"

namespace pome::classic {
namespace {

using spec::TreeEnsembleParameters;
using Node = TreeEnsembleParameters::TreeNode;

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

std::string name_of(const Node& node) {
  return "tree " + std::to_string(node.treeid()) + ", node " + std::to_string(node.nodeid());
}

Error wrong(const Node& node, const std::string& what) {
  return Error(ErrorCode::kInvalidModel, what).at(name_of(node));
}

bool before(const Node* a, const Node* b) {
  return a->treeid() != b->treeid() ? a->treeid() < b->treeid() : a->nodeid() < b->nodeid();
}

/// Everything about a node but its place in the tree.
Status check_node(const Node& node, uint64_t dimensions) {
  if (node.nodebehavior() == Node::LeafNode) {
    for (const auto& info : node.evaluationinfo()) {
      if (info.evaluationindex() >= dimensions) {
        return wrong(node, "the leaf adds to dimension " + std::to_string(info.evaluationindex()) +
                               ", the ensemble has " + std::to_string(dimensions) +
                               ", counted from 0");
      }
      if (!std::isfinite(info.evaluationvalue()))
        return wrong(node, "the leaf's value is not a finite number");
    }
    return {};
  }
  if (node.nodebehavior() < 0 || node.nodebehavior() > Node::LeafNode) {
    return wrong(node, "the node's behavior is " + std::to_string(node.nodebehavior()) +
                           ", 0 to 6 are known");
  }
  if (std::isnan(node.branchfeaturevalue()))
    return wrong(node, "the branch compares with NaN, a number is needed");
  if (node.branchfeatureindex() >= static_cast<uint64_t>(FeatureRow::kMaxFeatures)) {
    return Error(ErrorCode::kLimitExceeded,
                 "the branch looks at feature " + std::to_string(node.branchfeatureindex()) +
                     ", at most " + std::to_string(FeatureRow::kMaxFeatures) +
                     " features are allowed")
        .at(name_of(node));
  }
  if (node.truechildnodeid() == node.falsechildnodeid()) {
    return wrong(node, "both children are node " + std::to_string(node.truechildnodeid()) +
                           ", two nodes are needed");
  }
  return {};
}

/// One tree: its nodes sorted by id.
class TreeReader {
 public:
  TreeReader(std::span<const Node* const> nodes, Ensemble& ensemble)
      : nodes_(nodes), ensemble_(ensemble), parents_(nodes.size(), kNone) {}

  Status read() {
    POME_TRY(find_children());
    POME_ASSIGN(const uint32_t root, find_root());
    return order(root);
  }

 private:
  /// The place of a child among nodes_.
  Result<uint32_t> find_child(uint32_t parent, uint64_t id) {
    auto at = nodes_.begin() + static_cast<ptrdiff_t>(std::min<uint64_t>(id, nodes_.size() - 1));
    if ((*at)->nodeid() != id) {  // ids do not count from 0 without gaps
      at = std::partition_point(nodes_.begin(), nodes_.end(),
                                [&](const Node* n) { return n->nodeid() < id; });
    }
    const Node& node = *nodes_[parent];
    if (at == nodes_.end() || (*at)->nodeid() != id)
      return wrong(node, "its child is node " + std::to_string(id) + ", which the tree lacks");
    const auto child = static_cast<uint32_t>(at - nodes_.begin());
    if (parents_[child] != kNone) {
      return wrong(node, "its child, node " + std::to_string(id) + ", is also the child of node " +
                             std::to_string(nodes_[parents_[child]]->nodeid()));
    }
    parents_[child] = parent;
    return child;
  }

  Status find_children() {
    children_.resize(nodes_.size(), {kNone, kNone});
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i]->nodebehavior() == Node::LeafNode) continue;
      POME_ASSIGN(children_[i].first, find_child(i, nodes_[i]->truechildnodeid()));
      POME_ASSIGN(children_[i].second, find_child(i, nodes_[i]->falsechildnodeid()));
    }
    return {};
  }

  /// The only node that is nobody's child.
  Result<uint32_t> find_root() {
    uint32_t root = kNone;
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      if (parents_[i] != kNone) continue;
      if (root != kNone) {
        return wrong(*nodes_[i], "the node is nobody's child, and neither is node " +
                                     std::to_string(nodes_[root]->nodeid()) +
                                     "; a tree has one root");
      }
      root = i;
    }
    if (root == kNone) {
      return Error(ErrorCode::kInvalidModel,
                   "every node is the child of another: the tree is a cycle and has no root")
          .at("tree " + std::to_string(nodes_.front()->treeid()));
    }
    return root;
  }

  /// Appends the nodes breadth-first.
  Status order(uint32_t root) {
    EnsembleTree tree;
    tree.first_node = static_cast<uint32_t>(ensemble_.nodes.size());
    tree.shallowest = kNone;
    std::vector<uint32_t> queue = {root};
    queue.reserve(nodes_.size());
    size_t level_end = 1;
    for (size_t i = 0; i < queue.size(); ++i) {
      if (i == level_end) {
        ++tree.deepest;
        level_end = queue.size();
      }
      EnsembleNode node = read_node(*nodes_[queue[i]]);
      if (node.is_leaf) {
        tree.shallowest = std::min(tree.shallowest, tree.deepest);
      } else {
        node.true_child = static_cast<uint32_t>(queue.size());
        node.false_child = node.true_child + 1;
        queue.push_back(children_[queue[i]].first);
        queue.push_back(children_[queue[i]].second);
      }
      ensemble_.nodes.push_back(node);
    }
    tree.nodes = static_cast<uint32_t>(queue.size());
    if (queue.size() != nodes_.size()) return not_reached(queue);
    ensemble_.trees.push_back(tree);
    return {};
  }

  /// Every node has one parent at most, so what the root does not reach is a cycle.
  Error not_reached(const std::vector<uint32_t>& reached) {
    std::vector<bool> seen(nodes_.size(), false);
    for (const uint32_t i : reached) seen[i] = true;
    const auto at = std::find(seen.begin(), seen.end(), false) - seen.begin();
    return wrong(*nodes_[static_cast<size_t>(at)],
                 "the node cannot be reached from the tree's root, node " +
                     std::to_string(nodes_[reached.front()]->nodeid()) +
                     ": it is part of a cycle or below one");
  }

  EnsembleNode read_node(const Node& node) {
    EnsembleNode result;
    result.is_leaf = node.nodebehavior() == Node::LeafNode;
    if (result.is_leaf) {
      result.first_info = static_cast<uint32_t>(ensemble_.infos.size());
      result.infos = static_cast<uint32_t>(node.evaluationinfo_size());
      for (const auto& info : node.evaluationinfo()) {
        ensemble_.infos.push_back(
            {static_cast<uint32_t>(info.evaluationindex()), info.evaluationvalue()});
      }
      return result;
    }
    result.threshold = node.branchfeaturevalue();
    result.feature = static_cast<uint32_t>(node.branchfeatureindex());
    result.comparator = static_cast<Comparator>(node.nodebehavior());
    result.missing_is_true = node.missingvaluetrackstruechild();
    ensemble_.features = std::max(ensemble_.features, int64_t{result.feature} + 1);
    return result;
  }

  std::span<const Node* const> nodes_;
  Ensemble& ensemble_;
  std::vector<uint32_t> parents_;
  std::vector<std::pair<uint32_t, uint32_t>> children_;
};

Status read_base(const TreeEnsembleParameters& parameters, Ensemble& ensemble) {
  const uint64_t dimensions = parameters.numpredictiondimensions();
  if (dimensions == 0) {
    return Error(ErrorCode::kInvalidModel,
                 "the ensemble's predictions have 0 dimensions, at least 1 is needed");
  }
  if (dimensions > kMaxTreeDimensions) {
    return Error(ErrorCode::kLimitExceeded,
                 "the ensemble's predictions have " + std::to_string(dimensions) +
                     " dimensions, at most " + std::to_string(kMaxTreeDimensions) + " are allowed");
  }
  const auto& base = parameters.basepredictionvalue();
  ensemble.base.assign(base.begin(), base.end());
  if (base.empty()) ensemble.base.assign(static_cast<size_t>(dimensions), 0.0);
  if (ensemble.base.size() != dimensions) {
    return Error(ErrorCode::kInvalidModel, "there are " + std::to_string(base.size()) +
                                               " base prediction values for " +
                                               std::to_string(dimensions) + " dimensions");
  }
  for (size_t d = 0; d < ensemble.base.size(); ++d) {
    if (std::isfinite(ensemble.base[d])) continue;
    return Error(ErrorCode::kInvalidModel,
                 "base prediction value " + std::to_string(d) + " is not a finite number");
  }
  return {};
}

}  // namespace

Result<Ensemble> read_ensemble(const TreeEnsembleParameters& parameters) {
  Ensemble ensemble;
  POME_TRY(read_base(parameters, ensemble));
  if (parameters.nodes().empty())
    return Error(ErrorCode::kInvalidModel, "the ensemble has no nodes, at least a leaf is needed");
  std::vector<const Node*> nodes;
  nodes.reserve(static_cast<size_t>(parameters.nodes_size()));
  for (const Node& node : parameters.nodes()) {
    POME_TRY(check_node(node, parameters.numpredictiondimensions()));
    nodes.push_back(&node);
  }
  if (!std::is_sorted(nodes.begin(), nodes.end(), before))
    std::sort(nodes.begin(), nodes.end(), before);
  ensemble.nodes.reserve(nodes.size());
  for (size_t begin = 0; begin < nodes.size();) {
    size_t end = begin + 1;
    for (; end < nodes.size() && nodes[end]->treeid() == nodes[begin]->treeid(); ++end) {
      if (nodes[end]->nodeid() == nodes[end - 1]->nodeid())
        return wrong(*nodes[end], "the node stands twice");
    }
    POME_TRY(TreeReader(std::span(nodes).subspan(begin, end - begin), ensemble).read());
    begin = end;
  }
  return ensemble;
}

}  // namespace pome::classic
