// Models that stand in a file of their own, which another model names.
#pragma once

#include <functional>

#include "api/factory.h"

namespace pome::api {

/// Makes the predictor of a source one link further; make_predictor() with the arguments around it.
using LinkFactory = std::function<Result<std::unique_ptr<Predictor>>(const ModelSource& source)>;

/// Loads the .mlmodel or .mlpackage that a linkedModel names, below the configuration's
/// linked_model_search_path and nowhere else: the path that the file states is not looked at. A
/// name that ends in ".mlmodelc" also finds the model that was compiled. The description stays the
/// linking model's. Errors: kInvalidArgument without a search path, kNotFound with the names that
/// were tried, kInvalidModel for a name that leaves the folder, for links that form a loop and for
/// features that do not fit, kLimitExceeded over 64 linked models in all.
Result<std::unique_ptr<Predictor>> make_linked_model(const ModelSource& source,
                                                     ModelDescription description,
                                                     const ModelConfiguration& configuration,
                                                     const LinkFactory& make);

}  // namespace pome::api
