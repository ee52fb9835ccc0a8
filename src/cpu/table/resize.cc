// Resizing of height and width on blocked tensors; the taps are computed when the plan is made.
#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "cpu/kernels/resize/resize.h"
#include "cpu/table/table.h"
#include "ops/image_resizing.h"

namespace pome::cpu {
namespace {

struct Rule {
  ops::SamplingMode mode = ops::SamplingMode::kDefault;
  bool nearest = false;
};

Result<Rule> rule_of(const Operands& o, const ir::Op& op) {
  Rule rule;
  rule.nearest = op.kind() == "resize_nearest_neighbor" || op.kind() == "upsample_nearest_neighbor";
  if (op.kind() == "resize_bilinear") {
    POME_ASSIGN(rule.mode, ops::sampling_mode(o.args(), o.position("sampling_mode")));
  } else if (op.kind() == "upsample_bilinear") {
    POME_ASSIGN(rule.mode, ops::upsample_mode(o.args()));
  }
  return rule;
}

std::vector<ResizeTap> taps_of(const Rule& rule, int64_t in, int64_t out) {
  std::vector<ResizeTap> taps(static_cast<size_t>(out));
  for (int64_t i = 0; i < out; ++i) {
    ResizeTap& tap = taps[static_cast<size_t>(i)];
    if (rule.nearest) {
      tap.low = static_cast<int32_t>(ops::nearest_cell(rule.mode, i, out, in));
      tap.high = tap.low;
      continue;
    }
    const double position = ops::grid_position(rule.mode, i, out, static_cast<double>(in - 1));
    tap.low = static_cast<int32_t>(position);
    tap.high = static_cast<int32_t>(std::min<int64_t>(tap.low + 1, in - 1));
    tap.weight = static_cast<float>(position - tap.low);
  }
  return taps;
}

ops::PackedConstant pack(std::vector<ResizeTap> taps) {
  const size_t bytes = taps.size() * sizeof(ResizeTap);
  return {bytes,
          [taps = std::move(taps), bytes](std::byte* to) { std::memcpy(to, taps.data(), bytes); }};
}

ops::Match match_resize(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (!is_fp32(x, 4) || !is_fp32(op.output(), 4))
    return refuse("takes fp32 tensors of rank 4 alone");
  Result<Rule> rule = rule_of(o, op);
  if (!rule.ok()) return refuse(rule.error());
  const Shape& in = x->shape();
  const Shape& out = op.output()->shape();
  ResizeParams p;
  p.isa = isa_of(context);
  p.kind = rule->nearest ? ResizeKind::kNearest : ResizeKind::kBilinear;
  p.batch = static_cast<int32_t>(in[0]);
  p.channels = static_cast<int32_t>(in[1]);
  p.in_height = static_cast<int32_t>(in[2]);
  p.in_width = static_cast<int32_t>(in[3]);
  p.out_height = static_cast<int32_t>(out[2]);
  p.out_width = static_cast<int32_t>(out[3]);
  std::vector<ResizeTap> rows = taps_of(*rule, in[2], out[2]);
  std::vector<ResizeTap> columns = taps_of(*rule, in[3], out[3]);
  if (Status ok = resize_check(p, rows, columns); !ok.ok()) return refuse(ok.error());
  ops::Candidate c = one_to_one(op, x, ops::Layout::kBlocked, p);
  c.packed = {pack(std::move(rows)), pack(std::move(columns))};
  return c;
}

void run_resize(const void* params, const ops::RunContext& r) noexcept {
  resize_run(params_of<ResizeParams>(params), reinterpret_cast<const ResizeTap*>(r.packed[0]),
             reinterpret_cast<const ResizeTap*>(r.packed[1]), floats(r.inputs[0]),
             floats(r.outputs[0]), *r.pool);
}

constexpr ops::KernelRow kResizeRows[] = {
    {kResizeKernel.name, kResizeKernel.version, "resize_bilinear", match_resize, run_resize},
    {kResizeKernel.name, kResizeKernel.version, "resize_nearest_neighbor", match_resize,
     run_resize},
    {kResizeKernel.name, kResizeKernel.version, "upsample_bilinear", match_resize, run_resize},
    {kResizeKernel.name, kResizeKernel.version, "upsample_nearest_neighbor", match_resize,
     run_resize},
};

}  // namespace

std::span<const ops::KernelRow> resize_rows() { return kResizeRows; }

}  // namespace pome::cpu
