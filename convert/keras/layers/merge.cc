// Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot.
#include <algorithm>

#include "base/try.h"
#include "convert/keras/layer_kind.h"

namespace pome::keras {
namespace {

using ops::Arg;

/// Keras' own rule for operands of unequal rank: ones behind the batch.
std::vector<Tensor> aligned(LayerContext& c) {
  std::vector<Tensor> tensors = c.inputs;
  int rank = 0;
  for (const Tensor& t : tensors) rank = std::max(rank, Writer::shape(t).rank());
  for (Tensor& t : tensors) {
    Shape s = Writer::shape(t);
    if (s.rank() == rank) continue;
    while (s.rank() < rank) s.insert(1, 1);
    t = c.w.reshape(t, s);
  }
  return tensors;
}

/// A constant operand makes it an operator of Python: x + 3.0, in files that do not say so.
bool has_constant(const LayerContext& c) {
  return std::any_of(c.args.begin(), c.args.end(), [](const Argument& a) {
    return a.constant != nullptr && !a.constant->is_null();
  });
}

Result<Tensor> chain(LayerContext& c, std::string_view kind) {
  if (has_constant(c)) {
    for (const LayerKind& row : operator_layers())
      if (row.class_name == c.layer.class_name) return row.translate(c);
  }
  if (c.inputs.empty()) return Error(ErrorCode::kInvalidModel, "it is called with no tensor");
  const std::vector<Tensor> x = aligned(c);
  Tensor sum = x[0];
  for (size_t i = 1; i < x.size(); ++i) sum = c.w.binary(kind, sum, x[i]);
  return sum;
}

Result<Tensor> add(LayerContext& c) { return chain(c, "add"); }
Result<Tensor> multiply(LayerContext& c) { return chain(c, "mul"); }
Result<Tensor> maximum(LayerContext& c) { return chain(c, "maximum"); }
Result<Tensor> minimum(LayerContext& c) { return chain(c, "minimum"); }
Result<Tensor> subtract(LayerContext& c) { return chain(c, "sub"); }

Result<Tensor> average(LayerContext& c) {
  POME_ASSIGN(const Tensor sum, chain(c, "add"));
  if (!c.w.ok()) return Tensor{};
  return c.w.binary("mul", sum, 1.0 / static_cast<double>(c.inputs.size()));
}

Result<Tensor> concatenate(LayerContext& c) {
  const int64_t axis = c.config.integer("axis", -1, -Shape::kMaxRank, Shape::kMaxRank);
  POME_TRY(c.config.status());
  if (c.inputs.empty()) return Error(ErrorCode::kInvalidModel, "it is called with no tensor");
  std::vector<Tensor> x;
  for (const Tensor& t : c.inputs) x.push_back(c.w.not_flat(t));
  const int rank = Writer::shape(x[0]).rank();
  const auto place = normalize_axis(axis, rank);
  for (const Tensor& t : x) {
    if (place && Writer::shape(t).rank() == rank) continue;
    return Error(ErrorCode::kInvalidModel, "shapes " + Writer::shape(x[0]).to_string() + " and " +
                                               Writer::shape(t).to_string() +
                                               " cannot be joined along axis " +
                                               std::to_string(axis));
  }
  c.w.unify(x);
  std::vector<ir::Value*> values;
  for (const Tensor& t : x) values.push_back(t.value);
  return Tensor{c.w.op("concat", {{"values", values}, {"axis", Writer::place_of(x[0], *place)}}),
                x[0].layout,
                {}};
}

/// x / |x| along an axis of the framework, never by zero.
Tensor normalized(LayerContext& c, const Tensor& x, int axis) {
  ir::Value* square = c.w.op("reduce_sum_square",
                             {{"x", x.value}, {"axes", Arg::ints({axis})}, {"keep_dims", true}});
  const Tensor norm = {c.w.op("sqrt", {{"x", square}}), Layout::kPlain, {}};
  return c.w.binary("real_div", x, c.w.binary("maximum", norm, 1e-7));
}

/// [batch, rest..., K] with the contracted axis last, as [batch, M, K].
Tensor as_matrix(LayerContext& c, const Tensor& x, int axis, Shape& rest) {
  const Shape s = Writer::shape(x);
  std::vector<int64_t> perm = {0};
  int64_t rows = 1;
  for (int i = 1; i < s.rank(); ++i) {
    if (i == axis) continue;
    perm.push_back(i);
    rest.push_back(s[i]);
    rows *= s[i];
  }
  perm.push_back(axis);
  const bool moved = axis != s.rank() - 1;
  return c.w.reshape(moved ? c.w.transpose(x, perm) : x, {s[0], rows, s[axis]});
}

Result<Tensor> dot(LayerContext& c) {
  auto axes = c.config.integers("axes", -Shape::kMaxRank, Shape::kMaxRank);
  const bool normalize = c.config.flag("normalize", false);
  POME_TRY(c.config.status());
  if (c.inputs.size() != 2)
    return Error(ErrorCode::kInvalidModel, "it is called with " + std::to_string(c.inputs.size()) +
                                               " tensors, two are expected");
  if (axes.empty()) axes = {-1};
  if (axes.size() == 1) axes.push_back(axes[0]);
  Tensor x = c.w.plain(c.inputs[0]);
  Tensor y = c.w.plain(c.inputs[1]);
  if (!c.w.ok()) return Tensor{};
  const Shape sx = Writer::shape(x);
  const Shape sy = Writer::shape(y);
  const auto ax = normalize_axis(axes[0], sx.rank());
  const auto ay = normalize_axis(axes[1], sy.rank());
  if (!ax || !ay || *ax == 0 || *ay == 0 || sx[*ax] != sy[*ay] || sx.rank() < 2 || sy.rank() < 2) {
    return Error(ErrorCode::kInvalidModel, "axes " + translate::extents_text(axes) + " of shapes " +
                                               sx.to_string() + " and " + sy.to_string() +
                                               " cannot be contracted");
  }
  if (normalize) {
    x = normalized(c, x, *ax);
    y = normalized(c, y, *ay);
    if (!c.w.ok()) return Tensor{};
  }
  Shape out = {sx[0]};
  Shape rest_x;
  Shape rest_y;
  const Tensor mx = as_matrix(c, x, *ax, rest_x);
  const Tensor my = as_matrix(c, y, *ay, rest_y);
  if (rest_x.rank() + rest_y.rank() >= Shape::kMaxRank)
    return Error(ErrorCode::kUnsupported, "the result has too many axes");
  for (int64_t d : rest_x) out.push_back(d);
  for (int64_t d : rest_y) out.push_back(d);
  if (out.rank() == 1) out.push_back(1);
  const Tensor product = {
      c.w.op("matmul", {{"x", mx.value}, {"y", my.value}, {"transpose_y", true}}),
      Layout::kPlain,
      {}};
  return c.w.reshape(product, out);
}

/// Of InceptionResNetV2: x + scale * y.
Result<Tensor> scaled_sum(LayerContext& c) {
  const double scale = c.config.number("scale", 1);
  POME_TRY(c.config.status());
  return c.w.binary("add", c.inputs[0], c.w.binary("mul", c.inputs[1], scale));
}

constexpr LayerKind kMergeLayers[] = {
    {"Add", add, nullptr, 0},
    {"Subtract", subtract, nullptr, 0},
    {"Multiply", multiply, nullptr, 0},
    {"Average", average, nullptr, 0},
    {"Maximum", maximum, nullptr, 0},
    {"Minimum", minimum, nullptr, 0},
    {"Concatenate", concatenate, nullptr, 0},
    {"Dot", dot, nullptr, 2},
    {"CustomScaleLayer", scaled_sum, nullptr, 2},
};

}  // namespace

std::span<const LayerKind> merge_layers() { return kMergeLayers; }

}  // namespace pome::keras
