// Models run in order, each seeing the pipeline's inputs and all earlier outputs by name.
#pragma once

#include <functional>
#include <memory>

#include "feature/predictor.h"

namespace CoreML::Specification {
class Model;
}

namespace pome::pipeline {

namespace spec = CoreML::Specification;

/// Makes the predictor of one part; `part` lives as long as the shared pointer to the whole.
using PartFactory =
    std::function<Result<std::unique_ptr<Predictor>>(std::shared_ptr<const spec::Model> part)>;

/// Makes the predictor of a pipeline, pipelineClassifier or pipelineRegressor. Errors
/// (kInvalidModel): no parts, a part whose input nobody makes, an output that no part makes; the
/// parts' own errors, with the part's name as their place.
Result<std::unique_ptr<Predictor>> make_pipeline(std::shared_ptr<const spec::Model> model,
                                                 ModelDescription description,
                                                 const PartFactory& make_part);

}  // namespace pome::pipeline
