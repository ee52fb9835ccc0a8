#include "passes/constants.h"

#include <algorithm>
#include <cmath>

#include "base/aligned_buffer.h"
#include "ops/args.h"

namespace pome::passes {
namespace {

bool is_float_tensor(const ir::Literal* c) {
  return c != nullptr && c->type().is_tensor() && ir::is_float(c->type().dtype());
}

bool finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

Affine finished(Affine a) {
  a.scales = std::any_of(a.scale.begin(), a.scale.end(), [](double v) { return v != 1; });
  a.shifts = std::any_of(a.shift.begin(), a.shift.end(), [](double v) { return v != 0; });
  return a;
}

/// A parameter of batch_norm, per channel; `fallback` everywhere when it is not bound.
std::optional<std::vector<double>> statistic(const ir::Op& op, std::string_view param,
                                             int64_t channels, double fallback) {
  const auto n = static_cast<size_t>(channels);
  if (op.argument(param) == nullptr) return std::vector<double>(n, fallback);
  const ir::Literal* c = op.constant(param);
  if (!is_float_tensor(c) || c->size() != channels) return std::nullopt;
  return to_reals(*c);
}

std::optional<Affine> batch_norm(const ops::OpDef& def, const ir::Op& op, int axis) {
  ir::Value* x = op.input("x");
  if (x == nullptr || axis != 1 || x->shape().rank() < 2 || x->shape()[1] < 0) return std::nullopt;
  const int64_t channels = x->shape()[1];
  const auto mean = statistic(op, "mean", channels, 0);
  const auto variance = statistic(op, "variance", channels, 1);
  const auto gamma = statistic(op, "gamma", channels, 1);
  const auto beta = statistic(op, "beta", channels, 0);
  const auto args = ops::resolve(def, op);
  const int epsilon_param = def.param("epsilon");
  if (!mean || !variance || !gamma || !beta || !args.ok() || epsilon_param < 0 ||
      !args->has(epsilon_param)) {
    return std::nullopt;
  }
  const double epsilon = args->real(epsilon_param);
  Affine a{x, 1, {}, {}};
  for (size_t c = 0; c < mean->size(); ++c) {
    const double scale = (*gamma)[c] / std::sqrt((*variance)[c] + epsilon);
    a.scale.push_back(scale);
    a.shift.push_back((*beta)[c] - (*mean)[c] * scale);
  }
  return a;
}

/// mul, add, sub and real_div of a value and a constant.
std::optional<Affine> binary(const ir::Op& op, int axis) {
  ir::Value* x = op.input("x");
  const ir::Literal* c = op.constant("y");
  const bool swapped = x == nullptr || x->literal() != nullptr;
  if (swapped) {
    x = op.input("y");
    c = op.constant("x");
  }
  const bool sub = op.kind() == "sub";
  const bool div = op.kind() == "real_div";
  if (x == nullptr || x->literal() != nullptr || (swapped && div)) return std::nullopt;
  const ir::Type& out = op.output()->type();
  if (!(out == x->type()) || !ir::is_float(out.dtype()) || axis < 0 || axis >= out.shape().rank())
    return std::nullopt;
  auto values = along_axis(c, out.shape(), axis);
  if (!values) return std::nullopt;
  const std::vector<double> ones(values->size(), sub && swapped ? -1 : 1);
  if (op.kind() == "mul" || div) {
    if (div)
      std::transform(values->begin(), values->end(), values->begin(),
                     [](double v) { return 1 / v; });
    return Affine{x, axis, std::move(*values), std::vector<double>(ones.size(), 0)};
  }
  if (sub && !swapped)
    std::transform(values->begin(), values->end(), values->begin(), std::negate());
  return Affine{x, axis, ones, std::move(*values)};
}

}  // namespace

std::optional<double> scalar(const ir::Literal* c) {
  if (c == nullptr || !c->type().is_tensor() || c->type().dtype() == ir::DType::kString ||
      c->size() != 1) {
    return std::nullopt;
  }
  return c->real();
}

std::optional<double> uniform(const ir::Literal* c) {
  if (!is_float_tensor(c) || c->size() == 0) return std::nullopt;
  const double first = c->real(0);
  for (int64_t i = 1; i < c->size(); ++i)
    if (c->real(i) != first) return std::nullopt;
  return first;
}

std::optional<std::vector<double>> along_axis(const ir::Literal* c, const Shape& out, int axis) {
  if (!is_float_tensor(c) || out[axis] < 0) return std::nullopt;
  const Shape& shape = c->type().shape();
  if (shape.rank() > out.rank()) return std::nullopt;
  for (int i = 0; i < shape.rank(); ++i) {
    const bool is_axis = i + out.rank() - shape.rank() == axis;
    if (shape[i] != 1 && !(is_axis && shape[i] == out[axis])) return std::nullopt;
  }
  std::vector<double> values = to_reals(*c);
  if (values.size() == 1) values.assign(static_cast<size_t>(out[axis]), values[0]);
  return values;
}

ir::LiteralPtr from_reals(const ir::Type& type, std::span<const double> values) {
  const auto bytes =
      static_cast<size_t>(ir::storage_bytes(type.dtype(), static_cast<int64_t>(values.size())));
  auto buffer = AlignedBuffer::allocate(bytes);
  if (!buffer.ok()) return nullptr;
  if (type.dtype() == ir::DType::kFp32) {
    std::transform(values.begin(), values.end(), buffer->as<float>(),
                   [](double v) { return static_cast<float>(v); });
  } else {
    for (size_t i = 0; i < values.size(); ++i)
      ir::store_real(type.dtype(), buffer->data(), static_cast<int64_t>(i), values[i]);
  }
  return ir::Literal::own(type, *std::move(buffer));
}

std::vector<double> to_reals(const ir::Literal& c) {
  const std::vector<float> floats = c.to_floats();
  return {floats.begin(), floats.end()};
}

std::optional<Affine> as_affine(const ops::OpDef* def, const ir::Op& op, int axis) {
  if (def == nullptr || op.outputs().size() != 1 || !op.output()->type().is_tensor())
    return std::nullopt;
  if (axis < 0) axis += op.output()->shape().rank();
  std::optional<Affine> a;
  if (op.kind() == "batch_norm") {
    a = batch_norm(*def, op, axis);
  } else if (op.kind() == "mul" || op.kind() == "add" || op.kind() == "sub" ||
             op.kind() == "real_div") {
    a = binary(op, axis);
  }
  if (!a || !finite(a->scale) || !finite(a->shift)) return std::nullopt;
  return finished(std::move(*a));
}

}  // namespace pome::passes
