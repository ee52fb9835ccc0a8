// Tree ensembles as a file has them, checked and put in order.
#pragma once

#include <cstdint>
#include <vector>

#include "pome/result.h"

namespace CoreML::Specification {
class TreeEnsembleParameters;
}

namespace pome::classic {

namespace spec = CoreML::Specification;

/// What a branch asks of its feature's value.
enum class Comparator : uint8_t {
  kLessEqual,
  kLess,
  kGreaterEqual,
  kGreater,
  kEqual,
  kNotEqual,
};

/// A node. A branch has children; a leaf has `infos` of Ensemble::infos from `first_info` on.
struct EnsembleNode {
  double threshold = 0;
  uint32_t feature = 0;
  Comparator comparator = Comparator::kLessEqual;
  bool is_leaf = false;
  bool missing_is_true = false;  // where a missing value goes
  uint32_t true_child = 0;       // counted in the tree, from its root
  uint32_t false_child = 0;
  uint32_t first_info = 0;
  uint32_t infos = 0;
};

/// What a leaf adds to one dimension of the prediction.
struct LeafInfo {
  uint32_t dimension = 0;
  double value = 0;
};

/// Consecutive nodes, breadth-first from the root.
struct EnsembleTree {
  uint32_t first_node = 0;
  uint32_t nodes = 0;
  uint32_t shallowest = 0;  // branches above the nearest leaf
  uint32_t deepest = 0;     // branches above the farthest leaf
};

/// Trees in the order of their ids. A plain value.
struct Ensemble {
  std::vector<EnsembleTree> trees;
  std::vector<EnsembleNode> nodes;
  std::vector<LeafInfo> infos;
  std::vector<double> base;  // one number a dimension
  int64_t features = 1;      // one more than the largest feature that a branch looks at, at least 1
};

/// Dimensions of a prediction, at most: a bound of the memory that a prediction takes.
inline constexpr uint64_t kMaxTreeDimensions = 1u << 20;

/// Reads and checks an ensemble in O(n log n) time and without recursion. Errors (kInvalidModel)
/// name tree and node: no nodes; a node that stands twice; a child that is not there, is its own
/// parent's twin or has two parents; a tree with no root or several, or with a cycle; an unknown
/// comparator; a threshold that is NaN, a leaf or base value that is not finite; an evaluation
/// index or a number of base values that does not fit the dimensions. kLimitExceeded: over
/// kMaxTreeDimensions or FeatureRow::kMaxFeatures.
Result<Ensemble> read_ensemble(const spec::TreeEnsembleParameters& parameters);

}  // namespace pome::classic
