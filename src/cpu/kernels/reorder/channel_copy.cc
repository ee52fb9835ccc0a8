#include <algorithm>
#include <cstddef>
#include <cstring>

#include "cpu/kernels/partition.h"
#include "cpu/kernels/reorder/reorder.h"

namespace pome::cpu {
namespace {

// Channels that lie side by side in one block of the input and in one of the output.
struct Run {
  int64_t channel;  // within the range copied
  int64_t lanes;
};

Run run_at(const ChannelCopyParams& p, int64_t channel, int64_t c) {
  const int64_t in_room = c - (p.in_offset + channel) % c;
  const int64_t out_room = c - (p.out_offset + channel) % c;
  return {channel, std::min({in_room, out_room, p.channels - channel})};
}

}  // namespace

void channel_copy_run(const ChannelCopyParams& params, const float* input, float* output,
                      ThreadPool& pool) noexcept {
  const ChannelCopyParams p = params;
  const int64_t c = channel_block(p.isa);
  const int64_t in_image = ceil_div(p.in_channels, c) * p.pixels * c;
  const int64_t out_image = ceil_div(p.out_channels, c) * p.pixels * c;
  const int64_t items = int64_t{p.batch} * p.pixels;
  const int tasks = task_count(items, p.channels, 1 << 15, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) noexcept {
    const Range mine = part_of(items, tasks, task);
    for (int64_t begin = mine.begin; begin < mine.end;) {
      const int64_t image = begin / p.pixels;
      const int64_t pixel = begin % p.pixels;
      const int64_t count = std::min(mine.end - begin, p.pixels - pixel);
      begin += count;
      for (int64_t channel = 0; channel < p.channels;) {
        const Run run = run_at(p, channel, c);
        channel += run.lanes;
        const int64_t from = p.in_offset + run.channel;
        const int64_t to = p.out_offset + run.channel;
        const float* in = input + image * in_image + (from / c * p.pixels + pixel) * c + from % c;
        float* out = output + image * out_image + (to / c * p.pixels + pixel) * c + to % c;
        if (run.lanes == c) {
          std::memcpy(out, in, static_cast<size_t>(count * c) * sizeof(float));
          continue;
        }
        const size_t bytes = static_cast<size_t>(run.lanes) * sizeof(float);
        for (int64_t i = 0; i < count; ++i) std::memcpy(out + i * c, in + i * c, bytes);
      }
    }
  });
}

void row_copy_run(const RowCopyParams& params, const void* input, void* output,
                  ThreadPool& pool) noexcept {
  const RowCopyParams p = params;
  const auto* in = static_cast<const std::byte*>(input) + p.begin;
  auto* out = static_cast<std::byte*>(output);
  // Few long rows are cut as well: items are pieces of rows.
  const int64_t pieces = std::max<int64_t>(1, p.bytes >> 14);
  const int64_t items = p.rows * pieces;
  const int tasks = task_count(items, p.bytes / pieces, 1 << 17, pool.threads());
  pool.parallel_for(tasks, [&](int task, int) noexcept {
    const Range mine = part_of(items, tasks, task);
    for (int64_t i = mine.begin; i < mine.end; ++i) {
      const int64_t row = i / pieces;
      const Range piece = part_of(p.bytes, pieces, i % pieces);
      std::memcpy(out + row * p.bytes + piece.begin, in + row * p.row_bytes + piece.begin,
                  static_cast<size_t>(piece.size()));
    }
  });
}

}  // namespace pome::cpu
