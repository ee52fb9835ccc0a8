// Non-maximum suppression: reference kernels and inference of detection.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

/// Positions of the parameters; as of ios17 there is no kScoreThreshold.
struct NmsParam {
  enum : int { kBoxes, kScores, kIouThreshold, kMaxBoxes, kPerClass, kScoreThreshold };
};

namespace reference {
Status non_maximum_suppression(const Args& args, Outputs outputs);
Status non_maximum_suppression_ios17(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
