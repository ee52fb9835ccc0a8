// Kernels that make each value out of few: functions of one or two tensors, pools, resizing,
// softmax.
#include "benchmarks/kernels/bench.h"
#include "cpu/blocked.h"
#include "cpu/kernels/eltwise/binary.h"
#include "cpu/kernels/eltwise/unary.h"
#include "cpu/kernels/norm/norm.h"
#include "cpu/kernels/pool/pool.h"
#include "cpu/kernels/resize/resize.h"
#include "cpu/kernels/softmax/softmax.h"

namespace pome::cpu::bench {
namespace {

using Memory = std::shared_ptr<AlignedBuffer>;
Memory memory(int64_t floats) { return std::make_shared<AlignedBuffer>(random_buffer(floats)); }

/// Of a binary kernel: x has as many values as the output, y has `y_values`.
void add_binary(const std::string& name, const BinaryParams& p, int64_t values, int64_t y_values) {
  add_moving(name, 4.0 * static_cast<double>(2 * values + y_values), static_cast<double>(values),
             [=](int) -> Call {
               return [=, x = memory(values), y = memory(y_values),
                       out = memory(values)](ThreadPool& pool) {
                 binary_run(p, x->as<float>(), y->as<float>(), out->as<float>(), pool);
               };
             });
}

void add_binaries(Isa isa, const Size& size) {
  const std::string suffix = std::string("/") + size.name;
  const int64_t n = size.values;
  add_binary("eltwise/add" + suffix, binary_same(isa, BinaryOp::kAdd, n), n, n);
  const int64_t rows[] = {n / 256, 256};
  const int64_t row[] = {1, 256};
  const int64_t column[] = {n / 256, 1};
  add_binary("eltwise/add_row" + suffix, binary_broadcast(isa, BinaryOp::kAdd, rows, row).value(),
             n, 256);
  add_binary("eltwise/mul_column" + suffix,
             binary_broadcast(isa, BinaryOp::kMul, rows, column).value(), n, n / 256);
  const int64_t pixels = int64_t{size.width} * size.width;
  add_binary("eltwise/mul_channel" + suffix,
             binary_per_channel(isa, BinaryOp::kMul, 1, size.channels, pixels, false, false),
             size.channels * pixels, size.channels);
}

void add_unaries(Isa isa, const Size& size) {
  const struct {
    const char* name;
    UnaryOp op;
  } functions[] = {
      {"relu", UnaryOp::kRelu}, {"sigmoid", UnaryOp::kSigmoid},      {"silu", UnaryOp::kSilu},
      {"tanh", UnaryOp::kTanh}, {"gelu_exact", UnaryOp::kGeluExact}, {"exp", UnaryOp::kExp}};
  for (const auto& f : functions) {
    const UnaryParams p{isa, f.op, 0, 0, size.values};
    const auto n = static_cast<double>(size.values);
    add_moving(std::string("eltwise/") + f.name + "/" + size.name, 8 * n, n, [=](int) -> Call {
      return [=, x = memory(p.count), out = memory(p.count)](ThreadPool& pool) {
        unary_run(p, x->as<float>(), out->as<float>(), pool);
      };
    });
  }
}

struct Pooling {
  const char* name;
  PoolKind kind;
  int kernel;  // 0: of the whole tensor
  int stride;
  int pad;
};

void add_pool(Isa isa, const Size& size, const Pooling& pooling) {
  PoolParams p;
  p.isa = isa;
  p.kind = pooling.kind;
  p.channels = size.channels;
  p.in_height = p.in_width = size.width;
  p.kernel_height = p.kernel_width = pooling.kernel == 0 ? size.width : pooling.kernel;
  p.stride_height = p.stride_width = pooling.stride;
  p.pad_top = p.pad_left = p.pad_bottom = p.pad_right = pooling.pad;
  p.out_height = p.out_width = (size.width + 2 * pooling.pad - p.kernel_width) / pooling.stride + 1;
  pool_check(p).value();
  const int64_t in = blocked_elements(1, p.channels, p.in_height, p.in_width, isa);
  const int64_t out = blocked_elements(1, p.channels, p.out_height, p.out_width, isa);
  add_moving(std::string("pool/") + pooling.name + "/" + size.name,
             4.0 * static_cast<double>(in + out), static_cast<double>(out),
             [=](int threads) -> Call {
               return [=, x = memory(in), y = memory(out),
                       scratch = memory(pool_scratch_bytes(p, threads) / 4)](ThreadPool& pool) {
                 pool_run(p, x->as<float>(), y->as<float>(), scratch->data(), pool);
               };
             });
}

/// To twice the size.
void add_resize(Isa isa, const Size& size, ResizeKind kind) {
  ResizeParams p;
  p.isa = isa;
  p.kind = kind;
  p.channels = size.channels;
  p.in_height = p.in_width = size.width / 2;
  p.out_height = p.out_width = size.width;
  std::vector<ResizeTap> taps;
  for (int i = 0; i < size.width; ++i) {
    const int low = i / 2;
    taps.push_back({low, std::min(low + 1, p.in_width - 1), i % 2 == 0 ? 0.25f : 0.75f});
  }
  resize_check(p, taps, taps).value();
  const int64_t in = blocked_elements(1, p.channels, p.in_height, p.in_width, isa);
  const int64_t out = blocked_elements(1, p.channels, p.out_height, p.out_width, isa);
  const char* name = kind == ResizeKind::kNearest ? "resize/nearest/" : "resize/bilinear/";
  add_moving(std::string(name) + size.name, 4.0 * static_cast<double>(in + out),
             static_cast<double>(out), [=](int) -> Call {
               return [=, x = memory(in), y = memory(out)](ThreadPool& pool) {
                 resize_run(p, taps.data(), taps.data(), x->as<float>(), y->as<float>(), pool);
               };
             });
}

/// [outer][axis][inner].
void add_softmax(Isa isa, const std::string& name, int64_t outer, int64_t axis, int64_t inner) {
  const SoftmaxParams p{isa, false, outer, axis, inner};
  const int64_t n = outer * axis * inner;
  add_moving("softmax/" + name, 8.0 * static_cast<double>(n), static_cast<double>(n),
             [=](int) -> Call {
               return [=, x = memory(n), y = memory(n)](ThreadPool& pool) {
                 softmax_run(p, x->as<float>(), y->as<float>(), pool);
               };
             });
}

void add_norms(Isa isa, const Size& size) {
  const int64_t n = size.values / 768 * 768;
  const double bytes = 8.0 * static_cast<double>(n);
  const std::string suffix = std::string("/") + size.name;
  const auto packed = [isa](int64_t count) {
    const Memory p = memory(norm_packed_floats(isa, count));
    norm_pack(isa, count, {}, {}, p->as<float>());
    return p;
  };
  const LayerNormParams layer{isa, 1e-5f, n / 768, 768};
  add_moving("norm/layer_of_768" + suffix, bytes, static_cast<double>(n), [=](int) -> Call {
    return [=, x = memory(n), y = memory(n), p = packed(768)](ThreadPool& pool) {
      layer_norm_run(layer, x->as<float>(), p->as<float>(), y->as<float>(), pool);
    };
  });
  const InstanceNormParams instance{isa, 1e-5f, 1, 64, n / 64};
  add_moving("norm/instance_of_64" + suffix, bytes, static_cast<double>(n), [=](int) -> Call {
    return [=, x = memory(n), y = memory(n), p = packed(64)](ThreadPool& pool) {
      instance_norm_run(instance, x->as<float>(), p->as<float>(), y->as<float>(), pool);
    };
  });
}

}  // namespace

void add_functions(Isa isa) {
  const Pooling poolings[] = {{"max_2x2", PoolKind::kMax, 2, 2, 0},
                              {"max_3x3s2", PoolKind::kMax, 3, 2, 1},
                              {"average_3x3", PoolKind::kAverage, 3, 1, 1},
                              {"max_5x5", PoolKind::kMax, 5, 1, 2},
                              {"global_average", PoolKind::kAverage, 0, 1, 0}};
  for (const Size& size : kSizes) {
    add_binaries(isa, size);
    add_unaries(isa, size);
    for (const Pooling& pooling : poolings) add_pool(isa, size, pooling);
    add_resize(isa, size, ResizeKind::kNearest);
    add_resize(isa, size, ResizeKind::kBilinear);
    const std::string suffix = std::string("/") + size.name;
    add_softmax(isa, "last_axis" + suffix, size.values / 1024, 1000, 1);
    add_softmax(isa, "channels" + suffix, 1, 21, size.values / 21);
    add_norms(isa, size);
  }
}

}  // namespace pome::cpu::bench
