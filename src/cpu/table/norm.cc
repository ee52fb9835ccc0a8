// layer_norm over the last axes of a row-major tensor, instance_norm of a blocked one.
#include "cpu/kernels/norm/norm.h"

#include "base/try.h"
#include "cpu/table/table.h"
#include "ops/normalization.h"

namespace pome::cpu {
namespace {

/// Gamma and beta of `count` values, packed.
ops::PackedConstant packed_affine(Isa isa, int64_t count, const Operands& o) {
  const auto bytes = static_cast<size_t>(norm_packed_floats(isa, count)) * sizeof(float);
  return {bytes, [isa, count, gamma = o.weights("gamma"), beta = o.weights("beta")](std::byte* to) {
            norm_pack(isa, count, gamma, beta, reinterpret_cast<float*>(to));
          }};
}

/// True for constants of fp32 or fp16, or none.
bool has_affine(const Operands& o, int64_t count) {
  for (const std::string_view param : {"gamma", "beta"}) {
    if (!o.has(param)) continue;
    if (o.literal(param) == nullptr || !ir::is_float(o.dtype(param)) ||
        o.weights(param).elements() != count)
      return false;
  }
  return true;
}

ops::Match match_layer_norm(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (x == nullptr || x->dtype() != ir::DType::kFp32) return refuse("x must be fp32");
  const Result<ops::Ints> axes = ops::layer_norm_axes(o.args());
  if (!axes.ok()) return refuse(axes.error());
  const Shape& s = x->shape();
  LayerNormParams p;
  p.isa = isa_of(context);
  p.epsilon = static_cast<float>(o.real("epsilon"));
  p.rows = p.length = 1;
  for (int i = 0; i < s.rank(); ++i) {
    const bool last = i >= s.rank() - axes->size();
    if (axes->contains(i) != last) return refuse("normalizes other axes than the last ones");
    (last ? p.length : p.rows) *= s[i];
  }
  if (!has_affine(o, p.length)) return refuse("gamma and beta must be constants");
  if (Status ok = layer_norm_check(p); !ok.ok()) return refuse(ok.error());
  ops::Candidate c = one_to_one(op, x, ops::Layout::kPlain, p);
  c.in_place = true;
  c.packed.push_back(packed_affine(p.isa, p.length, o));
  return c;
}

ops::Match match_instance_norm(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (!is_fp32(x, 4)) return refuse("takes fp32 tensors of rank 4 alone");
  const Shape& s = x->shape();
  if (!has_affine(o, s[1])) return refuse("gamma and beta must be constants");
  InstanceNormParams p;
  p.isa = isa_of(context);
  p.epsilon = static_cast<float>(o.real("epsilon"));
  p.batch = static_cast<int32_t>(s[0]);
  p.channels = static_cast<int32_t>(s[1]);
  p.plane = s[2] * s[3];
  if (Status ok = instance_norm_check(p); !ok.ok()) return refuse(ok.error());
  ops::Candidate c = one_to_one(op, x, ops::Layout::kBlocked, p);
  c.in_place = true;
  c.packed.push_back(packed_affine(p.isa, p.channels, o));
  return c;
}

void run_layer_norm(const void* params, const ops::RunContext& r) noexcept {
  layer_norm_run(params_of<LayerNormParams>(params), floats(r.inputs[0]), floats(r.packed[0]),
                 floats(r.outputs[0]), *r.pool);
}

void run_instance_norm(const void* params, const ops::RunContext& r) noexcept {
  instance_norm_run(params_of<InstanceNormParams>(params), floats(r.inputs[0]), floats(r.packed[0]),
                    floats(r.outputs[0]), *r.pool);
}

constexpr ops::KernelRow kNormRows[] = {
    {kLayerNormKernel.name, kLayerNormKernel.version, "layer_norm", match_layer_norm,
     run_layer_norm},
    {kInstanceNormKernel.name, kInstanceNormKernel.version, "instance_norm", match_instance_norm,
     run_instance_norm},
};

}  // namespace

std::span<const ops::KernelRow> norm_rows() { return kNormRows; }

}  // namespace pome::cpu
