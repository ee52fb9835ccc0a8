// softmax along any axis of a row-major tensor.
#include "cpu/kernels/softmax/softmax.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

ops::Match match_softmax(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (x == nullptr || x->dtype() != ir::DType::kFp32) return refuse("x must be fp32");
  const auto axis = normalize_axis(static_cast<int64_t>(o.real("axis")), x->shape().rank());
  if (!axis) return refuse("the axis is outside the tensor");
  SoftmaxParams p;
  p.isa = isa_of(context);
  p.axis = x->shape()[*axis];
  for (int i = 0; i < x->shape().rank(); ++i) {
    if (i < *axis) p.outer *= x->shape()[i];
    if (i > *axis) p.inner *= x->shape()[i];
  }
  ops::Candidate c = one_to_one(op, x, ops::Layout::kPlain, p);
  c.in_place = true;
  return c;
}

void run_softmax(const void* params, const ops::RunContext& r) noexcept {
  softmax_run(params_of<SoftmaxParams>(params), floats(r.inputs[0]), floats(r.outputs[0]), *r.pool);
}

constexpr ops::KernelRow kSoftmaxRows[] = {
    {kSoftmaxKernel.name, kSoftmaxKernel.version, "softmax", match_softmax, run_softmax},
};

}  // namespace

std::span<const ops::KernelRow> softmax_rows() { return kSoftmaxRows; }

}  // namespace pome::cpu
