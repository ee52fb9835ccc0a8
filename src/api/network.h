// From a network's message to a compiled predictor.
#pragma once

#include "api/factory.h"
#include "runtime/traced_network.h"

namespace pome::api {

/// Import, passes, plan, session of a neural network or ML program.
Result<std::unique_ptr<Predictor>> make_network(const ModelSource& source,
                                                ModelDescription description,
                                                const ModelConfiguration& configuration);

/// A network to look into: every op as the model has it, on the references, for inputs of the
/// shapes that `inputs` have.
Result<std::unique_ptr<runtime::TracedNetwork>> make_traced_network(
    const ModelSource& source, ModelDescription description,
    const ModelConfiguration& configuration, const FeatureProvider& inputs);

/// The configuration as a network's own options, the backend included.
Result<runtime::NetworkOptions> network_options(const ModelConfiguration& configuration);

}  // namespace pome::api
