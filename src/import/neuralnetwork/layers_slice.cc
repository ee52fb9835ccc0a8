// Slices and windows.
#include <array>
#include <optional>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Args = std::vector<std::pair<std::string, ops::Arg>>;

ir::LiteralPtr mask(const std::vector<uint8_t>& values) {
  return ir::Literal::copy(
      ir::Type::tensor(ir::DType::kBool, {static_cast<int64_t>(values.size())}),
      std::span<const uint8_t>(values));
}

/// Start inclusive, end exclusive; negative ones count from the end. Channel, height and width are
/// the last three axes; a vector has a width alone.
void slice(Lowering& l) {
  const auto& p = l.layer().slice();
  const int from_end = 3 - std::clamp(static_cast<int>(p.axis()), 0, 2);
  if (!l.check_inputs(1, 1) || !l.check_min_rank(from_end)) return;
  const auto rank = static_cast<size_t>(l.shape().rank());
  const size_t axis = rank - static_cast<size_t>(from_end);
  std::vector<int64_t> begin(rank, 0);
  std::vector<int64_t> end(rank, 0);
  std::vector<int64_t> stride(rank, 1);
  std::vector<uint8_t> open(rank, 1);
  begin[axis] = clamp_int32(p.startindex());
  end[axis] = clamp_int32(p.endindex());
  stride[axis] = p.stride() == 0 ? 1 : l.size(p.stride(), "stride", 1);
  open[axis] = 0;
  l.out(l.add("slice_by_index", {{"x", l.in()},
                                 {"begin", ops::Arg::ints(begin)},
                                 {"end", ops::Arg::ints(end)},
                                 {"stride", ops::Arg::ints(stride)},
                                 {"end_mask", mask(open)}}));
}

void slice_static(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().slicestatic();
  const int rank = l.shape().rank();
  const auto check = [&](int n, std::string_view what, bool optional) {
    if (n == rank || (optional && n == 0)) return;
    l.fail(ErrorCode::kInvalidModel, std::string(what) + " has " + std::to_string(n) +
                                         " entries, the input of shape " + l.shape().to_string() +
                                         " needs " + std::to_string(rank));
  };
  check(p.beginids_size(), "beginIds", false);
  check(p.endids_size(), "endIds", false);
  check(p.strides_size(), "strides", false);
  check(p.beginmasks_size(), "beginMasks", true);
  check(p.endmasks_size(), "endMasks", true);
  check(p.squeezemasks_size(), "squeezeMasks", true);
  const auto numbers = [](const google::protobuf::RepeatedField<int64_t>& list) {
    std::vector<int64_t> values;
    for (const int64_t v : list) values.push_back(clamp_int32(v));
    return ops::Arg::ints(values);
  };
  Args args = {{"x", l.in()},
               {"begin", numbers(p.beginids())},
               {"end", numbers(p.endids())},
               {"stride", numbers(p.strides())}};
  const auto add_mask = [&](std::string name, const google::protobuf::RepeatedField<bool>& list) {
    if (!list.empty())
      args.emplace_back(std::move(name), mask(std::vector<uint8_t>(list.begin(), list.end())));
  };
  add_mask("begin_mask", p.beginmasks());
  add_mask("end_mask", p.endmasks());
  add_mask("squeeze_mask", p.squeezemasks());
  ir::Op* op = l.add_op("slice_by_index", args);
  if (op != nullptr) l.out(l.as_blob(op->output()));
}

/// The numbers of one of sliceDynamic's lists, out of input `i` where there is one, else out of the
/// parameters, which hold five whatever the rank; `fallback` where neither gives any.
template <typename List>
std::optional<std::vector<int64_t>> slice_numbers(Lowering& l, int i, const List& list,
                                                  int64_t fallback, std::string_view what) {
  const auto rank = static_cast<size_t>(l.shape().rank());
  std::vector<int64_t> values;
  if (l.inputs() > i) {
    auto known = Lowering::known_integers(l.in(i));
    if (!known) return std::nullopt;
    values = *std::move(known);
  } else {
    for (const auto v : list) values.push_back(clamp_int32(static_cast<int64_t>(v)));
    if (values.empty()) values.assign(rank, fallback);
    if (values.size() > rank) values.resize(rank);
  }
  if (values.size() != rank)
    l.fail(ErrorCode::kInvalidModel, std::string(what) + " has " + std::to_string(values.size()) +
                                         " entries, the input of shape " + l.shape().to_string() +
                                         " needs " + std::to_string(rank));
  return values;
}

