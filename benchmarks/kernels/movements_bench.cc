// Kernels that move values between layouts and types.
#include "benchmarks/kernels/bench.h"
#include "cpu/blocked.h"
#include "cpu/kernels/reorder/pixels.h"
#include "cpu/kernels/reorder/reorder.h"

namespace pome::cpu::bench {
namespace {

/// `run(in, out, pool)` from a buffer of `in` floats to one of `out`; `values` are moved.
template <typename Run>
void add_copy(const std::string& name, double bytes, int64_t values, int64_t in, int64_t out,
              Run run) {
  add_moving("reorder/" + name, bytes, static_cast<double>(values), [=](int) -> Call {
    auto from = std::make_shared<AlignedBuffer>(random_buffer(in));
    auto to = std::make_shared<AlignedBuffer>(random_buffer(out));
    return [=](ThreadPool& pool) { run(from->data(), to->data(), pool); };
  });
}

void add_layouts(Isa isa, const Size& size) {
  const struct {
    const char* name;
    ReorderKind kind;
  } kinds[] = {{"nchw_to_blocked", ReorderKind::kNchwToBlocked},
               {"blocked_to_nchw", ReorderKind::kBlockedToNchw},
               {"nhwc_to_blocked", ReorderKind::kNhwcToBlocked},
               {"blocked_to_nhwc", ReorderKind::kBlockedToNhwc}};
  const int64_t n = int64_t{size.channels} * size.width * size.width;
  for (const auto& k : kinds) {
    ReorderParams p;
    p.isa = isa;
    p.kind = k.kind;
    p.channels = size.channels;
    p.pixels = int64_t{size.width} * size.width;
    add_copy(std::string(k.name) + "/" + size.name, 8.0 * static_cast<double>(n), n, n, n,
             [=](const void* in, void* out, ThreadPool& pool) {
               reorder_run(p, static_cast<const float*>(in), static_cast<float*>(out), pool);
             });
  }
}

/// Out of a tensor into one of twice its channels, `offset` channels in.
void add_channel_copy(Isa isa, const Size& size, const char* name, int offset) {
  ChannelCopyParams p;
  p.isa = isa;
  p.channels = p.in_channels = size.channels;
  p.out_channels = 2 * size.channels;
  p.out_offset = offset;
  p.pixels = int64_t{size.width} * size.width;
  const int64_t n = size.channels * p.pixels;
  add_copy(std::string(name) + "/" + size.name, 8.0 * static_cast<double>(n), n, n, 2 * n,
           [=](const void* in, void* out, ThreadPool& pool) {
             channel_copy_run(p, static_cast<const float*>(in), static_cast<float*>(out), pool);
           });
}

/// [rows][columns] to [columns][rows].
void add_transpose(Isa isa, const std::string& name, int64_t rows, int64_t columns) {
  TransposeParams p;
  p.isa = isa;
  p.rank = 2;
  p.in_dims[0] = rows;
  p.in_dims[1] = columns;
  p.perm[0] = 1;
  transpose_check(p).value();
  const int64_t n = rows * columns;
  add_copy(name, 8.0 * static_cast<double>(n), n, n, n,
           [=](const void* in, void* out, ThreadPool& pool) { transpose_run(p, in, out, pool); });
}

void add_halves(Isa isa, const Size& size) {
  const int64_t n = size.values;
  const double bytes = 6.0 * static_cast<double>(n);
  add_copy(std::string("half_to_float/") + size.name, bytes, n, n / 2, n,
           [=](const void* in, void* out, ThreadPool& pool) {
             convert_half_to_float(isa, static_cast<const uint16_t*>(in), static_cast<float*>(out),
                                   n, pool);
           });
  add_copy(std::string("float_to_half/") + size.name, bytes, n, n, n / 2,
           [=](const void* in, void* out, ThreadPool& pool) {
             convert_float_to_half(isa, static_cast<const float*>(in), static_cast<uint16_t*>(out),
                                   n, pool);
           });
}

/// The bytes of a camera's picture.
void add_pixels(Isa isa) {
  PixelsParams p;
  p.isa = isa;
  p.plane = 480 * 640;
  pixels_check(p).value();
  const int64_t values = p.channels * p.plane;
  add_copy("pixels_to_floats", static_cast<double>(values * 5), values, values / 4, values,
           [=](const void* in, void* out, ThreadPool& pool) {
             pixels_run(p, static_cast<const uint8_t*>(in), static_cast<float*>(out), pool);
           });
}

}  // namespace

void add_movements(Isa isa) {
  for (const Size& size : kSizes) {
    const std::string suffix = std::string("/") + size.name;
    add_layouts(isa, size);
    add_channel_copy(isa, size, "concat_of_blocks", size.channels);
    add_channel_copy(isa, size, "concat_across_blocks", size.channels - 6);
    add_transpose(isa, "split_3_channels" + suffix, size.values / 3, 3);
    add_transpose(isa, "transpose" + suffix, 250, size.values / 250);
    add_halves(isa, size);
  }
  add_pixels(isa);
}

}  // namespace pome::cpu::bench
