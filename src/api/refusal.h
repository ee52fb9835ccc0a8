// Why a model type is not run here.
#pragma once

#include "format/model_fwd.h"
#include "pome/error.h"

namespace pome::api {

/// The Error (kUnsupported) of a model whose type nothing here runs: names the type, says why
/// nobody outside Apple can run it, and what to use instead.
Error refusal_of(const CoreML::Specification::Model& model);

}  // namespace pome::api
