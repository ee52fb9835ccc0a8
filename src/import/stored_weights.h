// In which precision a neural network's weights are stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace pome::import {

/// Numbers of weights by the form in which the file holds them: "float32", "float16", "8 bits
/// quantised", "int8"; of all WeightParams of a model, those of pipelines' parts included. Empty
/// for models that have none. `model` are the bytes of a Model that format::scan_model() let
/// through.
std::map<std::string, int64_t> stored_weights(std::span<const std::byte> model);

}  // namespace pome::import
