// Feature values as goldens write them (tools/goldens/engineering.py says how).
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <string>
#include <vector>

#include "pome/feature_value.h"

namespace pome::testing {

inline double number_of(const nlohmann::json& j) { return j.is_null() ? NAN : j.get<double>(); }

inline MultiArray array_of(std::vector<int64_t> shape, const nlohmann::json& values) {
  MultiArray array = MultiArray::create(MultiArrayDataType::kFloat64, std::move(shape)).value();
  for (size_t i = 0; i < values.size(); ++i)
    array.set(static_cast<int64_t>(i), number_of(values[i]));
  return array;
}

/// The rising tone that the oracle computed with.
inline MultiArray chirp(int64_t samples) {
  MultiArray array = MultiArray::create(MultiArrayDataType::kFloat32, {samples}).value();
  for (int64_t i = 0; i < samples; ++i) {
    const double t = static_cast<double>(i) / 16000;
    array.set(i, 0.5 * std::sin(2 * std::numbers::pi * (200 + 1500 * t) * t) +
                     0.1 * std::sin(2 * std::numbers::pi * 5000 * t));
  }
  return array;
}

inline FeatureValue value_of(const nlohmann::json& j) {
  if (j.is_number() || j.is_null()) return number_of(j);
  if (j.is_string()) return j.get<std::string>();
  if (j.is_array()) return array_of({static_cast<int64_t>(j.size())}, j);
  if (j.contains("int64")) return j["int64"].get<int64_t>();
  if (j.contains("dictionary")) return j["dictionary"].get<StringDictionary>();
  if (j.contains("int64_dictionary")) {
    Int64Dictionary dictionary;
    for (const auto& [key, number] : j["int64_dictionary"].items())
      dictionary[std::stoll(key)] = number.get<double>();
    return dictionary;
  }
  if (j.contains("sequence")) {
    if (j["sequence"][0].is_string()) return j["sequence"].get<std::vector<std::string>>();
    return j["sequence"].get<std::vector<int64_t>>();
  }
  if (j.contains("chirp")) return chirp(j["chirp"].get<int64_t>());
  return array_of(j["shape"].get<std::vector<int64_t>>(), j["values"]);
}

inline FeatureProvider features_of(const nlohmann::json& j) {
  FeatureProvider features;
  for (const auto& [name, value] : j.items()) features.set(name, value_of(value));
  return features;
}

inline void expect_number(double got, double want, double tolerance) {
  if (std::isnan(want)) {
    EXPECT_TRUE(std::isnan(got)) << got;
  } else {
    EXPECT_LE(std::abs(got - want), tolerance * std::max(1.0, std::abs(want)))
        << got << " instead of " << want;
  }
}

template <typename Dictionary>
void expect_dictionary(const Dictionary& got, const Dictionary& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (const auto& [key, number] : want) {
    ASSERT_TRUE(got.contains(key)) << key;
    expect_number(got.at(key), number, tolerance);
  }
}

/// Compares types exactly, and numbers within the tolerance (relative above 1).
inline void expect_feature(const FeatureValue& got, const nlohmann::json& j, double tolerance) {
  const FeatureValue want = value_of(j);
  ASSERT_EQ(to_string(got.type()), to_string(want.type()));
  if (const auto* number = want.get_if<double>()) {
    expect_number(got.number(), *number, tolerance);
  } else if (const auto* text = want.get_if<std::string>()) {
    EXPECT_EQ(got.string(), *text);
  } else if (const auto* whole = want.get_if<int64_t>()) {
    EXPECT_EQ(got.int64(), *whole);
  } else if (const auto* entries = want.get_if<StringDictionary>()) {
    expect_dictionary(got.dictionary(), *entries, tolerance);
  } else if (const auto* numbered = want.get_if<Int64Dictionary>()) {
    expect_dictionary(got.int64_dictionary(), *numbered, tolerance);
  } else if (const auto* texts = want.get_if<std::vector<std::string>>()) {
    EXPECT_EQ(got.string_sequence(), *texts);
  } else if (const auto* list = want.get_if<std::vector<int64_t>>()) {
    EXPECT_EQ(got.int64_sequence(), *list);
  } else {
    const MultiArray& array = got.multi_array();
    const auto shape = j.is_array() ? std::vector<int64_t>{static_cast<int64_t>(j.size())}
                                    : j["shape"].get<std::vector<int64_t>>();
    ASSERT_EQ(array.shape(), shape);
    const nlohmann::json& values = j.is_array() ? j : j["values"];
    const int64_t step = j.is_object() ? j.value("step", 1) : 1;
    for (size_t i = 0; i < values.size(); ++i)
      expect_number(array.at(static_cast<int64_t>(i) * step), number_of(values[i]), tolerance);
  }
}

}  // namespace pome::testing
