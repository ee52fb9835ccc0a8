// Makers of the learned model types; one declaration a type. Errors as MakeEvaluator. Internal to
// this folder.
#pragma once

#include "classic/evaluator.h"

namespace pome::classic {

Result<std::unique_ptr<Evaluator>> make_bayesian_probit(const Source& source);
Result<std::unique_ptr<Evaluator>> make_glm_classifier(const Source& source);
Result<std::unique_ptr<Evaluator>> make_glm_regressor(const Source& source);
Result<std::unique_ptr<Evaluator>> make_nearest_neighbors(const Source& source);
Result<std::unique_ptr<Evaluator>> make_recommender(const Source& source);
Result<std::unique_ptr<Evaluator>> make_svm_classifier(const Source& source);
Result<std::unique_ptr<Evaluator>> make_svm_regressor(const Source& source);
Result<std::unique_ptr<Evaluator>> make_tree_classifier(const Source& source);
Result<std::unique_ptr<Evaluator>> make_tree_regressor(const Source& source);

}  // namespace pome::classic
