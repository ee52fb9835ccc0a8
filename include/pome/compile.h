// Compiled models: folders that can be loaded again.
#pragma once

#include <filesystem>

#include "pome/model_configuration.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// Makes the folder `destination` (usually named .mlmodelc) of the model `source`: what it was read
/// from, and, for networks and ML programs that are supported here, `model.mil`, their program as
/// MIL text. Model::load() opens it; it may be moved and copied. Not Apple's own compiled format.
/// Errors: as Model::load(), but a model that is valid and only cannot be run here is compiled;
/// kInvalidArgument when `destination` is there already and no empty folder. Nothing half-written
/// is left behind.
Status compile_model(const std::filesystem::path& source, const std::filesystem::path& destination,
                     const ModelConfiguration& configuration = {});

}  // namespace pome

#pragma GCC visibility pop
