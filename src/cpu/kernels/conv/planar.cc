#include "cpu/kernels/conv/planar.h"

#include "cpu/kernels/conv/conv_impl.h"

namespace pome::cpu {

PlanarShape planar_shape(const ConvParams& p, int64_t rows) {
  PlanarShape s;
  const int64_t reach_x = int64_t{p.kernel_width - 1} * p.dilation_width;
  const int64_t reach_y = int64_t{p.kernel_height - 1} * p.dilation_height;
  s.rows = rows;
  s.phases = p.stride_width <= 2 ? 1 : p.stride_width;
  const int64_t columns = (int64_t{p.out_width} - 1) * p.stride_width + reach_x + 1;
  s.phase_floats = round_up(ceil_div(columns, s.phases), 16);
  s.row_floats = s.phases * s.phase_floats;
  s.copy_rows = (rows - 1) * p.stride_height + reach_y + 1;
  s.values = p.in_channels * conv_taps(p);
  s.table_floats = round_up(s.values, 16);
  s.copy_floats = p.in_channels * s.copy_rows * s.row_floats;
  return s;
}

void planar_table(const ConvParams& p, const PlanarShape& s, int32_t* table) {
  for (int64_t c = 0; c < p.in_channels; ++c) {
    for (int64_t ky = 0; ky < p.kernel_height; ++ky) {
      for (int64_t kx = 0; kx < p.kernel_width; ++kx) {
        const int64_t row = c * s.copy_rows + ky * p.dilation_height;
        const int64_t x = kx * p.dilation_width;
        *table++ =
            static_cast<int32_t>(row * s.row_floats + x % s.phases * s.phase_floats + x / s.phases);
      }
    }
  }
}

}  // namespace pome::cpu
