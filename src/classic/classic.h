// Evaluators of the model types that are no networks, behind the Predictor interface.
#pragma once

#include <memory>
#include <string_view>

#include "classic/evaluator.h"
#include "feature/predictor.h"

namespace pome::classic {

/// True when `type` (a member of Model's oneof Type, e.g. "treeEnsembleClassifier") is evaluated
/// here.
bool supports(std::string_view type);

/// Makes the predictor of a model whose type is supported. The description is copied. Errors as
/// MakeEvaluator; kUnsupported for any other type.
Result<std::unique_ptr<Predictor>> make_predictor(const Source& source);

}  // namespace pome::classic
