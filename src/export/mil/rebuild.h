// The program as it is to be written.
#pragma once

#include <memory>

#include "export/export.h"
#include "ir/program.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::exporter {

/// A program that ML program messages can say as it stands, and its description.
struct Rebuilt {
  std::unique_ptr<ir::Program> program;
  ModelDescription description;
};

/// Copies the program of a request, op by op through the builder, and on the way
///  - names everything with letters, digits and underscores alone (features too),
///  - adds image preprocessing behind the inputs,
///  - gives constants ops of their own and drops those that nobody reads,
///  - for float16 makes halves of weights and activations: an op is computed in halves where its
///    definition takes them and its constants fit, and casts stand where the two worlds meet and at
///    the border; small non-zero constants that would become 0 (epsilons) become the smallest half,
///  - gives multi-array features the element types of the tensors (doubles become float32),
///  - chooses the oldest opset in which each op means the same.
///
/// Errors: kUnsupported for ops of our own dialect, ops with blocks, and features that an ML
/// program cannot have, with their place.
Result<Rebuilt> rebuild(const ExportRequest& request);

}  // namespace pome::exporter
