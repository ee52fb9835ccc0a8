// Elementwise functions of two values, one of which is often a constant.
#include <array>

#include "base/try.h"
#include "export/neuralnetwork/op_writers.h"
#include "export/neuralnetwork/weights.h"

namespace pome::exporter {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Four = LayerWriter::Four;

void power(LayerWriter& w, float exponent) {
  auto& p = *w.add({w.current()}).mutable_unary();
  p.set_type(spec::UnaryFunctionLayerParams::POWER);
  p.set_alpha(exponent);
  p.set_scale(1);
}

void threshold(LayerWriter& w, float alpha) {
  auto& p = *w.add({w.current()}).mutable_unary();
  p.set_type(spec::UnaryFunctionLayerParams::THRESHOLD);
  p.set_alpha(alpha);
  p.set_scale(1);
}

/// current() with one number; false when no layer of the first version says it. `first`: the number
/// is the left operand.
bool with_number(LayerWriter& w, std::string_view kind, float c, bool first) {
  if (kind == "add") {
    w.linear(1, c);
  } else if (kind == "mul") {
    w.linear(c, 0);
  } else if (kind == "sub") {
    first ? w.linear(-1, c) : w.linear(1, -c);
  } else if (kind == "real_div" && !first) {
    w.linear(1 / c, 0);
  } else if (kind == "real_div") {
    power(w, -1);
    w.linear(c, 0);
  } else if (kind == "maximum") {
    threshold(w, c);
  } else if (kind == "minimum") {
    w.linear(-1, 0);
    threshold(w, -c);
    w.linear(-1, 0);
  } else if (kind == "pow" && !first) {
    power(w, c);
  } else {
    return false;
  }
  return true;
}

/// The shape with ones in front, up to `rank` axes.
Shape padded(const Shape& s, int rank) {
  Shape result;
  for (int i = s.rank(); i < rank; ++i) result.push_back(1);
  for (const int64_t d : s.dims()) result.push_back(d);
  return result;
}

void add_dims(google::protobuf::RepeatedField<uint64_t>& shape, const Four& dims, bool channels) {
  if (channels) {
    shape.Add(static_cast<uint64_t>(dims[1]));
    return;
  }
  for (size_t i = 1; i < 4; ++i) shape.Add(static_cast<uint64_t>(dims[i]));
}

void add_bias(LayerWriter& w, const Four& dims, const std::vector<float>& values) {
  auto& p = *w.add({w.current()}).mutable_bias();
  add_dims(*p.mutable_shape(), dims, dims[2] == 1 && dims[3] == 1);
  write_weights(values, w.halves(), *p.mutable_bias());
}

void add_scale(LayerWriter& w, const Four& dims, const std::vector<float>& values) {
  auto& p = *w.add({w.current()}).mutable_scale();
  add_dims(*p.mutable_shapescale(), dims, dims[2] == 1 && dims[3] == 1);
  write_weights(values, w.halves(), *p.mutable_scale());
}

/// current(), of shape x, with a constant that has values along C, or along C, H and W, in the
/// rank-5 world; false when it is no case for scale and bias.
bool with_parameters(LayerWriter& w, std::string_view kind, const Four& x, const Four& c,
                     std::vector<float> values, bool first) {
  const bool per_channel = c[1] == x[1] && c[2] == 1 && c[3] == 1;
  const bool whole = (c[1] == 1 || c[1] == x[1]) && c[2] == x[2] && c[3] == x[3];
  if (c[0] != 1 || !(per_channel || whole)) return false;
  if (kind == "add") {
    add_bias(w, c, values);
  } else if (kind == "mul") {
    add_scale(w, c, values);
  } else if (kind == "sub") {
    if (first) w.linear(-1, 0);
    for (float& v : values) v = first ? v : -v;
    add_bias(w, c, values);
  } else if (kind == "real_div") {
    if (first) power(w, -1);
    for (float& v : values) v = first ? v : 1 / v;
    add_scale(w, c, values);
  } else {
    return false;
  }
  return true;
}

/// A blob for a constant that meets values of `rank` axes, in the rank-5 world.
Result<std::string> load_aligned(LayerWriter& w, const ir::Literal& literal, int rank) {
  POME_ASSIGN(const Four dims, w.four(padded(literal.type().shape(), rank)));
  if (dims[0] != 1) return w.unsupported("a constant with several instances");
  auto& p = *w.add({}).mutable_loadconstant();
  add_dims(*p.mutable_shape(), dims, false);
  write_weights(literal, w.halves(), *p.mutable_data());
  return w.current();
}

/// Whether NumPy's alignment of the two shapes is that of their places in [N,C,H,W].
bool aligned(const Shape& a, const Shape& b) {
  if (a.rank() == b.rank() || a.checked_elements() == 1 || b.checked_elements() == 1) return true;
  return std::min(a.rank(), b.rank()) + 1 == std::max(a.rank(), b.rank()) &&
         std::max(a.rank(), b.rank()) % 2 == 0;
}

Status rank5_pair(LayerWriter& w, std::string_view kind) {
  const int rank = std::max(w.shape("x").rank(), w.shape("y").rank());
  std::array<std::string, 2> blobs;
  const std::array<const char*, 2> params = {"x", "y"};
  for (size_t i = 0; i < 2; ++i) {
    const ir::Literal* literal = w.literal(params[i]);
    if (literal != nullptr) {
      POME_ASSIGN(blobs[i], load_aligned(w, *literal, rank));
    } else {
      POME_ASSIGN(blobs[i], w.input(params[i]));
    }
  }
  if (!w.literal("x") && !w.literal("y") && !aligned(w.shape("x"), w.shape("y")))
    return w.unsupported("a broadcast of " + w.shape("x").to_string() + " against " +
                         w.shape("y").to_string());
  if (kind == "sub" || kind == "real_div") {
    w.set_current(blobs[1]);
    kind == "sub" ? w.linear(-1, 0) : power(w, -1);
    blobs[1] = w.current();
  }
  Layer& layer = w.add({blobs[0], blobs[1]});
  if (kind == "add" || kind == "sub") {
    layer.mutable_add();
  } else if (kind == "mul" || kind == "real_div") {
    layer.mutable_multiply();
  } else if (kind == "maximum") {
    layer.mutable_max();
  } else if (kind == "minimum") {
    layer.mutable_min();
  } else {
    return w.unsupported("this function before specification version 4");
  }
  return w.result();
}

Status arithmetic(LayerWriter& w, void (*set)(Layer&)) {
  const std::string_view kind = w.op().kind();
  const bool first = w.literal("x") != nullptr;
  const ir::Literal* c = first ? w.literal("x") : w.literal("y");
  const char* other = first ? "y" : "x";
  if (c != nullptr && !(first && w.literal("y") != nullptr)) {
    POME_ASSIGN(std::string blob, w.input(other));
    w.set_current(blob);
    const bool keeps_shape = w.out_shape() == w.shape(other);
    if (c->size() == 1 && keeps_shape && with_number(w, kind, static_cast<float>(c->real()), first))
      return w.result();
    if (!w.exact() && keeps_shape) {
      POME_ASSIGN(const Four x, w.four(w.shape(other)));
      POME_ASSIGN(const Four dims, w.four(padded(c->type().shape(), w.shape(other).rank())));
      if (with_parameters(w, kind, x, dims, c->to_floats(), first)) return w.result();
    }
  }
  if (!w.exact()) return rank5_pair(w, kind);
  POME_ASSIGN(std::string x, w.input("x"));
  POME_ASSIGN(std::string y, w.input("y"));
  set(w.add({std::move(x), std::move(y)}));
  return w.result();
}

/// Comparisons and logic: only in the exact world.
Status exact_pair(LayerWriter& w, void (*set)(Layer&)) {
  if (!w.exact()) return w.unsupported("this function before specification version 4");
  POME_ASSIGN(std::string x, w.input("x"));
  POME_ASSIGN(std::string y, w.input("y"));
  set(w.add({std::move(x), std::move(y)}));
  return w.result();
}

Status select(LayerWriter& w) {
  if (!w.exact()) return w.unsupported("select before specification version 4");
  POME_ASSIGN(std::string cond, w.input("cond"));
  POME_ASSIGN(std::string a, w.input("a"));
  POME_ASSIGN(std::string b, w.input("b"));
  w.add({std::move(cond), std::move(a), std::move(b)}).mutable_wherebroadcastable();
  return w.result();
}

template <auto Set>
Status arithmetic_row(LayerWriter& w) {
  return arithmetic(w, [](Layer& layer) { (layer.*Set)(); });
}
template <auto Set>
Status exact_row(LayerWriter& w) {
  return exact_pair(w, [](Layer& layer) { (layer.*Set)(); });
}

constexpr auto kBinaryRows = std::to_array<OpRow>({
    {"add", arithmetic_row<&Layer::mutable_addbroadcastable>},
    {"sub", arithmetic_row<&Layer::mutable_subtractbroadcastable>},
    {"mul", arithmetic_row<&Layer::mutable_multiplybroadcastable>},
    {"real_div", arithmetic_row<&Layer::mutable_dividebroadcastable>},
    {"maximum", arithmetic_row<&Layer::mutable_maxbroadcastable>},
    {"minimum", arithmetic_row<&Layer::mutable_minbroadcastable>},
    {"pow", arithmetic_row<&Layer::mutable_powbroadcastable>},
    {"floor_div", exact_row<&Layer::mutable_floordivbroadcastable>},
    {"mod", exact_row<&Layer::mutable_modbroadcastable>},
    {"equal", exact_row<&Layer::mutable_equal>},
    {"not_equal", exact_row<&Layer::mutable_notequal>},
    {"less", exact_row<&Layer::mutable_lessthan>},
    {"less_equal", exact_row<&Layer::mutable_lessequal>},
    {"greater", exact_row<&Layer::mutable_greaterthan>},
    {"greater_equal", exact_row<&Layer::mutable_greaterequal>},
    {"logical_and", exact_row<&Layer::mutable_logicaland>},
    {"logical_or", exact_row<&Layer::mutable_logicalor>},
    {"logical_xor", exact_row<&Layer::mutable_logicalxor>},
    {"select", select},
});

}  // namespace

std::span<const OpRow> binary_writers() { return kBinaryRows; }

}  // namespace pome::exporter
