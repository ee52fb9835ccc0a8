#include "classic/families.h"
#include "classic/learned_types.h"

namespace pome::classic {
namespace {

constexpr ModelTypeRow kRows[] = {
    {"glmRegressor", make_glm_regressor},
    {"glmClassifier", make_glm_classifier},
    {"supportVectorRegressor", make_svm_regressor},
    {"supportVectorClassifier", make_svm_classifier},
    {"treeEnsembleRegressor", make_tree_regressor},
    {"treeEnsembleClassifier", make_tree_classifier},
    {"kNearestNeighborsClassifier", make_nearest_neighbors},
    {"bayesianProbitRegressor", make_bayesian_probit},
    {"itemSimilarityRecommender", make_recommender},
};

}  // namespace

std::span<const ModelTypeRow> learned_types() { return kRows; }

}  // namespace pome::classic
