#include "apps/server/view.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "apps/server/boxes.h"

namespace pome::app {
namespace {

// What is sent of long things.
constexpr size_t kMaxLabels = 10;
constexpr size_t kMaxBoxes = 100;
constexpr size_t kMaxEntries = 20;
constexpr int64_t kMaxNumbers = 16;
constexpr int64_t kMaxLargest = 5;

const std::pair<CropAndScale, const char*> kCropNames[] = {
    {CropAndScale::kCenterCrop, "centerCrop"},
    {CropAndScale::kScaleFit, "scaleFit"},
    {CropAndScale::kScaleFill, "scaleFill"}};

/// JSON has no word for what is not finite; the page writes these as they are.
Json number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
  return value;
}

std::string key_text(const std::string& key) { return key; }
std::string key_text(int64_t key) { return std::to_string(key); }

/// Label and number, the largest first; NaN last.
template <typename Map>
std::vector<std::pair<std::string, double>> sorted(const Map& map) {
  std::vector<std::pair<std::string, double>> entries;
  for (const auto& [key, value] : map) entries.emplace_back(key_text(key), value);
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.second > b.second || (std::isnan(b.second) && !std::isnan(a.second));
  });
  return entries;
}

std::vector<std::pair<std::string, double>> sorted(const FeatureValue& value) {
  if (const auto* map = value.get_if<StringDictionary>()) return sorted(*map);
  if (const auto* map = value.get_if<Int64Dictionary>()) return sorted(*map);
  return {};
}

Json entries_json(const std::vector<std::pair<std::string, double>>& entries, size_t most) {
  Json list = Json::array();
  for (size_t i = 0; i < entries.size() && i < most; ++i)
    list.push_back({{"label", entries[i].first}, {"value", number(entries[i].second)}});
  return list;
}

std::string scalar_text(const FeatureValue& value) {
  if (const auto* v = value.get_if<std::string>()) return *v;
  if (const auto* v = value.get_if<int64_t>()) return std::to_string(*v);
  return {};
}

/// A classifier's label and its probabilities as one answer.
Json labels_json(const Answer& answer, const ModelDescription& d) {
  const FeatureValue* label = answer.outputs.find(d.predicted_feature_name);
  const FeatureValue* probabilities = answer.outputs.find(d.predicted_probabilities_name);
  const auto entries = probabilities != nullptr ? sorted(*probabilities)
                                                : std::vector<std::pair<std::string, double>>();
  const bool shares = std::all_of(entries.begin(), entries.end(), [](const auto& entry) {
    return entry.second >= 0 && entry.second <= 1.0001;
  });
  Json j = {{"kind", "labels"}, {"name", d.predicted_feature_name}};
  j["label"] = label != nullptr ? scalar_text(*label) : entries.empty() ? "" : entries[0].first;
  j["probabilities"] = shares;
  j["entries"] = entries_json(entries, kMaxLabels);
  j["total"] = entries.size();
  return j;
}

Json boxes_json(const std::vector<Box>& boxes) {
  Json list = Json::array();
  for (size_t i = 0; i < boxes.size() && i < kMaxBoxes; ++i) {
    const Box& b = boxes[i];
    list.push_back({{"label", b.label},
                    {"confidence", number(b.confidence)},
                    {"x", b.x},
                    {"y", b.y},
                    {"width", b.width},
                    {"height", b.height}});
  }
  return {{"kind", "boxes"}, {"name", "boxes"}, {"boxes", list}, {"total", boxes.size()}};
}

/// Where all but one axis are 1, the places of the largest numbers say something.
bool is_row(const MultiArray& array) {
  return std::count_if(array.shape().begin(), array.shape().end(),
                       [](int64_t n) { return n != 1; }) <= 1;
}

Json largest_json(const MultiArray& array) {
  std::vector<int64_t> order;
  for (int64_t i = 0; i < array.size(); ++i)
    if (!std::isnan(array.at(i))) order.push_back(i);
  const auto most = std::min<std::ptrdiff_t>(kMaxLargest, std::ssize(order));
  std::partial_sort(order.begin(), order.begin() + most, order.end(), [&](int64_t a, int64_t b) {
    return array.at(a) > array.at(b) || (array.at(a) == array.at(b) && a < b);
  });
  Json list = Json::array();
  for (std::ptrdiff_t i = 0; i < most; ++i) {
    const int64_t place = order[static_cast<size_t>(i)];
    list.push_back({{"index", place}, {"value", number(array.at(place))}});
  }
  return list;
}

Json array_json(const MultiArray& array) {
  double least = INFINITY, most = -INFINITY, sum = 0;
  int64_t nans = 0;
  Json first = Json::array();
  for (int64_t i = 0; i < array.size(); ++i) {
    const double v = array.at(i);
    if (i < kMaxNumbers) first.push_back(number(v));
    if (std::isnan(v)) {
      ++nans;
      continue;
    }
    least = std::min(least, v);
    most = std::max(most, v);
    sum += v;
  }
  Json j = {{"kind", "array"},
            {"dataType", std::string(to_string(array.type()))},
            {"shape", array.shape()},
            {"total", array.size()},
            {"first", std::move(first)}};
  if (nans < array.size()) {
    j["minimum"] = number(least);
    j["maximum"] = number(most);
    j["mean"] = number(sum / static_cast<double>(array.size() - nans));
  }
  if (nans > 0) j["nans"] = nans;
  if (array.size() > kMaxNumbers && is_row(array)) j["largest"] = largest_json(array);
  return j;
}

