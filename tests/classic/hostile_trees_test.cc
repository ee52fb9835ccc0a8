// Damaged tree ensembles are refused, with the node and both values.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "tests/classic/learned.h"
#include "tests/classic/tree_builder.h"

namespace pome::testing {
namespace {

using ::testing::Test;

/// What is wrong with a stump that was changed.
std::string complaint_about(const std::function<void(Trees&)>& change, int features = 1) {
  spec::Model model = regressor(features);
  Trees& trees = *model.mutable_treeensembleregressor()->mutable_treeensemble();
  trees = stump(0.5);
  change(trees);
  return complaint(model);
}

void expect_text(const std::string& got, const std::string& part) {
  EXPECT_NE(got.find(part), std::string::npos) << got;
}

TEST(HostileTrees, GoodOneIsTaken) {
  EXPECT_EQ(complaint_about([](Trees&) {}), "");
}

TEST(HostileTrees, NoNodes) {
  expect_text(complaint_about([](Trees& t) { t.clear_nodes(); }), "the ensemble has no nodes");
}

TEST(HostileTrees, ChildThatIsNotThere) {
  expect_text(complaint_about([](Trees& t) { t.mutable_nodes(0)->set_truechildnodeid(77); }),
              "tree 0, node 0: its child is node 77, which the tree lacks");
  expect_text(complaint_about([](Trees& t) {
                t.mutable_nodes(0)->set_falsechildnodeid(std::numeric_limits<uint64_t>::max());
              }),
              "its child is node 18446744073709551615");
}

TEST(HostileTrees, ChildrenOfOtherTrees) {
  expect_text(complaint_about([](Trees& t) { t.mutable_nodes(2)->set_treeid(1); }),
              "tree 0, node 0: its child is node 2, which the tree lacks");
}

TEST(HostileTrees, DoubledChildren) {
  expect_text(complaint_about([](Trees& t) { t.mutable_nodes(0)->set_falsechildnodeid(1); }),
              "both children are node 1");
  expect_text(complaint_about([](Trees& t) {
                t.mutable_nodes(1)->clear_evaluationinfo();
                auto* n = t.mutable_nodes(1);
                n->set_nodebehavior(TreeNode::BranchOnValueLessThan);
                n->set_truechildnodeid(2);
                n->set_falsechildnodeid(3);
                add_leaf(t, 0, 3, 1);
              }),
              "node 1: its child, node 2, is also the child of node 0");
}

TEST(HostileTrees, DoubledNode) {
  expect_text(complaint_about([](Trees& t) { add_leaf(t, 0, 1, 5); }), "the node stands twice");
}

TEST(HostileTrees, Cycles) {
  // Nobody is the root.
  expect_text(complaint_about([](Trees& t) {
                t.clear_nodes();
                add_branch(t, 0, 0, 0, 1, 1, 2);
                add_branch(t, 0, 1, 0, 1, 0, 3);
                add_leaf(t, 0, 2, 1);
                add_leaf(t, 0, 3, 1);
              }),
              "the tree is a cycle and has no root");
  // A root, and a cycle beside it.
  expect_text(complaint_about([](Trees& t) {
                add_branch(t, 0, 3, 0, 1, 4, 5);
                add_branch(t, 0, 4, 0, 1, 3, 6);
                add_leaf(t, 0, 5, 1);
                add_leaf(t, 0, 6, 1);
              }),
              "node 3: the node cannot be reached from the tree's root, node 0");
  // A node that is its own child.
  expect_text(complaint_about([](Trees& t) {
                t.clear_nodes();
                add_branch(t, 0, 0, 0, 1, 0, 1);
                add_leaf(t, 0, 1, 1);
              }),
              "has no root");
}

TEST(HostileTrees, SeveralRoots) {
  expect_text(complaint_about([](Trees& t) { add_leaf(t, 0, 9, 1); }),
              "tree 0, node 9: the node is nobody's child, and neither is node 0");
}

TEST(HostileTrees, Dimensions) {
  expect_text(complaint_about([](Trees& t) { t.set_numpredictiondimensions(0); }), "0 dimensions");
  expect_text(complaint_about([](Trees& t) { t.set_numpredictiondimensions(1ull << 60); }),
              "1152921504606846976 dimensions");
  expect_text(complaint_about([](Trees& t) {
                t.mutable_nodes(1)->mutable_evaluationinfo(0)->set_evaluationindex(1ull << 40);
              }),
              "the leaf adds to dimension 1099511627776, the ensemble has 1");
  expect_text(complaint_about([](Trees& t) {
                t.add_basepredictionvalue(1);
                t.add_basepredictionvalue(1);
              }),
              "2 base prediction values for 1 dimensions");
  expect_text(complaint_about([](Trees& t) { t.set_numpredictiondimensions(2); }),
              "2 numbers come out here, the output is Double");
}

TEST(HostileTrees, Features) {
  expect_text(complaint_about([](Trees& t) { t.mutable_nodes(0)->set_branchfeatureindex(1); }),
              "the inputs bring 1 numbers, the model reads 2 features");
  expect_text(
      complaint_about([](Trees& t) { t.mutable_nodes(0)->set_branchfeatureindex(1ull << 50); }),
      "feature 1125899906842624, at most");
}

TEST(HostileTrees, Numbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  expect_text(complaint_about([&](Trees& t) { t.mutable_nodes(0)->set_branchfeaturevalue(nan); }),
              "compares with NaN");
  expect_text(complaint_about([&](Trees& t) {
                t.mutable_nodes(1)->mutable_evaluationinfo(0)->set_evaluationvalue(inf);
              }),
              "node 1: the leaf's value is not a finite number");
  expect_text(complaint_about([&](Trees& t) { t.add_basepredictionvalue(nan); }),
              "base prediction value 0 is not a finite number");
}

TEST(HostileTrees, Enumerations) {
  expect_text(complaint_about([](Trees& t) {
                t.mutable_nodes(0)->set_nodebehavior(static_cast<TreeNode::TreeNodeBehavior>(7));
              }),
              "the node's behavior is 7, 0 to 6 are known");
  spec::Model model = regressor(1);
  *model.mutable_treeensembleregressor()->mutable_treeensemble() = stump(0);
  model.mutable_treeensembleregressor()->set_postevaluationtransform(
      static_cast<spec::TreeEnsemblePostEvaluationTransform>(9));
  expect_text(complaint(model), "transform is 9");
}

TEST(HostileTrees, LabelsThatAreNotTheClasses) {
  spec::Model model = classifier(1);
  auto* ensemble = model.mutable_treeensembleclassifier();
  *ensemble->mutable_treeensemble() = stump(0);
  expect_text(complaint(model), "the classifier has no labels");
  for (const int64_t label : {1, 2, 3}) ensemble->mutable_int64classlabels()->add_vector(label);
  expect_text(complaint(model), "the classifier has 3 labels for 1 class");
  ensemble->mutable_int64classlabels()->mutable_vector()->RemoveLast();
  EXPECT_EQ(complaint(model), "");
  ensemble->mutable_int64classlabels()->set_vector(1, 1);
  expect_text(complaint(model), "the class label 1 stands twice");
  ensemble->mutable_stringclasslabels()->add_vector("a");
  ensemble->mutable_stringclasslabels()->add_vector("b");
  expect_text(complaint(model), "the labels are text, the output is Int64");
}

}  // namespace
}  // namespace pome::testing
