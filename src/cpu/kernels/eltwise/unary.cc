#include "cpu/kernels/eltwise/unary.h"

#include "cpu/kernels/eltwise/unary_families.h"

namespace pome::cpu {

void unary_run(const UnaryParams& params, const float* input, float* output,
               ThreadPool& pool) noexcept {
  if (params.op >= UnaryOp::kElu) {
    unary_math(params, input, output, pool);
  } else {
    unary_plain(params, input, output, pool);
  }
}

}  // namespace pome::cpu
