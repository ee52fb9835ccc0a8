#include "import/neuralnetwork/weights.h"

#include <cmath>
#include <string>

#include "base/aligned_buffer.h"
#include "base/half.h"
#include "base/try.h"
#include "format/proto/neural_network.pb.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;

Error wrong_count(std::string_view what, int64_t found, std::string_view unit, const Shape& shape,
                  int64_t needed) {
  return Error(ErrorCode::kInvalidModel, std::string(what) + " has " + std::to_string(found) + " " +
                                             std::string(unit) + ", shape " + shape.to_string() +
                                             " needs " + std::to_string(needed));
}

/// Element i of a stream of `bits`-wide numbers, the first in the highest bits of byte 0. Requires
/// 1 <= bits <= 8.
unsigned unpack(const std::string& bytes, int64_t i, int bits) {
  const int64_t first = i * bits;
  const auto byte = static_cast<size_t>(first / 8);
  unsigned window = static_cast<unsigned char>(bytes[byte]) << 8;
  if (byte + 1 < bytes.size()) window |= static_cast<unsigned char>(bytes[byte + 1]);
  return (window >> (16 - bits - static_cast<int>(first % 8))) & ((1u << bits) - 1);
}

/// Gives the linear quantization of element i: one scale for all, or one per channel.
class LinearScale {
 public:
  static Result<LinearScale> create(const spec::LinearQuantizationParams& q, const Shape& shape,
                                    int axis, std::string_view what) {
    const int64_t channels = axis < shape.rank() ? shape[axis] : 1;
    for (const auto& [list, name] : {std::pair{&q.scale(), "scales"}, {&q.bias(), "biases"}}) {
      const bool may_be_empty = list == &q.bias();
      if (list->size() == 1 || list->size() == channels || (may_be_empty && list->empty()))
        continue;
      return Error(ErrorCode::kInvalidModel,
                   std::string(what) + " is quantized with " + std::to_string(list->size()) + " " +
                       name + ", one or " + std::to_string(channels) + " (output channels) belong");
    }
    int64_t inner = 1;
    for (int d = axis + 1; d < shape.rank(); ++d) inner *= shape[d];
    return LinearScale(q, inner, channels);
  }
  float value(int64_t i, float q) const {
    const auto channel = static_cast<int>(i / inner_ % channels_);
    const float scale = q_->scale(q_->scale_size() == 1 ? 0 : channel);
    const float bias = q_->bias_size() == 0 ? 0.f : q_->bias(q_->bias_size() == 1 ? 0 : channel);
    return q * scale + bias;
  }

 private:
  LinearScale(const spec::LinearQuantizationParams& q, int64_t inner, int64_t channels)
      : q_(&q), inner_(inner), channels_(channels) {}
  const spec::LinearQuantizationParams* q_;
  int64_t inner_;
  int64_t channels_;
};

Status dequantize(const spec::WeightParams& w, const Shape& shape, std::string_view what, int axis,
                  std::span<float> out) {
  const auto n = static_cast<int64_t>(out.size());
  const spec::QuantizationParams& q = w.quantization();
  if (!w.int8rawvalue().empty()) {
    const std::string& bytes = w.int8rawvalue();
    if (static_cast<int64_t>(bytes.size()) != n)
      return wrong_count(what, static_cast<int64_t>(bytes.size()), "int8 values", shape, n);
    POME_ASSIGN(const auto scale, LinearScale::create(q.linearquantization(), shape, axis, what));
    for (int64_t i = 0; i < n; ++i)
      out[static_cast<size_t>(i)] = scale.value(
          i, static_cast<float>(static_cast<signed char>(bytes[static_cast<size_t>(i)])));
    return {};
  }
  const std::string& bytes = w.rawvalue();
  if (q.numberofbits() < 1 || q.numberofbits() > 8)
    return Error(ErrorCode::kInvalidModel, std::string(what) + " is quantized to " +
                                               std::to_string(q.numberofbits()) +
                                               " bits, 1 to 8 are allowed");
  const int bits = static_cast<int>(q.numberofbits());
  // n is at most 2^62 here, but n * bits could pass 2^63.
  const int64_t needed = n / 8 * bits + (n % 8 * bits + 7) / 8;
  if (static_cast<int64_t>(bytes.size()) != needed)
    return wrong_count(what, static_cast<int64_t>(bytes.size()),
                       "bytes of " + std::to_string(bits) + " bits a value", shape, needed);
  if (q.has_lookuptablequantization()) {
    const auto& table = q.lookuptablequantization().floatvalue();
    if (table.size() != 1 << bits)
      return Error(ErrorCode::kInvalidModel, std::string(what) + " has a look-up table of " +
                                                 std::to_string(table.size()) + " values, " +
                                                 std::to_string(bits) + " bits need " +
                                                 std::to_string(1 << bits));
    for (int64_t i = 0; i < n; ++i)
      out[static_cast<size_t>(i)] = table.Get(static_cast<int>(unpack(bytes, i, bits)));
    return {};
  }
  POME_ASSIGN(const auto scale, LinearScale::create(q.linearquantization(), shape, axis, what));
  for (int64_t i = 0; i < n; ++i)
    out[static_cast<size_t>(i)] = scale.value(i, static_cast<float>(unpack(bytes, i, bits)));
  return {};
}

