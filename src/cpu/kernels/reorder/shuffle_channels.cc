// Each block of output channels is picked, pixel by pixel, from the vectors that hold them.
#include "cpu/kernels/reorder/shuffle_channels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/reorder/shuffle_channels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <string>

#include "base/try.h"
#include "cpu/blocked.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

/// Lanes of one input block that an output block wants.
struct Source {
  const float* from = nullptr;  // first pixel of the block
  HWY_ALIGN int32_t lane[kLanes] = {};
  HWY_ALIGN float wanted[kLanes] = {};  // 1 where it gives the output's lane
};

/// The sources of one output block; no more than it has lanes.
struct Sources {
  Source all[kLanes];
  int count = 0;

  Source& of(const float* from) {
    int i = 0;
    while (i < count && all[i].from != from) ++i;
    if (i == count) all[count++].from = from;
    return all[i];
  }
};

/// Where input channel `channel`, counted over all inputs, lies: its block of image `image`.
const float* block_of(const ShuffleChannelsParams& p, const float* const* inputs, int64_t image,
                      int64_t& channel) {
  int t = 0;
  for (; channel >= p.in_channels[t]; ++t) channel -= p.in_channels[t];
  const int64_t block = image * ceil_div(p.in_channels[t], kLanes) + channel / kLanes;
  channel %= kLanes;
  return inputs[t] + block * p.pixels * kLanes;
}

/// Output channels [begin, begin + lanes), counted over all outputs.
Sources sources_of(const ShuffleChannelsParams& p, const float* const* inputs, int64_t image,
                   int64_t begin, int64_t lanes) {
  int64_t total = 0;
  for (int t = 0; t < p.inputs; ++t) total += p.in_channels[t];
  Sources sources;
  for (int64_t i = 0; i < lanes; ++i) {
    int64_t channel = (begin + i) % p.groups * (total / p.groups) + (begin + i) / p.groups;
    Source& s = sources.of(block_of(p, inputs, image, channel));
    s.lane[i] = static_cast<int32_t>(channel);
    s.wanted[i] = 1;
  }
  return sources;
}

/// The lanes of up to two sources; on top of what the output holds unless they are the first.
template <int n>
void pick(const Source* s, bool first, int64_t pixels, float* out) {
  const auto lanes0 = hn::SetTableIndices(D(), s[0].lane);
  const auto lanes1 = hn::SetTableIndices(D(), s[n - 1].lane);
  const auto wanted0 = hn::Gt(load(s[0].wanted), hn::Zero(D()));
  const auto wanted1 = hn::Gt(load(s[n - 1].wanted), hn::Zero(D()));
  const float* from0 = s[0].from;
  const float* from1 = s[n - 1].from;
  for (int64_t i = 0; i < pixels * kLanes; i += kLanes) {
    V x = hn::TableLookupLanes(load(from0 + i), lanes0);
    if (!first) x = hn::IfThenElse(wanted0, x, load(out + i));
    if constexpr (n == 2)
      x = hn::IfThenElse(wanted1, hn::TableLookupLanes(load(from1 + i), lanes1), x);
    store(x, out + i);
  }
}

void pick_all(const Sources& sources, int64_t pixels, float* out) {
  for (int i = 0; i < sources.count; i += 2) {
    if (i + 1 < sources.count) {
      pick<2>(sources.all + i, i == 0, pixels, out);
    } else {
      pick<1>(sources.all + i, i == 0, pixels, out);
    }
  }
}

void shuffle_target(const ShuffleChannelsParams& p, const float* const* inputs,
                    float* const* outputs, ThreadPool& pool) {
  int64_t blocks = 0;  // of all outputs
  for (int t = 0; t < p.outputs; ++t) blocks += ceil_div(p.out_channels[t], kLanes);
  const int64_t items = p.batch * blocks;
  const int tasks = task_count(items, p.pixels * kLanes, 1 << 14, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range mine = part_of(items, tasks, task);
    for (int64_t item = mine.begin; item < mine.end; ++item) {
      const int64_t image = item / blocks;
      int64_t block = item % blocks;
      int64_t before = 0;  // channels of the outputs before
      int t = 0;
      for (; block >= ceil_div(p.out_channels[t], kLanes); before += p.out_channels[t++])
        block -= ceil_div(p.out_channels[t], kLanes);
      const int64_t lanes = std::min<int64_t>(kLanes, p.out_channels[t] - block * kLanes);
      const int64_t at = image * ceil_div(p.out_channels[t], kLanes) + block;
      pick_all(sources_of(p, inputs, image, before + block * kLanes, lanes), p.pixels,
               outputs[t] + at * p.pixels * kLanes);
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kShuffle, shuffle_target);
}  // namespace

Status shuffle_channels_check(const ShuffleChannelsParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"batch", p.batch},
                        {"groups", p.groups},
                        {"pixels", p.pixels},
                        {"inputs", p.inputs},
                        {"outputs", p.outputs}},
                       1));
  if (p.inputs > ShuffleChannelsParams::kMost || p.outputs > ShuffleChannelsParams::kMost)
    return Error(ErrorCode::kUnsupported,
                 "more than " + std::to_string(ShuffleChannelsParams::kMost) + " tensors");
  int64_t in = 0;
  int64_t out = 0;
  for (int t = 0; t < p.inputs; ++t) {
    POME_TRY(check_sizes({{"input channels", p.in_channels[t]}}, 1));
    in += p.in_channels[t];
  }
  for (int t = 0; t < p.outputs; ++t) {
    POME_TRY(check_sizes({{"output channels", p.out_channels[t]}}, 1));
    out += p.out_channels[t];
  }
  POME_TRY(check_product("shuffled tensor", {p.batch, round_up(in, 16), p.pixels}));
  if (in == out && in % p.groups == 0) return {};
  return Error(ErrorCode::kInvalidArgument, std::to_string(in) + " input channels, " +
                                                std::to_string(out) + " output channels and " +
                                                std::to_string(p.groups) + " groups");
}

void shuffle_channels_run(const ShuffleChannelsParams& params, const float* const* inputs,
                          float* const* outputs, ThreadPool& pool) noexcept {
  select(kShuffle, params.isa)(params, inputs, outputs, pool);
}

}  // namespace pome::cpu
#endif
