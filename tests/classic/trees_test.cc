// What trees do with single values.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/thread_pool.h"
#include "classic/trees/ensemble.h"
#include "classic/trees/forest.h"
#include "tests/classic/learned.h"
#include "tests/classic/tree_builder.h"

namespace pome::testing {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

spec::Model model_of(const Trees& trees, int features, int transform = 0) {
  spec::Model model = regressor(features);
  auto* ensemble = model.mutable_treeensembleregressor();
  *ensemble->mutable_treeensemble() = trees;
  ensemble->set_postevaluationtransform(
      static_cast<spec::TreeEnsemblePostEvaluationTransform>(transform));
  return model;
}

double predict(const spec::Model& model, const std::vector<double>& row) {
  const auto predictor = make_predictor(model);
  if (!predictor.ok()) {
    ADD_FAILURE() << predictor.error().to_string();
    return kNan;
  }
  const auto outputs = (*predictor)->predict(to_inputs((*predictor)->description(), row), {});
  EXPECT_TRUE(outputs.ok()) << outputs.error().to_string();
  return (*outputs)["y"].number();
}

bool holds(double x, TreeNode::TreeNodeBehavior comparator, double t) {
  switch (comparator) {
    case TreeNode::BranchOnValueLessThanEqual:
      return x <= t;
    case TreeNode::BranchOnValueLessThan:
      return x < t;
    case TreeNode::BranchOnValueGreaterThanEqual:
      return x >= t;
    case TreeNode::BranchOnValueGreaterThan:
      return x > t;
    case TreeNode::BranchOnValueEqual:
      return x == t;
    default:
      return x != t;
  }
}

TEST(Trees, CompareAsNumbersDo) {
  const double tiny = std::numeric_limits<double>::denorm_min();
  const double tiny_float = std::numeric_limits<float>::denorm_min();
  const std::vector<double> values = {
      0.0,   -0.0, tiny,  -tiny, tiny_float, -tiny_float,           1, -1, 0.1, -0.1, kInf,
      -kInf, 3e38, 1e300, -1e9,  1 + 1e-16,  std::nextafter(0.1, 1)};
  for (int c = 0; c < 6; ++c) {
    const auto comparator = static_cast<TreeNode::TreeNodeBehavior>(c);
    for (const double t : values) {
      const bool as_float = static_cast<double>(static_cast<float>(t)) == t;
      for (const double x : values) {
        const double compared = as_float ? static_cast<double>(static_cast<float>(x)) : x;
        EXPECT_EQ(predict(model_of(stump(t, comparator), 1), {x}),
                  holds(compared, comparator, t) ? 1 : 2)
            << x << " comparator " << c << " " << t;
      }
    }
  }
}

TEST(Trees, MissingValuesGoWhereTheNodeSays) {
  for (int c = 0; c < 6; ++c) {
    for (const double t : {0.5, 0.1, kInf, -kInf}) {  // compared as float32 and as double
      for (const bool yes : {false, true}) {
        Trees trees = stump(t, static_cast<TreeNode::TreeNodeBehavior>(c));
        trees.mutable_nodes(0)->set_missingvaluetrackstruechild(yes);
        EXPECT_EQ(predict(model_of(trees, 1), {kNan}), yes ? 1 : 2) << c << " " << t;
      }
    }
  }
}

TEST(Trees, InputsThatAreNotGivenAreMissing) {
  Trees trees = stump(0.5);
  trees.mutable_nodes(0)->set_missingvaluetrackstruechild(true);
  spec::Model model = model_of(trees, 1);
  auto* input = model.mutable_description()->mutable_input(0);
  input->mutable_type()->mutable_doubletype();
  input->mutable_type()->set_isoptional(true);
  const auto predictor = make_predictor(model);
  ASSERT_TRUE(predictor.ok()) << predictor.error().to_string();
  EXPECT_EQ((*predictor)->predict({}, {}).value()["y"].number(), 1);
  EXPECT_EQ((*predictor)->predict({{"x", 2}}, {}).value()["y"].number(), 2);
}

/// A threshold that is exactly a float32 compares float32s, any other one doubles.
TEST(Trees, RoundToFloat32WhereAllThresholdsAreOnes) {
  const double t = static_cast<double>(0.1f);
  const double above = std::nextafter(t, 1);
  EXPECT_EQ(predict(model_of(stump(t), 1), {above}), 1);
  EXPECT_EQ(predict(model_of(stump(std::nextafter(t, 0)), 1), {t}), 2);
}

TEST(Trees, TransformAndBase) {
  Trees trees = stump(0);
  trees.add_basepredictionvalue(0.25);
  EXPECT_EQ(predict(model_of(trees, 1), {-1}), 1.25);
  EXPECT_DOUBLE_EQ(predict(model_of(trees, 1, 2), {-1}), 1 / (1 + std::exp(-1.25)));
}

spec::Model classifier_of(const Trees& trees, int classes, int transform) {
  spec::Model model = classifier(1, true);
  auto* ensemble = model.mutable_treeensembleclassifier();
  *ensemble->mutable_treeensemble() = trees;
  ensemble->set_postevaluationtransform(
      static_cast<spec::TreeEnsemblePostEvaluationTransform>(transform));
  for (int c = 0; c < classes; ++c)
    ensemble->mutable_stringclasslabels()->add_vector(std::string(1, static_cast<char>('a' + c)));
  return model;
}

FeatureProvider classify(const spec::Model& model, double x) {
  const auto predictor = make_predictor(model);
  if (!predictor.ok()) {
    ADD_FAILURE() << predictor.error().to_string();
    return {};
  }
  return (*predictor)->predict(to_inputs((*predictor)->description(), {x}), {}).value();
}

/// Two classes of one score: the second one's. At one half the first class is predicted.
TEST(Trees, TwoClassesOfOneScore) {
  Trees trees = stump(0);
  trees.mutable_nodes(1)->mutable_evaluationinfo(0)->set_evaluationvalue(0.5);
  trees.mutable_nodes(2)->mutable_evaluationinfo(0)->set_evaluationvalue(0.25);
  const FeatureProvider half = classify(classifier_of(trees, 2, 0), -1);
  EXPECT_EQ(half["label"].string(), "a");
  trees.mutable_nodes(1)->mutable_evaluationinfo(0)->set_evaluationvalue(std::nextafter(0.5, 1));
  EXPECT_EQ(classify(classifier_of(trees, 2, 0), -1)["label"].string(), "b");
  const FeatureProvider quarter = classify(classifier_of(trees, 2, 0), 1);
  EXPECT_EQ(quarter["label"].string(), "a");
  EXPECT_EQ(quarter["probabilities"].dictionary().at("a"), 0.75);
  const FeatureProvider logistic = classify(classifier_of(trees, 2, 2), 1);
  EXPECT_EQ(logistic["label"].string(), "b");
  EXPECT_DOUBLE_EQ(logistic["probabilities"].dictionary().at("b"), 1 / (1 + std::exp(-0.25)));
}

TEST(Trees, SeveralClasses) {
  Trees trees = stump(0);
  trees.set_numpredictiondimensions(2);
  trees.mutable_nodes(2)->mutable_evaluationinfo(0)->set_evaluationindex(1);
  const double e = std::exp(1);
  const FeatureProvider softmax = classify(classifier_of(trees, 2, 1), -1);
  EXPECT_EQ(softmax["label"].string(), "a");
  EXPECT_DOUBLE_EQ(softmax["probabilities"].dictionary().at("a"), e / (1 + e));
  const FeatureProvider reference = classify(classifier_of(trees, 3, 3), 1);
  EXPECT_EQ(reference["label"].string(), "c");
  EXPECT_DOUBLE_EQ(reference["probabilities"].dictionary().at("a"), 1 / (2 + std::exp(2)));
}

/// Random trees of any shape: walks without a thought, on the message itself.
class RandomTrees {
 public:
  RandomTrees(uint64_t seed, int features, bool floats, int comparators, int dimensions)
      : random_(seed), features_(features), floats_(floats), comparators_(comparators) {
    trees_.set_numpredictiondimensions(static_cast<uint64_t>(dimensions));
  }

