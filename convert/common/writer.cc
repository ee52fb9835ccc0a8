#include "convert/common/writer.h"

namespace pome::translate {
namespace {

/// [N,C,H,W] and [N,H,W,C] have their elements in the same order.
bool same_order(int64_t c, int64_t h, int64_t w) { return c == 1 || (h == 1 && w == 1); }

}  // namespace

Tensor Writer::each(std::string_view kind, const Tensor& x,
                    std::initializer_list<std::pair<std::string_view, ops::Arg>> more) {
  std::vector<std::pair<std::string, ops::Arg>> args = {{"x", x.value}};
  for (const auto& [name, arg] : more) args.emplace_back(std::string(name), arg);
  return {builder_.add(kind, name_, args), x.layout, x.flat};
}

Shape Writer::shape(const Tensor& t) {
  if (t.value == nullptr) return {};
  const Shape& s = t.value->shape();
  if (t.layout != Layout::kChannelsFirst) return s;
  return {s[0], s[2], s[3], s[1]};
}

int Writer::place_of(const Tensor& t, int axis) {
  static constexpr int kPlaces[] = {0, 2, 3, 1};
  return t.layout == Layout::kChannelsFirst ? kPlaces[axis] : axis;
}

ir::Value* Writer::reshape_value(ir::Value* x, const Shape& target) {
  if (x == nullptr || x->shape() == target) return x;
  return op("reshape", {{"x", x}, {"shape", ops::Arg::ints(target)}});
}

ir::Value* Writer::remember(ir::Value* from, Layout to, ir::Value* result) {
  if (result != nullptr) moved_[{from, to}] = result;
  return result;
}

Tensor Writer::plain(const Tensor& t) {
  if (t.value == nullptr || t.layout == Layout::kPlain) return t;
  if (const auto known = moved_.find({t.value, Layout::kPlain}); known != moved_.end())
    return {known->second, Layout::kPlain, {}};
  ir::Value* x = t.value;
  const Shape& s = x->shape();
  ir::Value* result = nullptr;
  if (t.layout == Layout::kFlat) {
    result = x;
    if (!same_order(t.flat[0], t.flat[1], t.flat[2])) {
      const Shape image = {s[0], t.flat[0], t.flat[1], t.flat[2]};
      ir::Value* moved =
          op("transpose", {{"x", reshape_value(x, image)}, {"perm", ops::Arg::ints({0, 2, 3, 1})}});
      result = reshape_value(moved, {s[0], s[1]});
    }
  } else if (same_order(s[1], s[2], s[3])) {
    result = reshape_value(x, shape(t));
  } else {
    result = op("transpose", {{"x", x}, {"perm", ops::Arg::ints({0, 2, 3, 1})}});
  }
  return {remember(x, Layout::kPlain, result), Layout::kPlain, {}};
}

Tensor Writer::channels_first(const Tensor& t) {
  if (t.value == nullptr || t.layout == Layout::kChannelsFirst) return t;
  ir::Value* x = t.value;
  if (const auto known = moved_.find({x, Layout::kChannelsFirst}); known != moved_.end())
    return {known->second, Layout::kChannelsFirst, {}};
  const Shape& s = x->shape();
  ir::Value* result = same_order(s[3], s[1], s[2])
                          ? reshape_value(x, {s[0], s[3], s[1], s[2]})
                          : op("transpose", {{"x", x}, {"perm", ops::Arg::ints({0, 3, 1, 2})}});
  return {remember(x, Layout::kChannelsFirst, result), Layout::kChannelsFirst, {}};
}

void Writer::unify(std::vector<Tensor>& tensors) {
  bool all_flat = true;
  bool any_first = false;
  for (const Tensor& t : tensors) {
    all_flat = all_flat && t.layout == Layout::kFlat && t.flat == tensors[0].flat;
    any_first = any_first || t.layout == Layout::kChannelsFirst;
  }
  if (all_flat) return;
  for (Tensor& t : tensors) t = any_first ? channels_first(not_flat(t)) : plain(t);
}

Tensor Writer::reshape(const Tensor& t, const Shape& target) {
  const Tensor x = plain(t);
  return {reshape_value(x.value, target), Layout::kPlain, {}};
}

Tensor Writer::transpose(const Tensor& t, const std::vector<int64_t>& perm) {
  const Tensor x = plain(t);
  return {op("transpose", {{"x", x.value}, {"perm", ops::Arg::ints(perm)}}), Layout::kPlain, {}};
}

Tensor Writer::binary(std::string_view kind, const Tensor& x, const Tensor& y) {
  if (!ok()) return {};
  std::vector<Tensor> both = {x, y};
  const int rank = std::max(shape(x).rank(), shape(y).rank());
  for (Tensor& t : both) {
    Shape s = shape(t);
    if (s.rank() == rank) continue;
    while (s.rank() < rank) s.insert(0, 1);
    t = reshape(t, s);
  }
  unify(both);
  return {op(kind, {{"x", both[0].value}, {"y", both[1].value}}), both[0].layout, both[0].flat};
}

Tensor Writer::binary(std::string_view kind, const Tensor& x, double y) {
  return {op(kind, {{"x", x.value}, {"y", y}}), x.layout, x.flat};
}

Tensor Writer::binary(std::string_view kind, double x, const Tensor& y) {
  return {op(kind, {{"x", x}, {"y", y.value}}), y.layout, y.flat};
}

ir::Value* Writer::beside(const Array& array, Tensor& x) {
  x = not_flat(x);
  const int rank = shape(x).rank();
  if (array.rank() > rank) x = plain(x);
  std::vector<int64_t> dims = array.dims();
  while (static_cast<int>(dims.size()) < rank) dims.insert(dims.begin(), 1);
  Array placed = array.reshaped(dims);
  if (x.layout == Layout::kChannelsFirst) {
    Result<Array> moved = placed.transposed({0, 3, 1, 2});
    if (!moved.ok()) {
      builder_.fail(std::move(moved).error());
      return nullptr;
    }
    placed = *std::move(moved);
  }
  return constant(placed, "operand");
}

Tensor Writer::binary(std::string_view kind, const Tensor& x, const Array& y) {
  if (!ok()) return {};
  if (y.size() == 1) return binary(kind, x, static_cast<double>(y.values()[0]));
  Tensor at = x;
  ir::Value* other = beside(y, at);
  return {op(kind, {{"x", at.value}, {"y", other}}), at.layout, {}};
}

Tensor Writer::binary(std::string_view kind, const Array& x, const Tensor& y) {
  if (!ok()) return {};
  if (x.size() == 1) return binary(kind, static_cast<double>(x.values()[0]), y);
  Tensor at = y;
  ir::Value* other = beside(x, at);
  return {op(kind, {{"x", other}, {"y", at.value}}), at.layout, {}};
}

ir::Value* Writer::constant(const Array& array, std::string_view role) {
  std::vector<int64_t> dims = array.dims();
  const ir::Type type = ir::Type::tensor(ir::DType::kFp32, Shape(std::span<const int64_t>(dims)));
  ir::LiteralPtr literal = ir::Literal::view(type, std::as_bytes(array.values()), array.owner());
  return builder_.constant(std::move(literal), name_ + "_" + std::string(role));
}

Result<ir::Value*> Writer::constant(const std::vector<float>& values, std::vector<int64_t> dims,
                                    std::string_view role) {
  Result<Array> array = Array::from(std::move(dims), values);
  if (!array.ok()) return std::move(array).error();
  return constant(*array, role);
}

}  // namespace pome::translate
