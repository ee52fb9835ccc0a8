// What a `classify` op says.
#pragma once

#include "ir/program.h"
#include "plan/plan.h"
#include "pome/result.h"

namespace pome::plan {

/// The labels and names of outputs of a `classify` op; where its probabilities lie is left to the
/// caller. kUnsupported when they are constant or the classes are not.
Result<ClassifyRecord> read_classify(const ir::Op& op);

/// As many probabilities as there are labels?
Status check_labels(const ClassifyRecord& classes, const std::string& name, const Shape& shape);

}  // namespace pome::plan
