// The tasks of several 1x1 convolutions of one input, shared out together.
#include "cpu/kernels/conv/conv_siblings.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/conv/conv_siblings.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <string>

#include "base/try.h"
#include "cpu/kernels/conv/conv_job.h"
#include "cpu/kernels/conv/pointwise-inl.h"
#include "cpu/kernels/dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

void siblings_target(const ConvJob* jobs, int count, ThreadPool& pool) {
  GemmTasks all[ConvSiblingsParams::kMost];
  int64_t total = 0;
  for (int j = 0; j < count; ++j) {
    all[j] = pointwise_tasks(jobs[j].p, pool.threads());
    total += all[j].count();
  }
  pool.parallel_for(static_cast<int>(total * jobs[0].p.batch), [&](int task, int) HWY_ATTR {
    int64_t part = task % total;
    int j = 0;
    for (; part >= all[j].count(); ++j) part -= all[j].count();
    run_pointwise_task(jobs[j], all[j], task / total, part);
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kSiblings, siblings_target);
}  // namespace

Status conv_siblings_choose(ConvSiblingsParams& params) {
  const auto refuse = [](std::string why) {
    return Error(ErrorCode::kUnsupported, std::move(why));
  };
  if (params.count < 2 || params.count > ConvSiblingsParams::kMost) {
    return refuse(std::to_string(params.count) + " siblings; 2 to " +
                  std::to_string(ConvSiblingsParams::kMost) + " are taken");
  }
  const ConvParams& first = params.convs[0];
  for (int i = 0; i < params.count; ++i) {
    ConvParams& p = params.convs[i];
    p.algorithm = ConvAlgorithm::kPointwise;
    POME_TRY(conv_choose(p));
    const bool same = p.isa == first.isa && p.batch == first.batch &&
                      p.in_channels == first.in_channels && p.in_height == first.in_height &&
                      p.in_width == first.in_width && p.in_batch_stride == first.in_batch_stride;
    if (!same || p.epilogue.has_residual)
      return refuse("a sibling reads another input or adds a residual");
  }
  return {};
}

void conv_siblings_run(const ConvSiblingsParams& params, const float* input,
                       const void* const* packed, float* const* outputs,
                       ThreadPool& pool) noexcept {
  ConvJob jobs[ConvSiblingsParams::kMost];
  for (int i = 0; i < params.count; ++i) {
    ConvBuffers b;
    b.input = input;
    b.packed = packed[i];
    b.output = outputs[i];
    jobs[i] = conv_job(params.convs[i], b);
  }
  select(kSiblings, params.convs[0].isa)(jobs, params.count, pool);
}

}  // namespace pome::cpu
#endif
