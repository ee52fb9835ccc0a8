#include "cpu/kernels/reorder/picture.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/kernels/reorder/picture.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <string>

#include "base/checked.h"
#include "cpu/kernels/dispatch.h"
#include "cpu/kernels/partition.h"
#include "cpu/kernels/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pome::cpu::HWY_NAMESPACE {
namespace {

using D8 = hn::Rebind<uint8_t, D>;
using V8 = hn::Vec<D8>;

HWY_INLINE V as_float(V8 bytes) {
  return hn::ConvertTo(D(), hn::PromoteTo(hn::RebindToSigned<D>(), bytes));
}

// kLanes pixels, one register of bytes per source channel.
HWY_INLINE void load_pixels(const uint8_t* at, int pixel_bytes, V8 (&v)[4]) {
  if (pixel_bytes == 1) {
    v[0] = hn::LoadU(D8(), at);
  } else if (pixel_bytes == 3) {
    hn::LoadInterleaved3(D8(), at, v[0], v[1], v[2]);
  } else {
    hn::LoadInterleaved4(D8(), at, v[0], v[1], v[2], v[3]);
  }
}

void planar_row(const PictureParams& p, const uint8_t* row, float* out, int64_t plane) {
  int64_t x = 0;
  for (; x + kLanes <= p.width; x += kLanes) {
    V8 v[4] = {hn::Zero(D8()), hn::Zero(D8()), hn::Zero(D8()), hn::Zero(D8())};
    load_pixels(row + x * p.pixel_bytes, p.pixel_bytes, v);
    for (int c = 0; c < p.channels; ++c) {
      const V value = as_float(v[p.source[c]]);
      store(hn::MulAdd(value, splat(p.scale[c]), splat(p.bias[c])), out + c * plane + x);
    }
  }
  for (; x < p.width; ++x) {
    for (int c = 0; c < p.channels; ++c) {
      const float value = row[x * p.pixel_bytes + p.source[c]];
      // The same instruction as above, so that a pixel's value does not depend on its column.
      const V y = hn::MulAdd(splat(value), splat(p.scale[c]), splat(p.bias[c]));
      out[c * plane + x] = hn::GetLane(y);
    }
  }
}

void blocked_row(const PictureParams& p, const uint8_t* row, float* out) {
  HWY_ALIGN float lanes[kLanes] = {};
  HWY_ALIGN float scale[kLanes] = {};
  HWY_ALIGN float bias[kLanes] = {};
  for (int c = 0; c < p.channels; ++c) {
    scale[c] = p.scale[c];
    bias[c] = p.bias[c];
  }
  for (int64_t x = 0; x < p.width; ++x) {
    for (int c = 0; c < p.channels; ++c) lanes[c] = row[x * p.pixel_bytes + p.source[c]];
    store(hn::MulAdd(load(lanes), load(scale), load(bias)), out + x * kLanes);
  }
}

void picture_target(const PictureParams& p, const uint8_t* pixels, float* out, ThreadPool& pool) {
  const int64_t plane = int64_t{p.height} * p.width;
  const int tasks = task_count(p.height, int64_t{p.width} * p.channels, 1 << 15, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) HWY_ATTR {
    const Range r = part_of(p.height, tasks, task);
    for (int64_t y = r.begin; y < r.end; ++y) {
      const uint8_t* row = pixels + y * p.row_bytes;
      if (p.layout == PictureLayout::kNchw) {
        planar_row(p, row, out + y * p.width, plane);
      } else {
        blocked_row(p, row, out + y * p.width * kLanes);
      }
    }
  });
}

}  // namespace
}  // namespace pome::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::cpu {
namespace {
POME_ISA_TABLE(kPicture, picture_target);
}  // namespace

Status picture_check(const PictureParams& params) {
  const PictureParams& p = params;
  if (!runs_here(p.isa)) return Error(ErrorCode::kUnsupported, "no vector kernels on this CPU");
  if (p.pixel_bytes != 1 && p.pixel_bytes != 3 && p.pixel_bytes != 4) {
    return Error(ErrorCode::kUnsupported,
                 "pixels of " + std::to_string(p.pixel_bytes) + " bytes, expected 1, 3 or 4");
  }
  if (p.channels < 1 || p.channels > 4) {
    return Error(ErrorCode::kUnsupported,
                 "a picture of " + std::to_string(p.channels) + " channels, expected 1 to 4");
  }
  for (int c = 0; c < p.channels; ++c) {
    if (p.source[c] < 0 || p.source[c] >= p.pixel_bytes) {
      return Error(ErrorCode::kInvalidArgument, "channel " + std::to_string(c) + " is byte " +
                                                    std::to_string(p.source[c]) + " of pixels of " +
                                                    std::to_string(p.pixel_bytes) + " bytes");
    }
  }
  if (p.height < 1 || p.width < 1 || p.row_bytes < int64_t{p.width} * p.pixel_bytes) {
    return Error(ErrorCode::kInvalidArgument,
                 "a picture of " + std::to_string(p.width) + " x " + std::to_string(p.height) +
                     " pixels with rows of " + std::to_string(p.row_bytes) + " bytes");
  }
  return {};
}

void picture_run(const PictureParams& params, const uint8_t* pixels, float* output,
                 ThreadPool& pool) noexcept {
  select(kPicture, params.isa)(params, pixels, output, pool);
}

}  // namespace pome::cpu
#endif
