// Trees, GLMs, SVMs, nearest neighbours, recommenders.
#include <unordered_set>

#include "format/proto/model.pb.h"
#include "import/facts_of_types.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;

void add_trees(const spec::TreeEnsembleParameters& trees, int transform, ModelFacts& facts) {
  std::unordered_set<uint64_t> ids;
  int64_t leaves = 0;
  for (const auto& node : trees.nodes()) {
    ids.insert(node.treeid());
    leaves += node.nodebehavior() == spec::TreeEnsembleParameters::TreeNode::LeafNode;
  }
  add(facts, "trees", static_cast<int64_t>(ids.size()));
  add(facts, "nodes", trees.nodes_size());
  add(facts, "leaves", leaves);
  static constexpr const char* kTransforms[] = {"none", "softmax", "logistic",
                                                "softmax with a zero class"};
  if (transform >= 0 && transform < 4) add(facts, "transform", kTransforms[transform]);
}

template <typename Glm>
void add_linear(const Glm& glm, const char* transform, ModelFacts& facts) {
  const int columns = glm.weights().empty() ? 0 : glm.weights(0).value_size();
  add(facts, "weights", std::to_string(glm.weights_size()) + " x " + std::to_string(columns));
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
      return add_linear(model.glmclassifier(), transform_of(model.glmclassifier()), facts);
    case spec::Model::kGlmRegressor:
      return add_linear(model.glmregressor(), transform_of(model.glmregressor()), facts);
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
