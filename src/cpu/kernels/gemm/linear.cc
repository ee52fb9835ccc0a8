#include "cpu/kernels/gemm/linear.h"

#include <string>

#include "base/try.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/conv/pack.h"
#include "cpu/kernels/gemm/linear_impl.h"

namespace pome::cpu {

bool linear_keeps_halves(Isa isa, int64_t rows) {
  return isa != Isa::kSse4 && isa != Isa::kNone && rows <= few_rows(channel_block(isa));
}

Status linear_check(const LinearParams& p) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(
      check_sizes({{"input features", p.in_features}, {"output features", p.out_features}}, 1));
  POME_TRY(check_sizes({{"rows", p.rows}}, 0));
  if (p.half_weights && !linear_keeps_halves(p.isa, p.rows)) {
    return Error(ErrorCode::kUnsupported, "fp16 weights with " + std::to_string(p.rows) +
                                              " rows on " + std::string(name(p.isa)) +
                                              ", which reads fp32 there");
  }
  const int64_t out = round_up(p.out_features, channel_block(p.isa));
  POME_TRY(check_product("linear's weight", {p.in_features, out}));
  POME_TRY(check_product("linear's input", {p.rows, p.in_features}));
  POME_TRY(check_product("linear's output", {p.rows, out}));
  if (p.in_features >= int64_t{1} << 31) {
    return Error(ErrorCode::kUnsupported,
                 std::to_string(p.in_features) + " input features, fewer than 2^31 are supported");
  }
  return {};
}

int64_t linear_packed_bytes(const LinearParams& p) {
  const int64_t out = round_up(p.out_features, channel_block(p.isa));
  return linear_bias_floats(p) * 4 + out * p.in_features * (p.half_weights ? 2 : 4);
}

int64_t linear_scratch_bytes(const LinearParams& params, int threads) {
  return has_few_rows(params)
             ? 0
             : linear_rows_scratch(params, threads) * static_cast<int64_t>(sizeof(float));
}

Status linear_pack(const LinearParams& p, const Weights& weight, const Weights& bias,
                   std::span<std::byte> packed) {
  POME_TRY(check_weights("weight", weight, p.in_features * p.out_features));
  if (p.epilogue.has_bias) POME_TRY(check_weights("bias", bias, p.out_features));
  if (packed.size() != static_cast<size_t>(linear_packed_bytes(p))) {
    return Error(ErrorCode::kInternal, "packed weights get " + std::to_string(packed.size()) +
                                           " bytes, need " +
                                           std::to_string(linear_packed_bytes(p)));
  }
  float* out = reinterpret_cast<float*>(packed.data());
  pack_bias(bias, p.epilogue.has_bias, linear_bias_floats(p), out);
  const WeightStrides strides = p.weight_is_kn ? WeightStrides{1, p.out_features, 1, {}}
                                               : WeightStrides{p.in_features, 1, 1, {}};
  float* panels = out + linear_bias_floats(p);
  const int c = channel_block(p.isa);
  if (!p.half_weights) {
    pack_panels(weight, strides, p.out_features, p.in_features, 1, c, panels);
    return {};
  }
  if (weight.dtype != ir::DType::kFp16) {
    return Error(ErrorCode::kInvalidArgument, "weight is " + std::string(ir::name(weight.dtype)) +
                                                  ", expected fp16 to be packed as fp16");
  }
  pack_half_panels(weight, strides, p.out_features, p.in_features, 1, c,
                   reinterpret_cast<uint16_t*>(panels));
  return {};
}

void linear_run(const LinearParams& params, const LinearBuffers& buffers,
                ThreadPool& pool) noexcept {
  if (params.rows == 0) return;
  if (has_few_rows(params)) {
    linear_few_rows(params, buffers, pool);
  } else {
    linear_rows(params, buffers, pool);
  }
}

}  // namespace pome::cpu