/// begin, then end, strides and the three masks, may be inputs. The squeeze mask decides over the
/// rank, so that it must be known before anything runs.
void slice_dynamic(Lowering& l) {
  if (!l.check_inputs(2, 7)) return;
  const auto& p = l.layer().slicedynamic();
  const google::protobuf::RepeatedField<int64_t> none;
  Args args = {{"x", l.in()}};
  const auto add_bound = [&](std::string name, int i, const auto& list, int64_t fallback) {
    const auto known = slice_numbers(l, i, list, fallback, name);
    args.emplace_back(name, known ? ops::Arg::ints(*known) : ops::Arg(l.cast(l.in(i), "int32")));
  };
  add_bound("begin", 1, none, 0);
  add_bound("end", 2, p.endids(), 0);
  const auto add_mask = [&](std::string name, int i, const auto& list) {
    const auto known = slice_numbers(l, i, list, 0, name);
    if (!known) return args.emplace_back(std::move(name), l.cast(l.in(i), "bool")), void();
    std::vector<uint8_t> bits;
    for (const int64_t v : *known) bits.push_back(v != 0);
    args.emplace_back(std::move(name), mask(bits));
  };
  add_bound("stride", 3, p.strides(), 1);
  add_mask("begin_mask", 4, p.beginmasks());
  add_mask("end_mask", 5, p.endmasks());
  if (l.inputs() > 6 && !Lowering::known_integers(l.in(6)))
    return l.fail(ErrorCode::kUnsupported, "a computed squeeze_mask is not supported");
  add_mask("squeeze_mask", 6, p.squeezemasks());
  ir::Op* op = l.add_op("slice_by_index", args);
  if (op != nullptr) l.out(l.as_blob(op->output()));
}

/// `size` elements of an axis from the index that the second input holds.
void slice_by_size(Lowering& l) {
  if (!l.check_inputs(2, 2)) return;
  const auto& p = l.layer().slicebysize();
  const auto axis = normalize_axis(p.axis(), l.shape().rank());
  if (!axis) {
    l.fail(ErrorCode::kInvalidModel, "axis " + std::to_string(p.axis()) +
                                         " lies outside of the input's shape " +
                                         l.shape().to_string());
    return;
  }
  std::vector<ir::Value*> begins;
  std::vector<int64_t> size;
  ir::Value* begin = l.reshape(l.cast(l.in(1), "int32"), {1});
  ir::Value* zero = l.constant(ir::Literal::ints(std::array<int64_t, 1>{0}), "zero");
  for (int i = 0; i < l.shape().rank(); ++i) {
    begins.push_back(i == *axis ? begin : zero);
    // The extent itself where it is known: -1, the rest, would depend on begin.
    size.push_back(i == *axis ? clamp_int32(p.size()) : l.shape()[i]);
  }
  if (begins.size() > 1) begin = l.add("concat", {{"values", begins}, {"axis", 0}});
  l.out(l.add("slice_by_size", {{"x", l.in(0)}, {"begin", begin}, {"size", ops::Arg::ints(size)}}));
}

void sliding_windows(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().slidingwindows();
  const int64_t step = p.step() == 0 ? 1 : l.size(p.step(), "step", 1);
  l.out(
      l.add("sliding_windows", {{"x", l.in()},
                                {"axis", static_cast<int>(clamp_int32(p.axis()))},
                                {"size", static_cast<int>(l.size(p.windowsize(), "windowSize", 1))},
                                {"stride", static_cast<int>(step)}}));
}

constexpr auto kSliceRows = std::to_array<LayerRow>({
    {Layer::kSlice, slice},
    {Layer::kSliceStatic, slice_static},
    {Layer::kSliceDynamic, slice_dynamic},
    {Layer::kSliceBySize, slice_by_size},
    {Layer::kSlidingWindows, sliding_windows},
});

}  // namespace

std::span<const LayerRow> slice_layers() { return kSliceRows; }

}  // namespace pome::import
