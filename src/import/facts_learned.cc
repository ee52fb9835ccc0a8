// Trees, GLMs, SVMs, nearest neighbours, recommenders.
#include <algorithm>
#include <cstdio>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "format/proto/model.pb.h"
#include "import/facts_of_types.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;

using TreeNode = spec::TreeEnsembleParameters::TreeNode;

/// Branches on the longest way from a root to a leaf, over all trees. Each node is walked once,
/// also where children go in circles or are not there.
int64_t depth_of(const spec::TreeEnsembleParameters& trees) {
  using Place = std::tuple<uint64_t, uint64_t, int>;  // tree, node, index
  std::vector<Place> places;
  for (int i = 0; i < trees.nodes_size(); ++i)
    places.emplace_back(trees.nodes(i).treeid(), trees.nodes(i).nodeid(), i);
  std::sort(places.begin(), places.end());
  std::vector<char> is_child(static_cast<size_t>(trees.nodes_size()));
  const auto for_children = [&](const TreeNode& node, const auto& visit) {
    if (node.nodebehavior() == TreeNode::LeafNode) return;
    for (const uint64_t id : {node.truechildnodeid(), node.falsechildnodeid()}) {
      const auto at = std::lower_bound(places.begin(), places.end(), Place(node.treeid(), id, 0));
      if (at != places.end() && std::get<0>(*at) == node.treeid() && std::get<1>(*at) == id)
        visit(std::get<2>(*at));
    }
  };
  for (const TreeNode& node : trees.nodes())
    for_children(node, [&](int child) { is_child[static_cast<size_t>(child)] = 1; });
  std::vector<std::pair<int, int64_t>> open;  // node, depth
  for (int i = 0; i < trees.nodes_size(); ++i)
    if (!is_child[static_cast<size_t>(i)]) open.emplace_back(i, 0);
  int64_t deepest = 0;
  while (!open.empty()) {
    const int at = open.back().first;
    const int64_t depth = open.back().second;
    open.pop_back();
    deepest = std::max(deepest, depth);
    for_children(trees.nodes(at), [&](int child) {
      // A child is walked once: the mark goes with the first visit.
      if (std::exchange(is_child[static_cast<size_t>(child)], 0))
        open.emplace_back(child, depth + 1);
    });
  }
  return deepest;
}

void add_trees(const spec::TreeEnsembleParameters& trees, int transform, ModelFacts& facts) {
  std::unordered_set<uint64_t> ids;
  std::unordered_set<uint64_t> features;
  int64_t leaves = 0;
  for (const TreeNode& node : trees.nodes()) {
    ids.insert(node.treeid());
    const bool leaf = node.nodebehavior() == TreeNode::LeafNode;
    leaves += leaf;
    if (!leaf) features.insert(node.branchfeatureindex());
  }
  add(facts, "trees", static_cast<int64_t>(ids.size()));
  add(facts, "nodes", trees.nodes_size());
  add(facts, "leaves", leaves);
  add(facts, "depth", depth_of(trees));
  add(facts, "features used", static_cast<int64_t>(features.size()));
  static constexpr const char* kTransforms[] = {"none", "softmax", "logistic",
                                                "softmax with a zero class"};
  if (transform >= 0 && transform < 4) add(facts, "transform", kTransforms[transform]);
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.5g", value);
  return text;
}

/// "2.5, -1", or "rooms 2.5, age -1" where each input is one number. Many are not listed.
std::string coefficients_text(const spec::Model& model,
                              const google::protobuf::RepeatedField<double>& values) {
  constexpr int kMost = 20;
  if (values.empty() || values.size() > kMost) return {};
  const auto& inputs = model.description().input();
  const bool named = inputs.size() == values.size() && inputs.size() > 1;
  std::string text;
  for (int i = 0; i < values.size(); ++i) {
    text += (i ? ", " : "") + (named ? inputs[i].name() + " " : std::string());
    text += number_text(values[i]);
  }
  return text;
}

