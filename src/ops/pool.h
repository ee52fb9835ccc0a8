// Pooling: parameters, windows and reference kernels.
#pragma once

#include "ops/op_def.h"
#include "ops/window.h"

namespace pome::ops {

/// Positions of the parameters of avg_pool, l2_pool and max_pool; the last is avg_pool's alone.
struct PoolParam {
  enum : int { kX, kKernelSizes, kStrides, kPadType, kPad, kCeilMode, kExcludePadding };
};

/// The windows of a pool.
Result<WindowNd> pool_window(const Args& args);

namespace reference {
Status avg_pool(const Args& args, Outputs outputs);
Status l2_pool(const Args& args, Outputs outputs);
Status max_pool(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
