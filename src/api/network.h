// From a network's message to a compiled predictor.
#pragma once

#include "api/factory.h"

namespace pome::api {

/// Import, passes, plan, session of a neural network or ML program.
Result<std::unique_ptr<Predictor>> make_network(const ModelSource& source,
                                                ModelDescription description,
                                                const ModelConfiguration& configuration);

}  // namespace pome::api