/// Bytes or values that are there, to be compared before anything is allocated.
Status check_form(const spec::WeightParams& w, std::string_view what) {
  const int forms = !w.floatvalue().empty() + !w.float16value().empty() + !w.rawvalue().empty() +
                    !w.int8rawvalue().empty();
  if (forms <= 1) return {};
  return Error(ErrorCode::kInvalidModel,
               std::string(what) + " is given in " + std::to_string(forms) +
                   " forms (floatValue, float16Value, rawValue, int8RawValue), one is allowed");
}

/// Upper bound of the elements the message can hold, so that a huge shape costs nothing.
int64_t capacity(const spec::WeightParams& w) {
  return static_cast<int64_t>(w.float16value().size() / 2 + w.rawvalue().size() * 8 +
                              w.int8rawvalue().size());
}

}  // namespace

bool no_weights(const spec::WeightParams& w) {
  return w.floatvalue().empty() && w.float16value().empty() && w.rawvalue().empty() &&
         w.int8rawvalue().empty();
}

Result<ir::LiteralPtr> decode_weights(const spec::WeightParams& w, const Shape& shape,
                                      std::string_view what,
                                      const std::shared_ptr<const void>& owner, int channel_axis) {
  POME_TRY(check_form(w, what));
  const auto elements = shape.checked_elements();
  if (!elements || *elements > (int64_t{1} << 60))
    return Error(ErrorCode::kInvalidModel,
                 std::string(what) + " has shape " + shape.to_string() + ", which is too large");
  const int64_t n = *elements;
  const ir::Type type = ir::Type::tensor(ir::DType::kFp32, shape);
  const bool is_float =
      w.float16value().empty() && w.rawvalue().empty() && w.int8rawvalue().empty();
  if (is_float) {
    if (w.floatvalue_size() != n) return wrong_count(what, w.floatvalue_size(), "values", shape, n);
    const std::span values(w.floatvalue().data(), static_cast<size_t>(n));
    if (owner == nullptr) return ir::Literal::copy<float>(type, values);
    return ir::Literal::view(type, std::as_bytes(values), owner);
  }
  if (!w.float16value().empty() && static_cast<int64_t>(w.float16value().size()) != 2 * n)
    return wrong_count(what, static_cast<int64_t>(w.float16value().size()), "bytes of halves",
                       shape, 2 * n);
  if (n > capacity(w)) return wrong_count(what, capacity(w), "values at most", shape, n);
  POME_ASSIGN(AlignedBuffer buffer,
              AlignedBuffer::allocate(static_cast<size_t>(n) * sizeof(float)));
  const std::span<float> out(buffer.as<float>(), static_cast<size_t>(n));
  if (!w.float16value().empty()) {
    const auto halves = std::as_bytes(std::span(w.float16value()));
    halves_to_floats(halves.data(), out.size(), out.data());
    if (owner != nullptr) {
      return ir::Literal::widened(
          std::move(buffer),
          ir::Literal::view(ir::Type::tensor(ir::DType::kFp16, shape), halves, owner));
    }
  } else {
    POME_TRY(dequantize(w, shape, what, channel_axis, out));
  }
  return ir::Literal::own(type, std::move(buffer));
}

}  // namespace pome::import