template <typename List>
Json list_json(const List& list) {
  Json j = {{"kind", "list"}, {"entries", Json::array()}, {"total", list.size()}};
  for (size_t i = 0; i < list.size() && i < kMaxEntries; ++i)
    j["entries"].push_back(key_text(list[i]));
  return j;
}

Result<Json> value_json(const FeatureValue& value) {
  if (const auto* v = value.get_if<Image>()) {
    auto picture = picture_json(*v);
    if (!picture.ok()) return picture;
    (*picture)["kind"] = "picture";
    return picture;
  }
  if (const auto* v = value.get_if<MultiArray>()) return array_json(*v);
  if (const auto* v = value.get_if<std::vector<std::string>>()) return list_json(*v);
  if (const auto* v = value.get_if<std::vector<int64_t>>()) return list_json(*v);
  if (value.type() == FeatureType::kDictionary) {
    const auto entries = sorted(value);
    return Json{{"kind", "dictionary"},
                {"entries", entries_json(entries, kMaxEntries)},
                {"total", entries.size()}};
  }
  Json j = {{"kind", "value"}};
  if (value.type() == FeatureType::kDouble) {
    j["value"] = number(value.number());
  } else if (value.type() == FeatureType::kInt64) {
    j["value"] = value.int64();
  } else {
    j["value"] = scalar_text(value);
  }
  return j;
}

/// Gray levels of a picture of half floats.
Result<Image> as_gray(const Image& picture) {
  std::vector<std::byte> levels;
  auto halves = MultiArray::from_bytes(MultiArrayDataType::kFloat16,
                                       {picture.height(), picture.width()}, picture.pixels());
  if (!halves.ok()) return std::move(halves).error();
  for (int64_t i = 0; i < halves->size(); ++i) {
    const double v = halves->at(i);
    const double level = std::isnan(v) ? 0 : std::clamp(std::nearbyint(v), 0.0, 255.0);
    levels.push_back(static_cast<std::byte>(level));
  }
  return Image::from_pixels(PixelFormat::kGray8, picture.width(), picture.height(), levels);
}

}  // namespace

std::string base64(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < n ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) text += k <= n ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

Result<Json> picture_json(const Image& picture) {
  const bool halves = picture.format() == PixelFormat::kGray16F;
  auto levels = halves ? as_gray(picture) : Result<Image>(picture);
  if (!levels.ok()) return std::move(levels).error();
  auto png = levels->encode_png();
  if (!png.ok()) return std::move(png).error();
  return Json{{"width", picture.width()}, {"height", picture.height()}, {"png", base64(*png)}};
}

Result<Json> answer_json(const Answer& answer, const ModelDescription& d, bool with_seen) {
  const Times& t = answer.times;
  Json j = {{"milliseconds", {{"decode", t.decode}, {"resize", t.resize}, {"predict", t.predict}}},
            {"notes", answer.notes},
            {"answers", Json::array()}};
  if (with_seen && answer.seen) {
    auto seen = picture_json(*answer.seen);
    if (!seen.ok()) return seen;
    j["seen"] = *std::move(seen);
  }
  std::vector<std::string> done;
  if (!d.predicted_probabilities_name.empty()) {
    j["answers"].push_back(labels_json(answer, d));
    done = {d.predicted_feature_name, d.predicted_probabilities_name};
  }
  if (const auto names = box_outputs(d)) {
    const FeatureValue* coordinates = answer.outputs.find(names->coordinates);
    const FeatureValue* confidence = answer.outputs.find(names->confidence);
    if (coordinates != nullptr && confidence != nullptr &&
        coordinates->type() == FeatureType::kMultiArray &&
        confidence->type() == FeatureType::kMultiArray) {
      if (auto boxes = read_boxes(coordinates->multi_array(), confidence->multi_array(), d)) {
        j["answers"].push_back(boxes_json(*boxes));
        done.insert(done.end(), {names->coordinates, names->confidence});
      }
    }
  }
  for (const auto& [name, value] : answer.outputs) {
    if (std::find(done.begin(), done.end(), name) != done.end()) continue;
    auto shown = value_json(value);
    if (!shown.ok()) return shown;
    (*shown)["name"] = name;
    j["answers"].push_back(*std::move(shown));
  }
  return j;
}

Json form_json(const Form& form) {
  Json j = {{"picture", nullptr}, {"fields", Json::array()}};
  if (form.has_picture) {
    const ImageConstraint& image = form.picture.image;
    j["picture"] = {{"name", form.picture.name},
                    {"width", image.width},
                    {"height", image.height},
                    {"flexible", !image.enumerated.empty() || image.width_range.has_value() ||
                                     image.height_range.has_value()}};
  }
  for (const Field& field : form.fields) {
    j["fields"].push_back({{"name", field.feature.name},
                           {"type", std::string(to_string(field.feature.type))},
                           {"text", field.feature.type_text()},
                           {"description", field.feature.short_description},
                           {"optional", field.feature.optional},
                           {"count", field.count}});
  }
  return j;
}

std::string crop_name(CropAndScale crop) {
  for (const auto& [value, name] : kCropNames)
    if (value == crop) return name;
  return {};
}

std::optional<CropAndScale> crop_of(std::string_view name) {
  for (const auto& [value, text] : kCropNames)
    if (name == text) return value;
  return std::nullopt;
}

}  // namespace pome::app
