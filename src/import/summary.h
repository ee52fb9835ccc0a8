// What a network is made of, counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "format/model_fwd.h"

namespace pome::import {

/// Layers of a neural network by kind, or ops of an ML program by type (`const` left out), nested
/// ones included; parts of a pipeline by model type. Empty for other models.
std::map<std::string, int64_t> count_operations(const CoreML::Specification::Model& model);

}  // namespace pome::import
