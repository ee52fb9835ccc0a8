#include "api/difference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/half.h"

namespace pome::api {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct NumbersOf {
  Numbers out;

  void number(double v) { out.values.push_back(static_cast<float>(v)); }
  void operator()(std::monostate) {}
  void operator()(int64_t v) { number(static_cast<double>(v)); }
  void operator()(double v) { number(v); }
  void operator()(const std::string& v) { out.texts.push_back(v); }
  void operator()(const MultiArray& v) {
    out.shape = v.shape();
    out.values = v.to_floats();
  }
  void operator()(const Image& v) {
    const size_t samples = bytes_per_pixel(v.format());
    const auto pixels = v.pixels();
    const bool half = v.format() == PixelFormat::kGray16F;
    out.shape = {v.height(), v.width(), half ? 1 : static_cast<int64_t>(samples)};
    for (size_t i = 0; i < pixels.size(); i += half ? 2 : 1) {
      const auto low = std::to_integer<uint16_t>(pixels[i]);
      number(half ? half_to_float(
                        static_cast<uint16_t>(low | std::to_integer<uint16_t>(pixels[i + 1]) << 8))
                  : low);
    }
  }
  void operator()(const StringDictionary& v) {
    for (const auto& [key, value] : v) {
      out.texts.push_back(key);
      number(value);
    }
  }
  void operator()(const Int64Dictionary& v) {
    for (const auto& [key, value] : v) {
      out.texts.push_back(std::to_string(key));
      number(value);
    }
  }
  void operator()(const std::vector<std::string>& v) { out.texts = v; }
  void operator()(const std::vector<int64_t>& v) {
    for (const int64_t n : v) number(static_cast<double>(n));
  }
};

template <typename T>
bool visit_as(const FeatureValue& value, NumbersOf& visitor) {
  const T* held = value.get_if<T>();
  if (held != nullptr) visitor(*held);
  return held != nullptr;
}

template <typename... T>
void visit_any(const FeatureValue& value, NumbersOf& visitor) {
  (void)(visit_as<T>(value, visitor) || ...);
}

size_t largest_of(const std::vector<float>& values) {
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i)
    if (values[i] > values[best]) best = i;
  return best;
}

/// |a - b|; infinite where only one of them, or neither in the same way, is finite.
double distance(float a, float b) {
  if (std::isfinite(a) && std::isfinite(b))
    return std::abs(static_cast<double>(a) - static_cast<double>(b));
  const bool same = (std::isnan(a) && std::isnan(b)) || a == b;
  return same ? 0 : kInfinity;
}

std::vector<int64_t> without_ones(const std::vector<int64_t>& shape) {
  std::vector<int64_t> rest;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(rest),
               [](int64_t d) { return d != 1; });
  return rest;
}

}  // namespace

Numbers numbers_of(const FeatureValue& value) {
  NumbersOf visitor;
  visit_any<int64_t, double, std::string, Image, MultiArray, StringDictionary, Int64Dictionary,
            std::vector<std::string>, std::vector<int64_t>>(value, visitor);
  return std::move(visitor.out);
}

bool same_extents(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  return without_ones(a) == without_ones(b);
}

ValueDifference difference(const std::string& name, const Numbers& value, const Numbers& reference,
                           double tolerance) {
  ValueDifference d;
  d.name = name;
  d.shape = value.shape;
  if (value.texts != reference.texts || value.values.size() != reference.values.size() ||
      !same_extents(value.shape, reference.shape)) {
    d.max_absolute = d.max_relative =
        value.values.empty() && reference.values.empty() ? 0 : kInfinity;
    d.psnr = -kInfinity;
    d.argmax_agrees = d.within = false;
    return d;
  }
  double peak = 0;
  double squares = 0;
  for (size_t i = 0; i < value.values.size(); ++i) {
    const double apart = distance(value.values[i], reference.values[i]);
    d.max_absolute = std::max(d.max_absolute, apart);
    squares += apart * apart;
    d.not_finite += !std::isfinite(value.values[i]) && !std::isfinite(reference.values[i]);
    if (std::isfinite(reference.values[i]))
      peak = std::max(peak, std::abs(static_cast<double>(reference.values[i])));
  }
  if (d.max_absolute > 0) d.max_relative = peak > 0 ? d.max_absolute / peak : kInfinity;
  const double mean = value.values.empty() ? 0 : squares / static_cast<double>(value.values.size());
  d.psnr = mean > 0 ? 10 * std::log10(peak * peak / mean) : kInfinity;
  if (!value.values.empty())
    d.argmax_agrees = largest_of(value.values) == largest_of(reference.values);
  d.within = d.max_relative <= tolerance;
  return d;
}

ValueRange range_of(const std::string& name, const std::vector<float>& values) {
  ValueRange range;
  range.name = name;
  bool any = false;
  for (const float v : values) {
    if (!std::isfinite(v)) {
      ++range.not_finite;
      continue;
    }
    range.min = any ? std::min<double>(range.min, v) : v;
    range.max = any ? std::max<double>(range.max, v) : v;
    any = true;
  }
  return range;
}

}  // namespace pome::api
