// The JSON of Keras' configurations: parsed under bounds, read with errors that name the key.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pome/result.h"

namespace pome::keras {

using Json = nlohmann::json;

/// Text of more bytes, or nested deeper, is refused before it is parsed.
inline constexpr size_t kMaxJsonBytes = size_t{64} << 20;
inline constexpr int kMaxJsonDepth = 200;

/// Parses `text`. Errors: over the bounds; no JSON (with the byte at which it ends to be).
Result<Json> parse_json(std::string_view text);

/// The member, or null when `object` is no object or has none.
const Json* member(const Json& object, std::string_view key);
/// A member that is a text; `fallback` when there is none.
std::string text_member(const Json& object, std::string_view key, std::string_view fallback = {});
/// A number, also as NumPy scalars are written ({"class_name": "__numpy__", "config": {"value"}}).
std::optional<double> number_of(const Json& value);
/// Up to three lines of JSON for a message.
std::string excerpt(const Json& value);

/// A layer's parameters. The first wrong one sticks in status(), and getters then return what was
/// asked as fallback: so a translator reads all and checks once. Borrows the object.
class Config {
 public:
  explicit Config(const Json& object) : object_(&object) {}

  bool has(std::string_view key) const;  // there and not null
  const Json* raw(std::string_view key) const { return member(*object_, key); }
  double number(std::string_view key, double fallback);
  /// In [low, high].
  int64_t integer(std::string_view key, int64_t fallback, int64_t low, int64_t high);
  bool flag(std::string_view key, bool fallback);
  std::string text(std::string_view key, std::string_view fallback);
  /// One integer for both, or two; each in [low, 2^20].
  std::array<int64_t, 2> pair(std::string_view key, std::array<int64_t, 2> fallback, int64_t low);
  /// An integer or a list of at most 16; each in [low, high].
  std::vector<int64_t> integers(std::string_view key, int64_t low, int64_t high);
  /// [[top, bottom], [left, right]], [h, w] or one integer for all four.
  std::array<int64_t, 4> border(std::string_view key);
  /// A number, or nested lists of numbers, flattened; `dims` receives the shape.
  std::vector<float> numbers(std::string_view key, std::vector<int64_t>& dims);

  /// Records an error about a parameter.
  void fail(std::string_view key, const std::string& expected);
  const Status& status() const { return status_; }

 private:
  const Json* object_;
  Status status_;
};

/// Nested lists of numbers flattened, at most `limit` of them; false when it is anything else.
bool flatten_numbers(const Json& value, std::vector<int64_t>& dims, std::vector<float>& to,
                     size_t limit = size_t{1} << 22);

}  // namespace pome::keras
