// split, slice_by_index and slice_by_size along one axis: parts of a tensor, in place where they
// can be, else copied.
#include "ops/slice.h"

#include "base/try.h"
#include "cpu/blocked.h"
#include "cpu/kernels/reorder/reorder.h"
#include "cpu/table/table.h"

namespace pome::cpu {
namespace {

constexpr int kMostSlices = 32;
constexpr int kSliceVersion = 1;

/// Elements of the cut axis that one part takes.
struct SlicePart {
  int64_t begin = 0;
  int64_t extent = 0;
};

/// Parts of [outer][extent][inner]. Channels of a blocked tensor are counted one by one: there
/// `inner` are pixels, and `outer` images. Plain data, lies in a plan.
struct SliceParams {
  Isa isa = Isa::kNone;
  int32_t channels = 0;  // 1: of a blocked tensor
  int32_t element_bytes = 4;
  int32_t count = 0;
  int64_t outer = 1;
  int64_t extent = 0;
  int64_t inner = 1;
  SlicePart parts[kMostSlices];
};

/// Bytes from the input's start to where a part lies in one piece; -1 where it does not.
int64_t place_of_part(const SliceParams& p, const SlicePart& part) {
  if (p.outer != 1 || (p.channels != 0 && part.begin % channel_block(p.isa) != 0)) return -1;
  return part.begin * p.inner * p.element_bytes;
}

/// An op as parts of one axis.
struct Cut {
  int axis = 0;
  std::vector<SlicePart> parts;
};

Result<Cut> cut_of_split(const Operands& o, const ir::Op& op) {
  Cut cut;
  cut.axis = static_cast<int>(o.real("axis"));
  if (cut.axis < 0) cut.axis += o.shape("x").rank();
  int64_t begin = 0;
  for (const auto& output : op.outputs()) {
    cut.parts.push_back({begin, output->shape()[cut.axis]});
    begin += cut.parts.back().extent;
  }
  return cut;
}

Result<Cut> cut_of_slice(const Operands& o, const ir::Op& op) {
  const ops::Args& args = o.args();
  for (int p = 1; p < static_cast<int>(args.def().params.size()); ++p) {
    if (args.has(p) && args.literal(p) == nullptr)
      return unsupported("its bounds are computed while running");
  }
  POME_ASSIGN(const ops::SliceAxes axes, op.kind() == "slice_by_index"
                                             ? ops::slice_by_index_axes(args)
                                             : ops::slice_by_size_axes(args));
  const Shape& x = o.shape("x");
  Cut cut;
  cut.parts = {{0, x.rank() > 0 ? x[0] : 1}};
  int cuts = 0;
  for (int i = 0; i < x.rank(); ++i) {
    const ops::SliceAxis& axis = axes[static_cast<size_t>(i)];
    if (axis.extent == x[i] && axis.stride == 1) continue;
    if (axis.extent > 1 && axis.stride != 1) return unsupported("takes every so many elements");
    if (++cuts > 1) return unsupported("cuts several axes");
    cut.axis = i;
    cut.parts[0] = {axis.begin, axis.extent};
  }
  return cut;
}

Result<ops::Candidate> offer_slice(const ops::MatchContext& context, const ir::Op& op) {
  const Operands o(context, op);
  const ir::Value* x = op.input("x");
  if (x == nullptr || x->literal() != nullptr || x->dtype() == ir::DType::kString ||
      ir::bits(x->dtype()) < 8)
    return unsupported("takes computed tensors of whole bytes alone");
  POME_ASSIGN(const Cut cut, op.kind() == "split" ? cut_of_split(o, op) : cut_of_slice(o, op));
  if (cut.parts.size() > kMostSlices) return unsupported("makes more than 32 parts");
  const Shape& shape = x->shape();
  const bool blocked =
      context.layout(x) == ops::Layout::kBlocked && cut.axis == 1 && is_fp32(op.output(), 4);
  SliceParams p;
  p.isa = isa_of(context);
  p.channels = blocked;
  p.element_bytes = ir::bits(x->dtype()) / 8;
  for (int i = 0; i < shape.rank(); ++i) {
    if (i < cut.axis) p.outer *= shape[i];
    if (i > cut.axis) p.inner *= shape[i];
  }
  p.extent = shape.rank() > 0 ? shape[cut.axis] : 1;
  for (const SlicePart& part : cut.parts) p.parts[p.count++] = part;
  ops::Candidate c;
  const ops::Layout layout = blocked ? ops::Layout::kBlocked : ops::Layout::kPlain;
  c.covered = {&op};
  c.inputs = {{x, layout}};
  for (const auto& output : op.outputs()) c.outputs.push_back({output.get(), layout});
  c.set_params(p);
  return c;
}

ops::Match match_slice_copy(const ops::MatchContext& context, const ir::Op& op) {
  return to_match(offer_slice(context, op));
}

/// The same, its parts left where they lie: only those that cannot be are copied.
ops::Match match_slice_in_place(const ops::MatchContext& context, const ir::Op& op) {
  Result<ops::Candidate> made = offer_slice(context, op);
  if (!made.ok()) return refuse(made.error());
  const auto& p = params_of<SliceParams>(made->params.data());
  bool any = false;
  for (int32_t i = 0; i < p.count; ++i) {
    made->output_places.push_back(place_of_part(p, p.parts[i]));
    any = any || made->output_places.back() >= 0;
  }
  if (!any) return refuse("no part lies in one piece, from the start of a block of channels on");
  made->cost = 0.5;
  return *std::move(made);
}

void copy_slice(const SliceParams& p, const SlicePart& part, const ops::RunContext& r,
                std::byte* output) {
  if (p.channels != 0) {
    ChannelCopyParams copy;
    copy.isa = p.isa;
    copy.batch = static_cast<int32_t>(p.outer);
    copy.channels = static_cast<int32_t>(part.extent);
    copy.pixels = p.inner;
    copy.in_channels = static_cast<int32_t>(p.extent);
    copy.in_offset = static_cast<int32_t>(part.begin);
    copy.out_channels = copy.channels;
    return channel_copy_run(copy, floats(r.inputs[0]), floats(output), *r.pool);
  }
  const int64_t unit = p.inner * p.element_bytes;
  row_copy_run({p.outer, p.extent * unit, part.begin * unit, part.extent * unit}, r.inputs[0],
               output, *r.pool);
}

void run_slice(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<SliceParams>(params);
  for (int32_t i = 0; i < p.count; ++i) {
    const int64_t place = place_of_part(p, p.parts[i]);
    if (place >= 0 && r.outputs[i] == r.inputs[0] + place) continue;
    copy_slice(p, p.parts[i], r, r.outputs[i]);
  }
}

constexpr std::string_view kSliceInPlace = "slice_in_place";
constexpr std::string_view kSliceCopy = "slice_copy";

constexpr ops::KernelRow kSliceRows[] = {
    {kSliceInPlace, kSliceVersion, "split", match_slice_in_place, run_slice},
    {kSliceInPlace, kSliceVersion, "slice_by_index", match_slice_in_place, run_slice},
    {kSliceInPlace, kSliceVersion, "slice_by_size", match_slice_in_place, run_slice},
    {kSliceCopy, kSliceVersion, "split", match_slice_copy, run_slice},
    {kSliceCopy, kSliceVersion, "slice_by_index", match_slice_copy, run_slice},
    {kSliceCopy, kSliceVersion, "slice_by_size", match_slice_copy, run_slice},
};

}  // namespace

std::span<const ops::KernelRow> slice_rows() { return kSliceRows; }

}  // namespace pome::cpu
