#include "image/resample.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/resample.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace pome::image::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

HWY_INLINE V load(const float* p) { return hn::LoadU(D(), p); }
HWY_INLINE V load(const uint8_t* p) {
  const hn::Rebind<uint8_t, D> bytes;
  return hn::ConvertTo(D(), hn::PromoteTo(hn::RebindToSigned<D>(), hn::LoadU(bytes, p)));
}

// Eight vectors of outputs at a time: their sums stay in registers over all taps.
template <typename T>
void blend(const T* rows, size_t stride, const float* weights, int taps, size_t n, float* out) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + 8 * lanes <= n; i += 8 * lanes) {
    V a0 = hn::Zero(d), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
    const T* p = rows + i;
    for (int k = 0; k < taps; ++k, p += stride) {
      const V w = hn::Set(d, weights[k]);
      a0 = hn::MulAdd(w, load(p), a0);
      a1 = hn::MulAdd(w, load(p + lanes), a1);
      a2 = hn::MulAdd(w, load(p + 2 * lanes), a2);
      a3 = hn::MulAdd(w, load(p + 3 * lanes), a3);
      a4 = hn::MulAdd(w, load(p + 4 * lanes), a4);
      a5 = hn::MulAdd(w, load(p + 5 * lanes), a5);
      a6 = hn::MulAdd(w, load(p + 6 * lanes), a6);
      a7 = hn::MulAdd(w, load(p + 7 * lanes), a7);
    }
    hn::StoreU(a0, d, out + i);
    hn::StoreU(a1, d, out + i + lanes);
    hn::StoreU(a2, d, out + i + 2 * lanes);
    hn::StoreU(a3, d, out + i + 3 * lanes);
    hn::StoreU(a4, d, out + i + 4 * lanes);
    hn::StoreU(a5, d, out + i + 5 * lanes);
    hn::StoreU(a6, d, out + i + 6 * lanes);
    hn::StoreU(a7, d, out + i + 7 * lanes);
  }
  for (; i < n; ++i) {
    float sum = 0;
    for (int k = 0; k < taps; ++k)
      sum += weights[k] * static_cast<float>(rows[static_cast<size_t>(k) * stride + i]);
    out[i] = sum;
  }
}

void blend_bytes(const uint8_t* rows, size_t stride, const float* weights, int taps, size_t n,
                 float* out) {
  blend(rows, stride, weights, taps, n, out);
}

void blend_floats(const float* rows, size_t stride, const float* weights, int taps, size_t n,
                  float* out) {
  blend(rows, stride, weights, taps, n, out);
}

void split(const float* pixels, int channels, size_t n, float* planes, size_t plane) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t x = 0;
  for (; x + lanes <= n; x += lanes) {
    V a, b, c, alpha;
    if (channels == 3) {
      hn::LoadInterleaved3(d, pixels + x * 3, a, b, c);
    } else {
      hn::LoadInterleaved4(d, pixels + x * 4, a, b, c, alpha);
    }
    hn::StoreU(a, d, planes + x);
    hn::StoreU(b, d, planes + plane + x);
    hn::StoreU(c, d, planes + 2 * plane + x);
  }
  for (; x < n; ++x) {
    for (size_t c = 0; c < 3; ++c)
      planes[c * plane + x] = pixels[x * static_cast<size_t>(channels) + c];
  }
}

void convolve(const float* in, const int* first, int offset, const float* weights, int row, int n,
              float* out) {
  const D d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int i = 0; i < n; ++i, weights += row) {
    const float* p = in + (first[i] - offset);
    V sum = hn::Zero(d);
    for (int k = 0; k < row; k += lanes)
      sum = hn::MulAdd(hn::LoadU(d, weights + k), hn::LoadU(d, p + k), sum);
    out[i] = hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

HWY_INLINE V rounded(V v) {
  const D d;
  v = hn::IfThenElseZero(hn::Eq(v, v), v);
  return hn::Min(hn::Max(hn::Round(v), hn::Zero(d)), hn::Set(d, 255.0f));
}

void to_bytes(const float* values, size_t n, uint8_t* bytes) {
  const D d;
  const hn::Rebind<uint8_t, D> d8;
  const hn::RebindToSigned<D> di;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    hn::StoreU(hn::DemoteTo(d8, hn::ConvertTo(di, rounded(load(values + i)))), d8, bytes + i);
  for (; i < n; ++i) bytes[i] = static_cast<uint8_t>(hn::GetLane(rounded(hn::Set(d, values[i]))));
}

void round_to_bytes(float* values, size_t n) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(rounded(load(values + i)), d, values + i);
  for (; i < n; ++i) values[i] = hn::GetLane(rounded(hn::Set(d, values[i])));
}

}  // namespace
}  // namespace pome::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pome::image {

HWY_EXPORT(blend_bytes);
HWY_EXPORT(blend_floats);
HWY_EXPORT(split);
HWY_EXPORT(convolve);
HWY_EXPORT(round_to_bytes);
HWY_EXPORT(to_bytes);

void blend_rows(const uint8_t* rows, size_t stride, const float* weights, int taps, size_t n,
                float* out) {
  HWY_DYNAMIC_DISPATCH(blend_bytes)(rows, stride, weights, taps, n, out);
}

void blend_rows(const float* rows, size_t stride, const float* weights, int taps, size_t n,
                float* out) {
  HWY_DYNAMIC_DISPATCH(blend_floats)(rows, stride, weights, taps, n, out);
}

void split_channels(const float* pixels, int channels, size_t n, float* planes, size_t plane) {
  HWY_DYNAMIC_DISPATCH(split)(pixels, channels, n, planes, plane);
}

void convolve(const float* in, const int* first, int offset, const float* weights, int row, int n,
              float* out) {
  HWY_DYNAMIC_DISPATCH(convolve)(in, first, offset, weights, row, n, out);
}

void round_to_bytes(float* values, size_t n) { HWY_DYNAMIC_DISPATCH(round_to_bytes)(values, n); }

void to_bytes(const float* values, size_t n, uint8_t* bytes) {
  HWY_DYNAMIC_DISPATCH(to_bytes)(values, n, bytes);
}

}  // namespace pome::image
#endif
