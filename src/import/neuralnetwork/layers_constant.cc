// Layers without inputs, and fills.
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

void load_constant(Lowering& l) {
  if (!l.check_inputs(0, 0)) return;
  const auto& p = l.layer().loadconstant();
  if (p.shape_size() != 3) {
    l.fail(ErrorCode::kInvalidModel, "shape has " + std::to_string(p.shape_size()) +
                                         " entries, 3 (channels, height, width) are expected");
    return;
  }
  const Shape chw = l.shape_of(p.shape(), "shape");
  Shape shape = l.exact() ? Shape{1, 1} : Shape{1};
  for (const int64_t d : chw) shape.push_back(d);
  l.out(l.weights(p.data(), shape, "data"));
}

void load_constant_nd(Lowering& l) {
  if (!l.check_inputs(0, 0)) return;
  const auto& p = l.layer().loadconstantnd();
  l.out(l.weights(p.data(), l.shape_of(p.shape(), "shape"), "data"));
}

void fill_static(Lowering& l) {
  if (!l.check_inputs(0, 0)) return;
  const auto& p = l.layer().fillstatic();
  const Shape shape = l.shape_of(p.targetshape(), "targetShape");
  l.out(l.add("fill", {{"shape", ops::Arg::ints(shape)}, {"value", p.value()}}));
}

void fill_like(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  l.out(l.add("fill_like", {{"ref_tensor", l.in()}, {"value", l.layer().filllike().value()}}));
}

void fill_dynamic(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  l.out(l.add("fill",
              {{"shape", l.cast(l.in(), "int32")}, {"value", l.layer().filldynamic().value()}}));
}

void range_static(Lowering& l) {
  if (!l.check_inputs(0, 0)) return;
  const auto& p = l.layer().rangestatic();
  if (p.stepsizevalue() == 0) {
    l.fail(ErrorCode::kInvalidModel, "stepSizeValue is 0");
    return;
  }
  l.out(l.add("range_1d",
              {{"start", p.startvalue()}, {"end", p.endvalue()}, {"step", p.stepsizevalue()}}));
}

/// end, then start and step, may be inputs; what is not is a parameter.
void range_dynamic(Lowering& l) {
  if (!l.check_inputs(1, 3)) return;
  const auto& p = l.layer().rangedynamic();
  const ops::Arg start = l.inputs() > 1 ? ops::Arg(l.in(1)) : ops::Arg(p.startvalue());
  const float given = p.stepsizevalue() == 0 ? 1.f : p.stepsizevalue();
  const ops::Arg step = l.inputs() > 2 ? ops::Arg(l.in(2)) : ops::Arg(given);
  l.out(l.add("range_1d", {{"end", l.in()}, {"start", start}, {"step", step}}));
}

void copy(Lowering& l) {
  if (l.check_inputs(1, 1)) l.out(l.in());
}

constexpr auto kConstantRows = std::to_array<LayerRow>({
    {Layer::kLoadConstant, load_constant},
    {Layer::kLoadConstantND, load_constant_nd},
    {Layer::kFillStatic, fill_static},
    {Layer::kFillLike, fill_like},
    {Layer::kFillDynamic, fill_dynamic},
    {Layer::kRangeStatic, range_static},
    {Layer::kRangeDynamic, range_dynamic},
    {Layer::kCopy, copy},
});

}  // namespace

std::span<const LayerRow> constant_layers() { return kConstantRows; }

}  // namespace pome::import
