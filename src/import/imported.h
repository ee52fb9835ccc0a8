// What an importer hands on.
#pragma once

#include <memory>

#include "ir/program.h"
#include "pome/model_description.h"

namespace pome::import {

/// A network as description and program. How the two meet, for every function of the program:
///  - a function's inputs are named as the features. A MultiArray is a tensor of the declared shape
///  (rank 0 declared as [1]
///    stays [1] for neural networks) and of fp32, fp16, int32 or int8; an Image is fp32 [1,C,H,W]
///    (C 1 or 3, values 0..255, channel order by its colour layout), scale and bias being ops of
///    the program.
///  - the body's outputs are named as the output features. An output image is [1,C,H,W] or [C,H,W]
///  in 0..255.
///  - a classifier ends in one `classify` op whose outputs are named by predicted_feature_name and
///    predicted_probabilities_name.
struct ImportedModel {
  ModelDescription description;
  std::unique_ptr<ir::Program> program;
};

}  // namespace pome::import
