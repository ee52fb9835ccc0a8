// A ModelDescription as bytes (base/byte_io.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/byte_io.h"
#include "pome/model_description.h"

namespace pome {

template <typename Io>
void transfer(Io& io, SizeRange& r) {
  io.number(r.lower);
  io.number(r.upper);
}

template <typename Io, typename T, typename F>
void transfer(Io& io, std::optional<T>& v, F&& inner) {
  bool there = v.has_value();
  io.number(there);
  if (!there) return;
  if (!v) v.emplace();
  inner(*v);
}

template <typename Io>
void transfer(Io& io, MultiArrayConstraint& c) {
  const auto extents = [&](std::vector<int64_t>& s) {
    io.list(s, [&](int64_t& d) { io.number(d); });
  };
  io.number(c.data_type);
  extents(c.shape);
  io.list(c.enumerated, extents);
  io.list(c.ranges, [&](SizeRange& r) { transfer(io, r); });
  io.number(c.default_value);
}

template <typename Io>
void transfer(Io& io, ImageConstraint& c) {
  const auto range = [&](SizeRange& r) { transfer(io, r); };
  io.number(c.width);
  io.number(c.height);
  io.number(c.color);
  io.list(c.enumerated, [&](std::pair<int64_t, int64_t>& size) {
    io.number(size.first);
    io.number(size.second);
  });
  transfer(io, c.width_range, range);
  transfer(io, c.height_range, range);
}

template <typename Io>
void transfer(Io& io, FeatureDescription& f) {
  io.text(f.name);
  io.text(f.short_description);
  io.number(f.type);
  io.number(f.optional);
  transfer(io, f.multi_array);
  transfer(io, f.image);
  io.number(f.int64_keys);
  transfer(io, f.sequence_size);
}

template <typename Io>
void transfer(Io& io, std::vector<FeatureDescription>& features) {
  io.list(features, [&](FeatureDescription& f) { transfer(io, f); });
}

template <typename Io>
void transfer(Io& io, ModelMetadata& m) {
  io.text(m.short_description);
  io.text(m.version);
  io.text(m.author);
  io.text(m.license);
  std::vector<std::pair<std::string, std::string>> own(m.user_defined.begin(),
                                                       m.user_defined.end());
  io.list(own, [&](std::pair<std::string, std::string>& entry) {
    io.text(entry.first);
    io.text(entry.second);
  });
  if (Io::kReads) m.user_defined = {own.begin(), own.end()};
}

template <typename Io>
void transfer(Io& io, ClassLabels& labels) {
  bool numbers = std::holds_alternative<std::vector<int64_t>>(labels);
  io.number(numbers);
  if (Io::kReads && numbers) labels.emplace<std::vector<int64_t>>();
  if (numbers)
    io.list(std::get<std::vector<int64_t>>(labels), [&](int64_t& v) { io.number(v); });
  else
    io.list(std::get<std::vector<std::string>>(labels), [&](std::string& t) { io.text(t); });
}

template <typename Io>
void transfer(Io& io, FunctionDescription& f) {
  io.text(f.name);
  transfer(io, f.inputs);
  transfer(io, f.outputs);
  transfer(io, f.states);
  io.text(f.predicted_feature_name);
  io.text(f.predicted_probabilities_name);
}

/// All of a description, in one order for writing and reading.
template <typename Io>
void transfer(Io& io, ModelDescription& d) {
  transfer(io, d.inputs);
  transfer(io, d.outputs);
  io.text(d.predicted_feature_name);
  io.text(d.predicted_probabilities_name);
  transfer(io, d.metadata);
  io.number(d.specification_version);
  io.text(d.model_type);
  transfer(io, d.class_labels, [&](ClassLabels& labels) { transfer(io, labels); });
  transfer(io, d.states);
  io.number(d.updatable);
  transfer(io, d.training_inputs);
  io.list(d.functions, [&](FunctionDescription& f) { transfer(io, f); });
  io.text(d.default_function_name);
}

}  // namespace pome
