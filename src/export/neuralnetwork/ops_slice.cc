// Slices, crops and pads.
#include <algorithm>
#include <array>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"

namespace pome::exporter {
namespace {

using Four = LayerWriter::Four;

struct Range {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t stride = 1;
  bool whole = true;
};

bool masked(LayerWriter& w, std::string_view param, int axis) {
  const auto mask = w.integers(param);
  return !mask.empty() && mask[static_cast<size_t>(axis)] != 0;
}

/// What one axis keeps, with known and positive bounds.
Result<Range> range_of(LayerWriter& w, int axis) {
  const int64_t extent = w.shape("x")[axis];
  const auto at = static_cast<size_t>(axis);
  const auto strides = w.integers("stride");
  Range r;
  r.stride = strides.empty() ? 1 : strides[at];
  r.begin = masked(w, "begin_mask", axis) ? 0 : w.integers("begin")[at];
  r.end = masked(w, "end_mask", axis) ? extent : w.integers("end")[at];
  if (masked(w, "squeeze_mask", axis)) {
    r.end = r.begin + 1;
    if (r.begin == -1) r.end = extent;
    r.stride = 1;
  }
  if (extent < 0 && !(r.begin == 0 && r.end == extent && r.stride == 1))
    return w.unsupported("a slice of an open extent");
  if (r.stride < 1) return w.unsupported("a slice with a negative stride");
  if (extent >= 0) {
    r.begin = std::clamp<int64_t>(r.begin < 0 ? r.begin + extent : r.begin, 0, extent);
    r.end = std::clamp<int64_t>(r.end < 0 ? r.end + extent : r.end, r.begin, extent);
  }
  r.whole = r.begin == 0 && r.end == extent && r.stride == 1;
  return r;
}

/// One slice layer per axis that is cut.
Status slice_rank5(LayerWriter& w) {
  const int rank = w.shape("x").rank();
  POME_ASSIGN(Four dims, w.four(w.shape("x")));
  POME_ASSIGN(std::string x, w.input("x"));
  w.set_current(x);
  for (int axis = 0; axis < rank; ++axis) {
    POME_ASSIGN(const Range r, range_of(w, axis));
    if (r.whole) continue;
    const int place = LayerWriter::place(rank, axis);
    if (place == 0) return w.unsupported("a slice of the batch axis");
    auto& p = *w.add({w.current()}).mutable_slice();
    p.set_axis(static_cast<spec::SliceLayerParams::SliceAxis>(place - 1));
    p.set_startindex(r.begin);
    p.set_endindex(r.end);
    p.set_stride(static_cast<uint64_t>(r.stride));
    dims[static_cast<size_t>(place)] = (r.end - r.begin + r.stride - 1) / r.stride;
  }
  return w.result(dims);
}

Status slice_by_index(LayerWriter& w) {
  if (!w.literal("begin") || !w.literal("end")) return w.unsupported("a slice at computed places");
  if (!w.exact()) return slice_rank5(w);
  const int rank = w.shape("x").rank();
  const auto begin = w.integers("begin");
  const auto end = w.integers("end");
  const auto stride = w.integers("stride");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_slicestatic();
  std::vector<int64_t> squeezed;
  for (int axis = 0; axis < rank; ++axis) {
    const auto at = static_cast<size_t>(axis);
    const bool squeeze = masked(w, "squeeze_mask", axis);
    p.add_beginids(begin[at]);
    p.add_endids(squeeze ? begin[at] + 1 : end[at]);
    p.add_strides(squeeze || stride.empty() ? 1 : stride[at]);
    p.add_beginmasks(!squeeze && masked(w, "begin_mask", axis));
    p.add_endmasks(squeeze ? begin[at] == -1 : masked(w, "end_mask", axis));
    if (squeeze) squeezed.push_back(axis);
  }
  if (!squeezed.empty())
    w.add({w.current()}).mutable_squeeze()->mutable_axes()->Add(squeezed.begin(), squeezed.end());
  return w.result();
}

void fill_borders(spec::BorderAmounts& borders, const std::array<int64_t, 4>& amounts) {
  for (size_t i = 0; i < 2; ++i) {
    auto* edge = borders.add_borderamounts();
    edge->set_startedgesize(static_cast<uint64_t>(amounts[2 * i]));
    edge->set_endedgesize(static_cast<uint64_t>(amounts[2 * i + 1]));
  }
}

Status crop(LayerWriter& w) {
  const auto height = w.integers("crop_height");
  const auto width = w.integers("crop_width");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  fill_borders(*layer->mutable_crop()->mutable_cropamounts(),
               {height[0], height[1], width[0], width[1]});
  return w.result();
}

/// Amounts of the four places, begin and end of each.
Result<std::array<int64_t, 8>> amounts_by_place(LayerWriter& w) {
  const auto pad = w.integers("pad");
  const int rank = w.shape("x").rank();
  const int first = rank - static_cast<int>(pad.size() / 2);
  std::array<int64_t, 8> amounts{};
  if (rank > 4) return w.unsupported("a pad of more than four axes");
  for (int axis = first; axis < rank; ++axis) {
    const auto to = static_cast<size_t>(LayerWriter::place(rank, axis));
    const auto from = static_cast<size_t>(axis - first);
    amounts[2 * to] = pad[2 * from];
    amounts[2 * to + 1] = pad[2 * from + 1];
  }
  return amounts;
}

Status pad_borders(LayerWriter& w, const std::array<int64_t, 4>& hw) {
  const std::string_view mode = w.text("mode");
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_padding();
  fill_borders(*p.mutable_paddingamounts(), hw);
  if (mode == "constant") {
    p.mutable_constant()->set_value(static_cast<float>(w.real("constant_val")));
  } else if (mode == "reflect") {
    p.mutable_reflection();
  } else {
    p.mutable_replication();
  }
  return w.result();
}

Status pad(LayerWriter& w) {
  if (!w.literal("pad")) return w.unsupported("a pad with computed amounts");
  const auto pad = w.integers("pad");
  const int rank = w.shape("x").rank();
  if (!w.exact()) {
    POME_ASSIGN(const auto a, amounts_by_place(w));
    if (a[0] != 0 || a[1] != 0 || a[2] != 0 || a[3] != 0)
      return w.unsupported("a pad of other axes than height and width");
    return pad_borders(w, {a[4], a[5], a[6], a[7]});
  }
  if (w.text("mode") != "constant") {
    if (rank < 2 || pad.size() > 4) return w.unsupported("a pad of more than two axes by copies");
    std::array<int64_t, 4> hw{};
    std::copy(pad.begin(), pad.end(), hw.end() - static_cast<std::ptrdiff_t>(pad.size()));
    return pad_borders(w, hw);
  }
  POME_ASSIGN(spec::NeuralNetworkLayer * layer, w.add_on_x());
  auto& p = *layer->mutable_constantpad();
  p.set_value(static_cast<float>(w.real("constant_val")));
  for (size_t i = pad.size(); i < static_cast<size_t>(2 * rank); ++i) p.add_padamounts(0);
  for (const int64_t a : pad) p.add_padamounts(static_cast<uint64_t>(a));
  return w.result();
}

constexpr auto kSliceRows = std::to_array<OpRow>({
    {"slice_by_index", slice_by_index},
    {"crop", crop},
    {"pad", pad},
});

}  // namespace

std::span<const OpRow> slice_writers() { return kSliceRows; }

}  // namespace pome::exporter
