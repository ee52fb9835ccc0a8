// Models of the learned types, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "feature/predictor.h"
#include "format/proto/model.pb.h"
#include "pome/result.h"

namespace pome::testing {

namespace spec = CoreML::Specification;

/// Loads tests/data/classic/`file`.
spec::Model read_model(const std::string& file);

/// The predictor of a model, as pome::Model would make it.
Result<std::unique_ptr<Predictor>> make_predictor(const spec::Model& model, int threads = 1);

/// Inputs for a row of numbers: in order, one for an Int64 or a Double, the shape's product for a
/// multi-array. NaN in an optional input of one number leaves it out.
FeatureProvider to_inputs(const ModelDescription& description, const std::vector<double>& row);

/// A regressor "y" or classifier ("label", "probabilities") of a multi-array "x" of `features`
/// doubles; the type's own message is left to the caller.
spec::Model regressor(int features);
spec::Model classifier(int features, bool texts = false);

/// What stands in the way of making its predictor: empty when nothing does.
std::string complaint(const spec::Model& model);

}  // namespace pome::testing
