// What a model says of itself: ModelDescription -> message.
#pragma once

#include "format/model_fwd.h"
#include "pome/model_description.h"

namespace pome::exporter {

/// Writes description, metadata, updatability and specification version into `model`, replacing
/// what it had. The type and the class labels are the exporters' business. The inverse of
/// import::read_description(), but for default values of 0, which are left out.
void write_description(const ModelDescription& description, CoreML::Specification::Model& model);

/// The oldest specification version whose description can say this: flexible shapes need 2,
/// optional defaults 5, float16 arrays and pictures 7, states and functions 9, int8 arrays 10.
int description_version(const ModelDescription& description);

}  // namespace pome::exporter
