// The vectorised loops of resizing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pome::image {

/// out[i] = sum over k < taps of weights[k] * rows[k * stride + i], for i < n. Reads and writes
/// nothing else.
void blend_rows(const uint8_t* rows, size_t stride, const float* weights, int taps, size_t n,
                float* out);
void blend_rows(const float* rows, size_t stride, const float* weights, int taps, size_t n,
                float* out);

/// Takes pixels of 3 or 4 interleaved channels apart: planes[c * plane + x] = pixels[x * channels +
/// c] for c < 3.
void split_channels(const float* pixels, int channels, size_t n, float* planes, size_t plane);

/// out[i] = sum over k < row of weights[i * row + k] * in[first[i] - offset + k]. `row` is a
/// multiple of Filter::kPadding, and `in` can be read (finite numbers) that far.
void convolve(const float* in, const int* first, int offset, const float* weights, int row, int n,
              float* out);

/// v = min(max(round(v), 0), 255), halves to even; NaN becomes 0.
void round_to_bytes(float* values, size_t n);
/// The same into bytes.
void to_bytes(const float* values, size_t n, uint8_t* bytes);

}  // namespace pome::image
