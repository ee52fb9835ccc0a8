// Transposed depthwise convolution (learned upsampling): every output gathers its own taps.
#include "cpu/kernels/conv/conv_transpose_impl.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_transpose_depthwise.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "cpu/kernels/activation-inl.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

// The taps m of output j that read inside an input of size `in`.
Range taps_inside(const PhaseAxis& a, int64_t j, int64_t in) {
  const int64_t from = j + a.base;  // read by tap 0; later ones read in_step less each
  const int64_t begin = from < in ? 0 : std::min(ceil_div(from - in + 1, a.in_step), a.taps);
  const int64_t end = from < 0 ? 0 : std::min(from / a.in_step + 1, a.taps);
  return {begin, std::max(begin, end)};
}

struct Place {
  const float* in;       // of the channel block
  const float* weights;  // likewise
  V bias;
  int64_t row;  // j of the output row
  Range taps;   // of the vertical axis
};

V sum_of(const ConvTransposeParams& p, const Phase& phase, const Place& at, int64_t column) {
  const Range xs = taps_inside(phase.x, column, p.in_width);
  V sum = at.bias;
  for (int64_t m = at.taps.begin; m < at.taps.end; ++m) {
    const int64_t iy = at.row + phase.y.base - m * phase.y.in_step;
    const int64_t ky = phase.y.tap + m * phase.y.tap_step;
    for (int64_t n = xs.begin; n < xs.end; ++n) {
      const int64_t ix = column + phase.x.base - n * phase.x.in_step;
      const int64_t kx = phase.x.tap + n * phase.x.tap_step;
      sum = hn::MulAdd(load(at.in + (iy * p.in_width + ix) * kLanes),
                       load(at.weights + (ky * p.kernel_width + kx) * kLanes), sum);
    }
  }
  return sum;
}

void output_row(const ConvTransposeJob& job, const VecActivation& f, int64_t block, int64_t plane,
                int64_t y) {
  const ConvTransposeParams& p = job.p;
  const int64_t start = (plane * p.out_height + y) * p.out_width * kLanes;
  for (int64_t px = 0; px < p.stride_width; ++px) {
    const Phase phase = phase_of(p, (y + p.pad_top) % p.stride_height * p.stride_width + px);
    Place at{job.input + plane * p.in_height * p.in_width * kLanes,
             job.weights + block * p.kernel_height * p.kernel_width * kLanes,
             load(job.bias + block * kLanes),
             (y - phase.y.first) / p.stride_height,
             {}};
    at.taps = taps_inside(phase.y, at.row, p.in_height);
    for (int64_t j = 0; j < phase.x.count; ++j) {
      const int64_t here = start + (phase.x.first + j * p.stride_width) * kLanes;
      V sum = sum_of(p, phase, at, j);
      if (job.residual == nullptr) {
        sum = activate_one(f, sum);
      } else {
        const V added = load(job.residual + here);
        sum = p.epilogue.residual_last ? hn::Add(activate_one(f, sum), added)
                                       : activate_one(f, hn::Add(sum, added));
      }
      store(sum, job.output + here);
    }
  }
}

void depthwise_target(const ConvTransposeJob& job, ThreadPool& pool) {
  const ConvTransposeParams& p = job.p;
  const int64_t blocks = ceil_div(p.out_channels, kLanes);
  const int64_t rows = p.batch * blocks * p.out_height;
  const VecActivation f = make_activation(p.epilogue.activation, p.epilogue.alpha, p.epilogue.beta);
  const int tasks =
      task_count(rows, int64_t{p.out_width} * kLanes * p.kernel_height, 1 << 14, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(rows, tasks, task);
    for (int64_t i = mine.begin; i < mine.end; ++i) {
      const int64_t plane = i / p.out_height;
      output_row(job, f, plane % blocks, plane, i % p.out_height);
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kDepthwise, depthwise_target);
}  // namespace

void conv_transpose_depthwise(const ConvTransposeJob& job, ThreadPool& pool) noexcept {
  select(kDepthwise, job.p.isa)(job, pool);
}

}  // namespace pome::cpu
#endif
