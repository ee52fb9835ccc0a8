// Named values in and out of a prediction.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "pome/image.h"
#include "pome/model_description.h"
#include "pome/multi_array.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// Probabilities or counts by text or by number.
using StringDictionary = std::map<std::string, double, std::less<>>;
using Int64Dictionary = std::map<int64_t, double>;

/// One value of one of Core ML's feature types. A plain value; arrays and pictures are shared, not
/// copied.
///
/// The accessors throw pome::Exception (kTypeMismatch, naming both types) when the value is of
/// another type; test type() first, or use get_if<T>().
class FeatureValue {
 public:
  /// No value: type() is kInvalid.
  FeatureValue() = default;
  FeatureValue(int64_t v) : data_(v) {}                              // NOLINT: implicit by design
  FeatureValue(int v) : data_(static_cast<int64_t>(v)) {}            // NOLINT
  FeatureValue(double v) : data_(v) {}                               // NOLINT
  FeatureValue(std::string v) : data_(std::move(v)) {}               // NOLINT
  FeatureValue(const char* v) : data_(std::string(v)) {}             // NOLINT
  FeatureValue(Image v) : data_(std::move(v)) {}                     // NOLINT
  FeatureValue(MultiArray v) : data_(std::move(v)) {}                // NOLINT
  FeatureValue(StringDictionary v) : data_(std::move(v)) {}          // NOLINT
  FeatureValue(Int64Dictionary v) : data_(std::move(v)) {}           // NOLINT
  FeatureValue(std::vector<std::string> v) : data_(std::move(v)) {}  // NOLINT
  FeatureValue(std::vector<int64_t> v) : data_(std::move(v)) {}      // NOLINT

  /// What it holds.
  FeatureType type() const;
  bool defined() const { return type() != FeatureType::kInvalid; }

  int64_t int64() const;
  double number() const;
  const std::string& string() const;
  const Image& image() const;
  const MultiArray& multi_array() const;
  /// A dictionary with text keys.
  const StringDictionary& dictionary() const;
  const Int64Dictionary& int64_dictionary() const;
  const std::vector<std::string>& string_sequence() const;
  const std::vector<int64_t>& int64_sequence() const;

  /// Null unless the value is a T (int64_t, double, std::string, Image, MultiArray, a dictionary or
  /// sequence type).
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(&data_);
  }

 private:
  std::variant<std::monostate, int64_t, double, std::string, Image, MultiArray, StringDictionary,
               Int64Dictionary, std::vector<std::string>, std::vector<int64_t>>
      data_;
};

/// Feature values by name, in the order they were added. A plain value.
///
/// Example: `FeatureProvider inputs = {{"image", photo}, {"threshold", 0.5}};`
class FeatureProvider {
 public:
  using Entry = std::pair<std::string, FeatureValue>;
  FeatureProvider() = default;
  FeatureProvider(std::initializer_list<Entry> entries) : entries_(entries) {}
  /// Takes entries whose names differ; nothing is compared.
  explicit FeatureProvider(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  /// Null when there is none of that name.
  const FeatureValue* find(std::string_view name) const;
  /// Throws pome::Exception (kUnknownName, with the names there are) when there is none.
  const FeatureValue& operator[](std::string_view name) const;
  /// Adds, or replaces the value of that name.
  void set(std::string name, FeatureValue value);

  /// The names and values, moved out: their arrays are then shared with nobody here.
  std::vector<Entry> take() && { return std::move(entries_); }

  /// Names and values in the order they were added.
  const std::vector<Entry>& entries() const { return entries_; }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  size_t size() const { return entries_.size(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace pome

#pragma GCC visibility pop
