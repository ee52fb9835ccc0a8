#include "cpu/kernels/conv/conv_block.h"

#include <algorithm>
#include <string>

#include "base/try.h"
#include "cpu/cache.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/conv/conv_block_impl.h"

namespace pome::cpu {
namespace {

// Pixels of a chunk from which the register tile works well.
constexpr int64_t kLeastPixels = 28;
// Rows of a picture's convolution that are made at a time, at most.
constexpr int64_t kPlanarRows = 8;

Status check_part(const char* part, ConvParams& p, ConvAlgorithm algorithm) {
  p.algorithm = algorithm;
  Status status = conv_choose(p);
  if (!status.ok()) return Error(status.error()).at(part);
  return {};
}

Status check_joint(const ConvParams& from, const ConvParams& to, const char* what) {
  if (from.batch == to.batch && from.out_channels == to.in_channels &&
      from.out_height == to.in_height && from.out_width == to.in_width && from.isa == to.isa &&
      from.out_batch_stride == 0 && to.in_batch_stride == 0 && !from.epilogue.has_residual) {
    return {};
  }
  return Error(ErrorCode::kUnsupported, std::string(what) + " do not fit one another");
}

}  // namespace

Status conv_block_choose(ConvBlockParams& p) {
  if (p.thread_floats == 0) p.thread_floats = second_cache_share();
  POME_TRY(check_sizes({{"floats of a thread", p.thread_floats}}, 1));
  POME_TRY(check_part("depthwise", p.depthwise, ConvAlgorithm::kDepthwise));
  if (!p.has_expand && !p.has_project)
    return Error(ErrorCode::kUnsupported, "a depthwise convolution alone");
  if (p.depthwise.epilogue.has_residual)
    return Error(ErrorCode::kUnsupported, "depthwise: adds a residual");
  if (p.has_project) {
    POME_TRY(check_part("project", p.project, ConvAlgorithm::kPointwise));
    POME_TRY(check_joint(p.depthwise, p.project, "depthwise and project"));
  }
  if (!p.has_expand) return {};
  const bool planar = p.expand.planar_input;
  POME_TRY(check_part("expand", p.expand,
                      planar ? ConvAlgorithm::kPlanarInput : ConvAlgorithm::kPointwise));
  return check_joint(p.expand, p.depthwise, "expand and depthwise");
}

ConvBlockShape conv_block_shape(const ConvBlockParams& params, int threads) {
  const ConvParams& d = params.depthwise;
  const int64_t channels = round_up(d.in_channels, channel_block(d.isa));
  const int64_t reach = int64_t{d.kernel_height - 1} * d.dilation_height + 1;
  const auto fill = [&](int64_t chunk) {
    ConvBlockShape s;
    s.chunk = chunk;
    s.ring = params.has_expand
                 ? std::min<int64_t>(d.in_height, (chunk - 1) * d.stride_height + reach)
                 : 0;
    s.ring_floats = s.ring * d.in_width * channels;
    s.chunk_floats = params.has_project ? chunk * d.out_width * channels : 0;
    return s;
  };
  ConvBlockShape best = fill(1);
  // Tasks share no expanded rows: fewer tasks, less done twice.
  best.tasks = std::min<int64_t>(d.out_height,
                                 threads == 1 ? 1 : int64_t{threads} * (params.has_expand ? 1 : 4));
  const int64_t rows = ceil_div(d.out_height, best.tasks);
  for (int64_t chunk = 2; chunk <= rows; ++chunk) {
    ConvBlockShape s = fill(chunk);
    s.tasks = best.tasks;
    if (s.between_floats() > params.thread_floats && best.chunk * d.out_width >= kLeastPixels)
      break;
    best = s;
  }
  // Chunks of equal size.
  const int64_t chunks = ceil_div(rows, best.chunk);
  ConvBlockShape even = fill(ceil_div(rows, chunks));
  even.tasks = best.tasks;
  if (params.has_expand && params.expand.planar_input)
    even.planar = planar_shape(params.expand, std::min(kPlanarRows, even.ring));
  return even;
}

bool conv_block_pays(const ConvBlockParams& params, int threads) {
  const ConvParams& d = params.depthwise;
  const int64_t lanes = round_up(d.in_channels, channel_block(d.isa));
  const int64_t expanded = lanes * d.in_height * d.in_width;
  const int64_t made = lanes * d.out_height * d.out_width;
  // Tasks are rows: each thread needs several.
  if (d.out_height < 8 * threads) return false;
  if (params.has_expand && params.has_project) {
    // Behind a picture's first convolution a projection that widens writes more than was saved.
    const bool widens = params.project.out_channels > d.out_channels;
    if (params.expand.planar_input && widens) return false;
    return expanded + made >= 2 * params.thread_floats;
  }
  // One tensor between. It pays where that would leave the cache while the weights, which are read
  // anew for every few rows, stay in it.
  const ConvParams& dense = params.has_expand ? params.expand : params.project;
  const int64_t weights = int64_t{dense.in_channels} * dense.out_channels * conv_taps(dense);
  if (weights > params.thread_floats) return false;
  return params.has_expand ? expanded >= params.thread_floats : made >= 2 * params.thread_floats;
}

int64_t conv_block_scratch_bytes(const ConvBlockParams& params, int threads) {
  const ConvBlockShape s = conv_block_shape(params, threads);
  return (s.planar.table_floats + s.thread_floats() * threads) *
         static_cast<int64_t>(sizeof(float));
}

void conv_block_run(const ConvBlockParams& params, const ConvBlockBuffers& buffers,
                    ThreadPool& pool) noexcept {
  ConvBlockJob job{};
  job.p = params;
  job.shape = conv_block_shape(params, pool.threads());
  job.input = buffers.input;
  job.expand = static_cast<const float*>(buffers.expand);
  job.depthwise = static_cast<const float*>(buffers.depthwise);
  job.project = static_cast<const float*>(buffers.project);
  const bool adds = params.has_project && params.project.epilogue.has_residual;
  job.residual = adds ? buffers.residual : nullptr;
  job.output = buffers.output;
  job.scratch = static_cast<float*>(buffers.scratch);
  if (params.has_expand && params.expand.planar_input)
    planar_table(params.expand, job.shape.planar, static_cast<int32_t*>(buffers.scratch));
  conv_block_rows(job, pool);
}

}  // namespace pome::cpu
