// Positions of parameters and reference kernels of scatter.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

/// scatter, scatter_along_axis.
enum ScatterParam {
  kScatterData,
  kScatterIndices,
  kScatterUpdates,
  kScatterAxis,
  kScatterMode,
  kScatterValidate
};
enum ScatterNdParam {
  kScatterNdData,
  kScatterNdIndices,
  kScatterNdUpdates,
  kScatterNdMode,
  kScatterNdValidate
};

namespace reference {

Status scatter(const Args& args, Outputs outputs);
Status scatter_along_axis(const Args& args, Outputs outputs);
Status scatter_nd(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