  /// Grows a tree of about `branches` branches, leaning to one side.
  void grow(int branches) {
    const auto tree = static_cast<uint64_t>(count_++);
    std::vector<TreeNode*> open = {add_node(trees_, tree, 0)};
    uint64_t next = 1;
    for (int b = 0; b < branches; ++b) {
      const size_t at = random_() % 3 == 0 ? random_() % open.size() : open.size() - 1;
      TreeNode* node = open[at];
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
      make_branch(*node, next);
      open.push_back(add_node(trees_, tree, next++));
      open.push_back(add_node(trees_, tree, next++));
    }
    for (TreeNode* node : open) {
      node->set_nodebehavior(TreeNode::LeafNode);
      for (uint64_t i = 0; i < 1 + random_() % 2; ++i) {
        auto* info = node->add_evaluationinfo();
        info->set_evaluationindex(random_() % trees_.numpredictiondimensions());
        info->set_evaluationvalue(static_cast<double>(random_() % 1000));
      }
    }
  }

  std::vector<double> row() {
    std::vector<double> x;
    for (int f = 0; f < features_; ++f) x.push_back(random_() % 8 == 0 ? kNan : number());
    return x;
  }

  std::vector<double> expected(const std::vector<double>& row) const {
    std::vector<double> sums(trees_.numpredictiondimensions());
    for (int first = 0; first < trees_.nodes_size();) {
      int end = first + 1;
      while (end < trees_.nodes_size() &&
             trees_.nodes(end).treeid() == trees_.nodes(first).treeid())
        ++end;
      const TreeNode* node = &trees_.nodes(first);
      while (node->nodebehavior() != TreeNode::LeafNode) {
        const double x = row[node->branchfeatureindex()];
        const bool yes = std::isnan(x) ? node->missingvaluetrackstruechild()
                                       : holds(x, node->nodebehavior(), node->branchfeaturevalue());
        const uint64_t id = yes ? node->truechildnodeid() : node->falsechildnodeid();
        node = &trees_.nodes(first + static_cast<int>(id));
      }
      for (const auto& info : node->evaluationinfo())
        sums[info.evaluationindex()] += info.evaluationvalue();
      first = end;
    }
    return sums;
  }