template <typename Glm>
void add_linear(const spec::Model& model, const Glm& glm, const char* transform,
                ModelFacts& facts) {
  const int columns = glm.weights().empty() ? 0 : glm.weights(0).value_size();
  add(facts, "weights", std::to_string(glm.weights_size()) + " x " + std::to_string(columns));
  if (glm.weights_size() == 1) {
    const std::string text = coefficients_text(model, glm.weights(0).value());
    if (!text.empty()) add(facts, "coefficients", text);
  }
  if (glm.offset_size() == 1) add(facts, "intercept", number_text(glm.offset(0)));
  add(facts, "transform", transform);
}

const char* transform_of(const spec::GLMRegressor& glm) {
  if (glm.postevaluationtransform() == spec::GLMRegressor::Logit) return "logit";
  return glm.postevaluationtransform() == spec::GLMRegressor::Probit ? "probit" : "none";
}

const char* transform_of(const spec::GLMClassifier& glm) {
  return glm.postevaluationtransform() == spec::GLMClassifier::Probit ? "probit" : "logit";
}

const char* name_of(const spec::Kernel& kernel) {
  switch (kernel.kernel_case()) {
    case spec::Kernel::kLinearKernel:
      return "linear";
    case spec::Kernel::kRbfKernel:
      return "RBF";
    case spec::Kernel::kPolyKernel:
      return "polynomial";
    case spec::Kernel::kSigmoidKernel:
      return "sigmoid";
    default:
      return "none";
  }
}

template <typename Machine>
void add_vectors(const Machine& machine, ModelFacts& facts) {
  const bool sparse = machine.has_sparsesupportvectors();
  const int count = sparse ? machine.sparsesupportvectors().vectors_size()
                           : machine.densesupportvectors().vectors_size();
  add(facts, "kernel", name_of(machine.kernel()));
  add(facts, "support vectors", std::to_string(count) + (sparse ? " sparse" : " dense"));
}

void add_neighbors(const spec::KNearestNeighborsClassifier& model, ModelFacts& facts) {
  const spec::NearestNeighborsIndex& index = model.nearestneighborsindex();
  add(facts, "neighbours", model.numberofneighbors().defaultvalue());
  add(facts, "samples", index.floatsamples_size());
  add(facts, "dimensions", index.numberofdimensions());
  add(facts, "index", index.has_singlekdtreeindex() ? "k-d tree" : "linear");
  add(facts, "weighting", model.has_inversedistanceweighting() ? "inverse distance" : "uniform");
}

void add_items(const spec::ItemSimilarityRecommender& model, ModelFacts& facts) {
  int64_t pairs = 0;
  for (const auto& item : model.itemitemsimilarities()) pairs += item.similaritemlist_size();
  add(facts, "items", model.itemitemsimilarities_size());
  add(facts, "similarities", pairs);
}

}  // namespace

void add_learned_facts(const spec::Model& model, ModelFacts& facts) {
  switch (model.Type_case()) {
    case spec::Model::kTreeEnsembleClassifier:
      return add_trees(model.treeensembleclassifier().treeensemble(),
                       model.treeensembleclassifier().postevaluationtransform(), facts);
    case spec::Model::kTreeEnsembleRegressor:
      return add_trees(model.treeensembleregressor().treeensemble(),
                       model.treeensembleregressor().postevaluationtransform(), facts);
    case spec::Model::kGlmClassifier:
      return add_linear(model, model.glmclassifier(), transform_of(model.glmclassifier()), facts);
    case spec::Model::kGlmRegressor:
      return add_linear(model, model.glmregressor(), transform_of(model.glmregressor()), facts);
    case spec::Model::kSupportVectorClassifier:
      add_vectors(model.supportvectorclassifier(), facts);
      return add(facts, "probabilities",
                 model.supportvectorclassifier().proba().empty() ? "no" : "yes");
    case spec::Model::kSupportVectorRegressor:
      return add_vectors(model.supportvectorregressor(), facts);
    case spec::Model::kKNearestNeighborsClassifier:
      return add_neighbors(model.knearestneighborsclassifier(), facts);
    case spec::Model::kItemSimilarityRecommender:
      return add_items(model.itemsimilarityrecommender(), facts);
    case spec::Model::kBayesianProbitRegressor:
      return add(facts, "features", model.bayesianprobitregressor().numberoffeatures());
    default:
      return;
  }
}

}  // namespace pome::import
