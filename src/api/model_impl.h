// What pome::Model holds.
#pragma once

#include <memory>

#include "feature/predictor.h"
#include "pome/model.h"

namespace pome {

struct Model::Impl {
  ModelConfiguration configuration;
  std::unique_ptr<Predictor> predictor;
};

}  // namespace pome