  const Trees& message() const { return trees_; }

 private:
  double number() {
    const double v = static_cast<double>(random_() % 21) / 4 - 2.5;  // often equal
    return floats_ ? v : v + 1e-12;
  }

  void make_branch(TreeNode& node, uint64_t next) {
    node.set_nodebehavior(
        static_cast<TreeNode::TreeNodeBehavior>(random_() % static_cast<uint64_t>(comparators_)));
    node.set_branchfeatureindex(random_() % static_cast<uint64_t>(features_));
    node.set_branchfeaturevalue(number());
    node.set_missingvaluetrackstruechild(random_() % 2 == 0);
    node.set_truechildnodeid(next + random_() % 2);
    node.set_falsechildnodeid(2 * next + 1 - node.truechildnodeid());
  }

  std::mt19937_64 random_;
  int features_;
  bool floats_;
  int comparators_;
  int count_ = 0;
  Trees trees_;
};

void expect_forest(RandomTrees& trees, size_t rows) {
  const auto ensemble = classic::read_ensemble(trees.message());
  ASSERT_TRUE(ensemble.ok()) << ensemble.error().to_string();
  const auto forest = classic::Forest::make(*ensemble);
  std::vector<double> numbers;
  std::vector<double> want;
  for (size_t r = 0; r < rows; ++r) {
    const std::vector<double> row = trees.row();
    numbers.insert(numbers.end(), row.begin(), row.end());
    const std::vector<double> sums = trees.expected(row);
    want.insert(want.end(), sums.begin(), sums.end());
  }
  const size_t width = numbers.size() / rows;
  std::vector<double> got(want.size());
  forest->predict(classic::Rows<double>{numbers.data(), rows, width}, got);
  EXPECT_EQ(got, want);
  if (!forest->is_float32()) return;
  const std::vector<float> floats(numbers.begin(), numbers.end());
  forest->predict(classic::Rows<float>{floats.data(), rows, width}, got);
  EXPECT_EQ(got, want);
}

/// Every kind of node layout, one row and several, blocks that are not full.
TEST(Trees, AnyForestIsWalkedAsItsMessageSays) {
  uint64_t seed = 0;
  for (const bool floats : {true, false})
    for (const int comparators : {4, 6})
      for (const int dimensions : {1, 3})
        for (const int branches : {0, 1, 7, 200})
          for (const size_t rows : {1u, 2u, 9u, 70u}) {
            RandomTrees trees(++seed, 5, floats, comparators, dimensions);
            for (int t = 0; t < 11; ++t) trees.grow(branches * (t + 1) / 6);
            expect_forest(trees, rows);
          }
}

/// More nodes in a tree than sixteen bits count.
TEST(Trees, LargeTrees) {
  RandomTrees trees(5, 3, true, 4, 1);
  trees.grow(50000);
  trees.grow(3);
  expect_forest(trees, 20);
}

/// A chain of 100,000 branches is neither walked nor read by recursion.
TEST(Trees, DeepChain) {
  constexpr uint64_t kDepth = 100000;
  Trees trees;
  trees.set_numpredictiondimensions(1);
  for (uint64_t d = 0; d < kDepth; ++d) {
    add_branch(trees, 0, 2 * d, 0, static_cast<double>(d), 2 * d + 1, 2 * d + 2);
    add_leaf(trees, 0, 2 * d + 1, static_cast<double>(d));
  }
  add_leaf(trees, 0, 2 * kDepth, -1);
  const spec::Model model = model_of(trees, 1);
  EXPECT_EQ(predict(model, {500.5}), 501);
  EXPECT_EQ(predict(model, {1e9}), -1);
}

}  // namespace
}  // namespace pome::testing
