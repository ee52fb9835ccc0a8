// Tree ensembles in few words, for tests.
#pragma once

#include <cstdint>

#include "format/proto/trees.pb.h"

namespace pome::testing {

using Trees = CoreML::Specification::TreeEnsembleParameters;
using TreeNode = Trees::TreeNode;

inline TreeNode* add_node(Trees& trees, uint64_t tree, uint64_t node) {
  TreeNode* n = trees.add_nodes();
  n->set_treeid(tree);
  n->set_nodeid(node);
  return n;
}

/// A leaf that adds `value` to `dimension`.
inline TreeNode* add_leaf(Trees& trees, uint64_t tree, uint64_t node, double value,
                          uint64_t dimension = 0) {
  TreeNode* n = add_node(trees, tree, node);
  n->set_nodebehavior(TreeNode::LeafNode);
  auto* info = n->add_evaluationinfo();
  info->set_evaluationindex(dimension);
  info->set_evaluationvalue(value);
  return n;
}

/// A branch: x[feature] (comparator, default <=) threshold.
inline TreeNode* add_branch(
    Trees& trees, uint64_t tree, uint64_t node, uint64_t feature, double threshold, uint64_t yes,
    uint64_t no, TreeNode::TreeNodeBehavior comparator = TreeNode::BranchOnValueLessThanEqual) {
  TreeNode* n = add_node(trees, tree, node);
  n->set_nodebehavior(comparator);
  n->set_branchfeatureindex(feature);
  n->set_branchfeaturevalue(threshold);
  n->set_truechildnodeid(yes);
  n->set_falsechildnodeid(no);
  return n;
}

/// Tree 0: x[0] (comparator) threshold ? 1 : 2, in one dimension.
inline Trees stump(double threshold,
                   TreeNode::TreeNodeBehavior comparator = TreeNode::BranchOnValueLessThanEqual) {
  Trees trees;
  trees.set_numpredictiondimensions(1);
  add_branch(trees, 0, 0, 0, threshold, 1, 2, comparator);
  add_leaf(trees, 0, 1, 1);
  add_leaf(trees, 0, 2, 2);
  return trees;
}

}  // namespace pome::testing
