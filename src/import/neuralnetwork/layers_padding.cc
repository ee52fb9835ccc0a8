// Crops and pads.
#include <array>

#include "import/neuralnetwork/borders.h"
#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

/// Cuts axes -2 and -1 to [begin, end); end 0 is the end, a negative one counts from there.
ir::Value* cut(Lowering& l, ir::Value* x, std::array<int64_t, 2> begin,
               std::array<int64_t, 2> end) {
  const auto rank = static_cast<size_t>(x->shape().rank());
  std::vector<int64_t> begins(rank, 0);
  std::vector<int64_t> ends(rank, 0);
  std::vector<uint8_t> open(rank, 1);
  for (size_t i = 0; i < 2; ++i) {
    begins[rank - 2 + i] = begin[i];
    ends[rank - 2 + i] = end[i];
    open[rank - 2 + i] = end[i] == 0;
  }
  const auto mask =
      ir::Literal::copy(ir::Type::tensor(ir::DType::kBool, {static_cast<int64_t>(rank)}),
                        std::span<const uint8_t>(open));
  return l.add("slice_by_index", {{"x", x},
                                  {"begin", ops::Arg::ints(begins)},
                                  {"end", ops::Arg::ints(ends)},
                                  {"end_mask", mask}});
}

void crop(Lowering& l) {
  if (!l.check_inputs(1, 2) || !l.check_min_rank(2)) return;
  const auto& p = l.layer().crop();
  if (l.inputs() == 1) {
    const auto a = border_amounts(l, p.cropamounts());
    if (l.ok()) l.out(cut(l, l.in(), {a[0], a[2]}, {-a[1], -a[3]}));
    return;
  }
  if (!l.check_min_rank(2, 1)) return;
  const auto offset = l.pair(p.offset(), "offset", 0, 0);
  const Shape& like = l.shape(1);
  if (like.at(-2) <= 0 || like.at(-1) <= 0) {
    l.fail(ErrorCode::kUnsupported,
           "cropping to an input of open size " + like.to_string() + " is not supported");
    return;
  }
  if (l.ok())
    l.out(
        cut(l, l.in(), {offset[0], offset[1]}, {offset[0] + like.at(-2), offset[1] + like.at(-1)}));
}

void padding(Lowering& l) {
  if (!l.check_inputs(1, 1) || !l.check_min_rank(2)) return;
  const auto& p = l.layer().padding();
  const auto amounts = ops::Arg::ints(border_amounts(l, p.paddingamounts()));
  switch (p.PaddingType_case()) {
    case spec::PaddingLayerParams::kConstant:
      l.out(l.add("pad", {{"x", l.in()},
                          {"pad", amounts},
                          {"mode", "constant"},
                          {"constant_val", p.constant().value()}}));
      return;
    case spec::PaddingLayerParams::kReflection:
      return l.out(l.add("pad", {{"x", l.in()}, {"pad", amounts}, {"mode", "reflect"}}));
    case spec::PaddingLayerParams::kReplication:
      return l.out(l.add("pad", {{"x", l.in()}, {"pad", amounts}, {"mode", "replicate"}}));
    default:
      l.fail(ErrorCode::kInvalidModel, "none of constant, reflection and replication is set");
  }
}

void constant_pad(Lowering& l) {
  if (!l.check_inputs(1, 2)) return;
  const auto& p = l.layer().constantpad();
  if (l.inputs() == 2) {
    if (p.padtogivenoutputsizemode()) {
      l.fail(ErrorCode::kUnsupported,
             "padToGivenOutputSizeMode with computed amounts is not "
             "supported");
      return;
    }
    l.out(l.add("pad", {{"x", l.in()},
                        {"pad", l.cast(l.in(1), "int32")},
                        {"mode", "constant"},
                        {"constant_val", p.value()}}));
    return;
  }
  const Shape& s = l.shape();
  if (p.padamounts_size() != 2 * s.rank()) {
    l.fail(ErrorCode::kInvalidModel, "padAmounts has " + std::to_string(p.padamounts_size()) +
                                         " entries, the input of shape " + s.to_string() +
                                         " needs " + std::to_string(2 * s.rank()));
    return;
  }
  std::vector<int64_t> amounts;
  for (const uint64_t a : p.padamounts()) amounts.push_back(l.size(a, "padAmounts"));
  for (int i = 0; p.padtogivenoutputsizemode() && i < s.rank(); ++i) {
    for (const int side : {2 * i, 2 * i + 1}) {
      int64_t& a = amounts[static_cast<size_t>(side)];
      if (a == 0) continue;  // this side stays
      if (s[i] < 0 || a < s[i] || amounts[static_cast<size_t>(side ^ 1)] != 0) {
        l.fail(s[i] < 0 ? ErrorCode::kUnsupported : ErrorCode::kInvalidModel,
               "padAmounts asks for an extent of " + std::to_string(a) + " on axis " +
                   std::to_string(i) + " of shape " + s.to_string());
        return;
      }
      a -= s[i];
      if (side == 2 * i) break;  // the difference is no size any more
    }
  }
  l.out(l.add("pad", {{"x", l.in()},
                      {"pad", ops::Arg::ints(amounts)},
                      {"mode", "constant"},
                      {"constant_val", p.value()}}));
}

constexpr auto kPaddingRows = std::to_array<LayerRow>({
    {Layer::kCrop, crop},
    {Layer::kPadding, padding},
    {Layer::kConstantPad, constant_pad},
});

}  // namespace

std::span<const LayerRow> padding_layers() { return kPaddingRows; }

}  // namespace pome::import
