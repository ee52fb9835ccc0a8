// cast between float16 and float32: what networks do whose inputs and outputs are halves.
#include "cpu/kernels/reorder/reorder.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

struct CastParams {
  Isa isa = Isa::kNone;
  int32_t to_half = 0;  // 1: float32 to float16
  int64_t count = 0;
};

ops::Match match_cast(const ops::MatchContext& context, const ir::Op& op) {
  const ir::Value* x = op.input("x");
  const ir::Value* y = op.output();
  if (x == nullptr || x->literal() != nullptr) return refuse("x must be computed");
  using enum ir::DType;
  const bool widens = x->dtype() == kFp16 && y->dtype() == kFp32;
  if (!widens && !(x->dtype() == kFp32 && y->dtype() == kFp16)) {
    return refuse("goes from " + std::string(ir::name(x->dtype())) + " to " +
                  std::string(ir::name(y->dtype())) +
                  "; from fp16 to fp32 and back there is a kernel");
  }
  CastParams p;
  p.isa = isa_of(context);
  p.to_half = widens ? 0 : 1;
  p.count = x->shape().elements();
  return one_to_one(op, x, ops::Layout::kPlain, p);
}

void run_cast(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<CastParams>(params);
  if (p.to_half != 0) {
    convert_float_to_half(p.isa, floats(r.inputs[0]), reinterpret_cast<uint16_t*>(r.outputs[0]),
                          p.count, *r.pool);
  } else {
    convert_half_to_float(p.isa, reinterpret_cast<const uint16_t*>(r.inputs[0]),
                          floats(r.outputs[0]), p.count, *r.pool);
  }
}

constexpr ops::KernelRow kCastRows[] = {
    {"cast_fp16", kConvertKernel.version, "cast", match_cast, run_cast},
};

}  // namespace

std::span<const ops::KernelRow> cast_rows() { return kCastRows; }

}  // namespace pome::cpu
