// Small networks that have what real ones have: residuals, branches, squeeze-and-excite, shared
// values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ir/program.h"
#include "pome/model_description.h"

namespace pome::testing {

/// A MultiArray feature.
FeatureDescription array_of(const std::string& name, std::vector<int64_t> shape);

/// MobileNet's parts in small: stem from a picture, inverted residual, squeeze-and-excite, branches
/// joined along channels (also by odd numbers of channels), pools, classifier. Input "x"
/// [batch,3,height,width], output "y" [batch,10].
std::unique_ptr<ir::Program> small_network(int64_t batch, int64_t height, int64_t width,
                                           int64_t channels, uint64_t seed);

}  // namespace pome::testing
