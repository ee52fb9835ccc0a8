// What matters of a model that is no network: how many trees, support vectors, labels; its parts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "format/model_fwd.h"

namespace pome::import {

/// A model in a few words, and its parts where it is a pipeline. A plain value; texts are the
/// file's own, not escaped.
struct ModelFacts {
  std::string name;  // of a part, where the pipeline names it
  std::string type;
  std::vector<std::pair<std::string, std::string>> facts;  // {"trees", "100"}, {"kernel", "RBF"}
  std::vector<ModelFacts> parts;
};

/// Reads everything that can be told of a model without running it, of types that only Apple's
/// systems run too. Takes time in proportion to the message.
ModelFacts facts_of(const CoreML::Specification::Model& model);

}  // namespace pome::import
