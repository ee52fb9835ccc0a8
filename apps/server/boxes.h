// The boxes of a detector out of its two arrays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"

namespace pome::app {

/// A found object. The sides are shares of the picture that the model saw, from its upper left
/// corner; they may reach beyond it.
struct Box {
  std::string label;  // "class 3" where the model names none
  double confidence = 0;
  double x = 0, y = 0, width = 0, height = 0;  // x and y of the upper left corner
};

/// The names of a detector's outputs.
struct BoxOutputs {
  std::string coordinates;
  std::string confidence;
};

/// The two outputs by Core ML's convention (names that end in "coordinates" and "confidence", in
/// any case), or nothing.
std::optional<BoxOutputs> box_outputs(const ModelDescription& description);

/// Rows with a confidence above zero, most confident first: coordinates [boxes, 4] are the centre
/// and size, confidences [boxes, classes]. Nothing when the shapes do not fit together.
std::optional<std::vector<Box>> read_boxes(const MultiArray& coordinates,
                                           const MultiArray& confidence,
                                           const ModelDescription& description);

}  // namespace pome::app
