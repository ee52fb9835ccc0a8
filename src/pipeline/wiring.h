// Which part reads what: names resolved to slots once, at load. Internal to this folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "feature/predictor.h"

namespace pome::pipeline {

/// One model of the pipeline.
struct Part {
  std::string label;  // in names of a plan's ops: its name, or "part 2"
  std::string place;  // in errors: with its type
  std::unique_ptr<Predictor> predictor;
  std::vector<size_t> inputs;  // the slot of each input of its description
  size_t first_output = 0;     // its outputs have this slot and those behind it
  /// Values come in providers: 0 is the caller's, i + 1 what part i made. The one that holds all
  /// inputs of this part and nothing else, so that it can be handed on as it is; -1 when none does.
  int whole = -1;
  bool exact_shape = false;  // a network
};

/// A slot is one value of one prediction: first the pipeline's inputs, then the outputs of each
/// part. A name that is made twice has two slots; readers have the slot of the latest before them.
struct Wiring {
  std::vector<Part> parts;
  std::vector<size_t> outputs;  // the slot of each output of the description
  size_t slots = 0;
  bool last_is_all = false;  // the last part's outputs are the pipeline's, in the same order
};

/// Fills in slots. Errors (kInvalidModel): an input of a part, or an output of the pipeline, that
/// nobody makes or that is made of another type.
Result<Wiring> connect(const ModelDescription& description, std::vector<Part> parts);

}  // namespace pome::pipeline
