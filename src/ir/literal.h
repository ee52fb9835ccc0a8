// Constant values.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/aligned_buffer.h"
#include "ir/type.h"

namespace pome::ir {

class Literal;
using LiteralPtr = std::shared_ptr<const Literal>;

/// Where a constant's bytes lie in a weight file, as the model writes it; kept so that text and
/// files come back unchanged.
struct BlobReference {
  std::string path;     // "@model_path/weights/weight.bin"
  uint64_t offset = 0;  // of the metadata record
};

/// An object behind a constant: something that no file can hold, such as the caller's code.
class HostObject {
 public:
  virtual ~HostObject() = default;
};

/// An immutable constant of any Type. Numeric tensors are dense, row-major, little-endian, in the
/// storage of their dtype; the bytes are owned here or kept alive by an owner (a mapped weight
/// file, a parsed model), and are not necessarily aligned to their element size. Share through
/// LiteralPtr; may be read from many threads.
class Literal {
 public:
  /// A tensor over bytes that `owner` keeps alive. Requires a numeric or bool dtype, a known shape
  /// and bytes.size() == storage_bytes(dtype, elements): importers check that first.
  static LiteralPtr view(Type type, std::span<const std::byte> bytes,
                         std::shared_ptr<const void> owner,
                         std::optional<BlobReference> blob = std::nullopt);
  /// A tensor that owns its bytes.
  static LiteralPtr own(Type type, AlignedBuffer bytes);
  /// `values`, fp32: the same numbers as `stored`, an fp16 tensor that the model holds. They are
  /// not compared.
  static LiteralPtr widened(AlignedBuffer values, LiteralPtr stored);
  /// A tensor with a copy of the bytes.
  static LiteralPtr copy(Type type, std::span<const std::byte> bytes);
  template <typename T>
  static LiteralPtr copy(Type type, std::span<const T> values) {
    return copy(std::move(type), std::as_bytes(values));
  }

  static LiteralPtr boolean(bool value);
  static LiteralPtr int32(int32_t value);
  static LiteralPtr fp32(float value);
  static LiteralPtr string(std::string value);
  /// Rank-1 tensors.
  static LiteralPtr ints(std::span<const int64_t> values);  // int32 each
  static LiteralPtr floats(std::span<const float> values);
  /// A scalar string with an object behind it. Text and files hold the string alone.
  static LiteralPtr object(std::string name, std::shared_ptr<const HostObject> object);
  /// A tensor of strings, row-major.
  static LiteralPtr strings(Type type, std::vector<std::string> values);
  /// list, tuple: the members; dict: key, value, key, value, ...
  static LiteralPtr aggregate(Type type, std::vector<LiteralPtr> members);

  const Type& type() const { return type_; }
  /// The dense bytes of a numeric or bool tensor; empty for strings and aggregates.
  std::span<const std::byte> bytes() const { return bytes_; }
  const std::vector<std::string>& strings() const { return strings_; }
  const std::vector<LiteralPtr>& members() const { return members_; }
  const std::optional<BlobReference>& blob() const { return blob_; }
  /// The same numbers as the model stores them, fp16; null where it stores these. For who packs
  /// them.
  const LiteralPtr& stored() const { return stored_; }
  /// Null for most.
  const HostObject* object() const { return object_.get(); }

  /// Number of elements of a tensor, members of an aggregate.
  int64_t size() const;
  /// Element i of a numeric or bool tensor as double (exact up to 2^53) or int64 (floats truncate).
  /// Requires 0 <= i < size().
  double real(int64_t i = 0) const;
  int64_t integer(int64_t i = 0) const;
  /// A scalar (or first) string. Requires a string tensor that is not empty.
  std::string_view text() const { return strings_.front(); }
  /// All elements, converted. Requires a numeric or bool tensor.
  std::vector<int64_t> to_ints() const;
  std::vector<float> to_floats() const;

  /// Same type and same content, bit for bit (NaN equals the same NaN), and the same object.
  static bool equal(const Literal& a, const Literal& b);

 private:
  Literal() = default;
  Type type_;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
  std::vector<std::string> strings_;
  std::vector<LiteralPtr> members_;
  std::optional<BlobReference> blob_;
  std::shared_ptr<const HostObject> object_;
  LiteralPtr stored_;
};

/// Element i of packed storage, as double or int64; the one place that knows how each dtype is
/// stored.
double load_real(DType dtype, const std::byte* data, int64_t i);
int64_t load_integer(DType dtype, const std::byte* data, int64_t i);
/// Stores a value rounded to the dtype: floats to nearest even, integers truncated toward zero and
/// clamped to the range, bool is value != 0.
void store_real(DType dtype, std::byte* data, int64_t i, double value);
void store_integer(DType dtype, std::byte* data, int64_t i, int64_t value);

}  // namespace pome::ir
