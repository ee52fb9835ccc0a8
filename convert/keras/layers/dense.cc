// Dense, Flatten, Reshape, Permute, RepeatVector.
#include <algorithm>

#include "base/try.h"
#include "convert/keras/layers/common.h"

namespace pome::keras {
namespace {

using ops::Arg;

/// The rows of a kernel [H*W*C, units] in the order C,H,W in which a flattened picture lies here.
Result<Array> reorder_rows(const Array& kernel, const Shape& flat) {
  const int64_t units = kernel.dim(1);
  POME_ASSIGN(const Array moved,
              kernel.reshaped({flat[1], flat[2], flat[0], units}).transposed({2, 0, 1, 3}));
  return moved.reshaped({kernel.dim(0), units});
}

ir::Value* linear(LayerContext& c, ir::Value* x, const Array& weight, const Array* bias) {
  std::vector<std::pair<std::string, Arg>> args = {{"x", x},
                                                   {"weight", c.w.constant(weight, "weight")}};
  if (bias != nullptr) args.emplace_back("bias", c.w.constant(*bias, "bias"));
  return c.w.builder().add("linear", c.w.name(), args);
}

/// On a picture, a Dense layer is a convolution of one pixel.
ir::Value* pointwise(LayerContext& c, ir::Value* x, const Array& weight, const Array* bias) {
  std::vector<std::pair<std::string, Arg>> args = {
      {"x", x},
      {"weight", c.w.constant(weight.reshaped({weight.dim(0), weight.dim(1), 1, 1}), "weight")}};
  if (bias != nullptr) args.emplace_back("bias", c.w.constant(*bias, "bias"));
  return c.w.builder().add("conv", c.w.name(), args);
}

Result<Tensor> dense(LayerContext& c) {
  const int64_t units = c.config.integer("units", 0, 1, 1 << 28);
  POME_TRY(c.config.status());
  Tensor x = c.inputs[0];
  const Shape s = Writer::shape(x);
  if (s.rank() < 2) {
    return Error(ErrorCode::kShapeMismatch,
                 "its input has shape " + s.to_string() + ", at least rank 2 is expected");
  }
  POME_ASSIGN(Array kernel, c.weight(0, {s.back(), units}));
  Array bias;
  if (has_bias(c.layer)) {
    POME_ASSIGN(bias, c.weight(1, {units}));
  }
  const Array* added = has_bias(c.layer) ? &bias : nullptr;
  if (x.layout == Layout::kFlat) {
    POME_ASSIGN(kernel, reorder_rows(kernel, x.flat));
  }
  POME_ASSIGN(const Array weight, kernel.transposed({1, 0}));
  if (x.layout == Layout::kChannelsFirst) {
    return apply_activation(c, {pointwise(c, x.value, weight, added), Layout::kChannelsFirst, {}});
  }
  if (s.rank() <= 3) return apply_activation(c, {linear(c, x.value, weight, added), {}, {}});
  // linear takes ranks up to 3: the axes between batch and features become one.
  Shape rows = {s[0], 1, s.back()};
  for (int i = 1; i + 1 < s.rank(); ++i) rows[1] *= s[i];
  Shape out = s;
  out[s.rank() - 1] = units;
  const Tensor flat = c.w.reshape(x, rows);
  const Tensor y = {linear(c, flat.value, weight, added), Layout::kPlain, {}};
  return apply_activation(c, c.w.reshape(y, out));
}

int64_t inner_elements(const Shape& s) {
  int64_t n = 1;
  for (int i = 1; i < s.rank(); ++i) n *= s[i];
  return n;
}

Result<Tensor> flatten(LayerContext& c) {
  // Before Keras 2.2 it had no such parameter and took the elements as they lay.
  const bool first = c.config.text("data_format", "") == "channels_first";
  POME_TRY(c.config.status());
  const Tensor& x = c.inputs[0];
  const Shape s = Writer::shape(x);
  if (x.layout == Layout::kFlat || (s.rank() == 2 && x.layout == Layout::kPlain)) return x;
  const Shape target = {s[0], inner_elements(s)};
  if (x.layout == Layout::kChannelsFirst || (first && s.rank() == 4)) {
    // The channels stay outermost; who reads this next decides whether anything is moved.
    const Shape& lies = x.value->shape();
    const Tensor y = c.w.reshape({x.value, Layout::kPlain, {}}, target);
    const bool same = lies[1] == 1 || (lies[2] == 1 && lies[3] == 1);
    if (same) return y;
    return Tensor{y.value, Layout::kFlat, {lies[1], lies[2], lies[3]}};
  }
  if (first && s.rank() > 2) {
    // Keras moves the channels to the end before it flattens.
    std::vector<int64_t> perm = {0};
    for (int i = 2; i < s.rank(); ++i) perm.push_back(i);
    perm.push_back(1);
    return c.w.reshape(c.w.transpose(x, perm), target);
  }
  return c.w.reshape(x, target);
}

Result<Tensor> reshape(LayerContext& c) {
  const auto wanted = c.config.integers("target_shape", -1, int64_t{1} << 40);
  POME_TRY(c.config.status());
  const Tensor& x = c.inputs[0];
  const Shape s = Writer::shape(x);
  const auto extents = fill_extents(inner_elements(s), wanted);
  if (wanted.size() >= Shape::kMaxRank || (extents.empty() && !wanted.empty())) {
    return Error(ErrorCode::kInvalidModel, "its input of shape " + s.to_string() +
                                               " cannot be given the target_shape " +
                                               translate::extents_text(wanted));
  }
  Shape target = {s[0]};
  for (int64_t d : extents) target.push_back(d);
  return c.w.reshape(x, target);
}

Result<Tensor> permute(LayerContext& c) {
  const Shape s = Writer::shape(c.inputs[0]);
  const auto dims = c.config.integers("dims", 1, Shape::kMaxRank);
  POME_TRY(c.config.status());
  std::vector<int64_t> perm = {0};
  perm.insert(perm.end(), dims.begin(), dims.end());
  std::vector<int64_t> sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (sorted.size() == static_cast<size_t>(s.rank()) && sorted[i] == static_cast<int64_t>(i))
      continue;
    return Error(ErrorCode::kInvalidModel, "dims is " + translate::extents_text(dims) +
                                               ", an order of the axes 1 to " +
                                               std::to_string(s.rank() - 1) + " is expected");
  }
  return c.w.transpose(c.inputs[0], perm);
}

Result<Tensor> repeat_vector(LayerContext& c) {
  const int64_t n = c.config.integer("n", 1, 1, 1 << 20);
  POME_TRY(c.config.status());
  const Shape s = Writer::shape(c.inputs[0]);
  if (s.rank() != 2) {
    return Error(ErrorCode::kShapeMismatch,
                 "its input has shape " + s.to_string() + ", rank 2 is expected");
  }
  const Tensor row = c.w.reshape(c.inputs[0], {s[0], 1, s[1]});
  return Tensor{c.w.op("tile", {{"x", row.value}, {"reps", Arg::ints({1, n, 1})}}), {}, {}};
}

constexpr LayerKind kDenseLayers[] = {
    {"Dense", dense, kernel_and_bias},
    {"Flatten", flatten},
    {"Reshape", reshape},
    {"Permute", permute},
    {"RepeatVector", repeat_vector},
};

}  // namespace

std::span<const LayerKind> dense_layers() { return kDenseLayers; }

}  // namespace pome::keras
