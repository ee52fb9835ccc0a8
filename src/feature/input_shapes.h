// Which shapes an input takes, and which one a value binds it to.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/shape.h"
#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome {

/// The extents that inputs are bound to, by feature name: of a MultiArray those of the array, of an
/// Image [1,C,H,W] with C 1 or 3.
using InputShapes = std::map<std::string, Shape, std::less<>>;

/// [1,C,H,W] of a picture of that size: C is 1 for the gray layouts and 3 for the others.
Shape image_shape(const ImageConstraint& image, int64_t width, int64_t height);

/// True when the feature takes arrays or pictures of more than one shape.
bool is_flexible(const FeatureDescription& feature);

/// The shape that holds when nothing else is said. kInvalidModel for a MultiArray without a shape,
/// kUnsupported for one of more than Shape::kMaxRank axes.
Result<Shape> default_shape(const FeatureDescription& feature);
/// default_shape() of all inputs that are arrays or pictures.
Result<InputShapes> default_shapes(const ModelDescription& description);

/// "3", "1...8", "299+" (without an upper bound).
std::string extent_text(const SizeRange& range);

/// The shapes that a feature takes, for messages: "[1,3,24,24]", "[1,3] or [2,3]", "[1,3,32...512,
/// 32+]", "640 x 480 or 320 x 240".
std::string allowed_shapes(const FeatureDescription& feature);

/// What leading axes an array may have beyond those that its feature declares.
enum class LeadingAxes : uint8_t {
  kOnes,              // ones, which are dropped
  kSequenceAndBatch,  // [Batch,...] or [Seq,Batch,...] in front of a declared [C] or [C,H,W]
};

/// The shape that `value` binds `feature` to: its own where the feature takes it; for a picture of
/// a size that is not taken, the nearest that is (nearest_size()); the default shape for values
/// that have none. Leading axes that are all 1 are dropped. kShapeMismatch, with both shapes, for
/// an array that the feature does not take.
Result<Shape> bound_shape(const FeatureDescription& feature, const FeatureValue& value,
                          LeadingAxes leading);

/// The size (width, height) that a picture of the given size is fitted to: its own where it is
/// allowed; each side moved to the bound that it is beyond where sizes are ranges; else that of the
/// enumerated sizes (the default first) for which the two sides differ least in sum.
std::pair<int64_t, int64_t> nearest_size(const ImageConstraint& image, int64_t width,
                                         int64_t height);

}  // namespace pome
