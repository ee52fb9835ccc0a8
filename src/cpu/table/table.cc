// The CPU's kernel table.
#include <array>

#include "cpu/backend.h"
#include "cpu/kernels/reorder/reorder.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

std::vector<ops::KernelRow> make_rows() {
  std::vector<ops::KernelRow> rows;
  for (auto family :
       {cast_rows(), conv_rows(), conv_block_rows(), conv_pool_rows(), conv_siblings_rows(),
        conv_transpose_rows(), linear_rows(), norm_rows(), pixels_rows(), pool_rows(), unary_rows(),
        binary_rows(), scale_shift_rows(), movement_rows(), slice_rows(), shuffle_rows(),
        recurrent_rows(), resize_rows(), softmax_rows()}) {
    rows.insert(rows.end(), family.begin(), family.end());
  }
  return rows;
}

void run_reorder(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ops::ReorderParams>(params);
  ReorderParams k;
  k.isa = static_cast<Isa>(p.target);
  k.kind = p.to_blocked ? ReorderKind::kNchwToBlocked : ReorderKind::kBlockedToNchw;
  k.batch = static_cast<int32_t>(p.n);
  k.channels = static_cast<int32_t>(p.c);
  k.pixels = p.h * p.w;
  reorder_run(k, floats(r.inputs[0]), floats(r.outputs[0]), *r.pool);
}

void run_half_to_float(int target, const uint16_t* in, float* out, int64_t count,
                       ThreadPool& pool) noexcept {
  convert_half_to_float(static_cast<Isa>(target), in, out, count, pool);
}

void run_float_to_half(int target, const float* in, uint16_t* out, int64_t count,
                       ThreadPool& pool) noexcept {
  convert_float_to_half(static_cast<Isa>(target), in, out, count, pool);
}

std::array<ops::Backend, kIsaCount> make_backends() {
  static const std::vector<ops::KernelRow> rows = make_rows();
  std::array<ops::Backend, kIsaCount> backends{};
  for (int i = 0; i < kIsaCount; ++i) {
    const auto isa = static_cast<Isa>(i);
    backends[static_cast<size_t>(i)] = {"cpu",
                                        name(isa),
                                        i,
                                        channel_block(isa),
                                        rows,
                                        run_reorder,
                                        run_half_to_float,
                                        run_float_to_half};
  }
  return backends;
}

}  // namespace

const ops::Backend* backend(Isa isa) {
  static const std::array<ops::Backend, kIsaCount> backends = make_backends();
  return isa == Isa::kNone ? nullptr : &backends[static_cast<size_t>(isa)];
}

}  // namespace pome::cpu
