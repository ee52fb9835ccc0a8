// The model types, each made in a file of its own. Internal to this folder.
#pragma once

#include <span>
#include <string_view>

#include "classic/evaluator.h"

namespace pome::classic {

/// One model type: the format's name of the member of Model's oneof Type, and what makes it.
struct ModelTypeRow {
  std::string_view name;
  MakeEvaluator make;
};

// The rows of the families, listed by classic.cc.
std::span<const ModelTypeRow> learned_types();      // trees, GLM, SVM, neighbours, recommenders
std::span<const ModelTypeRow> engineering_types();  // feature engineering, identity, NMS, ...

}  // namespace pome::classic
