#include "predictions.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"

namespace pome::cli {
namespace {

Json value_json(const FeatureValue& value) {
  if (const auto* v = value.get_if<int64_t>()) return *v;
  if (const auto* v = value.get_if<double>()) return number(*v);
  if (const auto* v = value.get_if<std::string>()) return *v;
  if (const auto* v = value.get_if<StringDictionary>()) {
    Json j = Json::object();
    for (const auto& [key, p] : *v) j[key] = number(p);
    return j;
  }
  if (const auto* v = value.get_if<Int64Dictionary>()) {
    Json j = Json::object();
    for (const auto& [key, p] : *v) j[std::to_string(key)] = number(p);
    return j;
  }
  if (const auto* v = value.get_if<std::vector<std::string>>()) return *v;
  if (const auto* v = value.get_if<std::vector<int64_t>>()) return *v;
  if (const auto* v = value.get_if<Image>()) {
    return {{"width", v->width()},
            {"height", v->height()},
            {"pixelFormat", std::string(to_string(v->format()))}};
  }
  if (const auto* v = value.get_if<MultiArray>()) {
    Json data = Json::array();
    for (int64_t i = 0; i < v->size(); ++i) data.push_back(number(v->at(i)));
    return {{"dataType", std::string(to_string(v->type()))},
            {"shape", v->shape()},
            {"data", std::move(data)}};
  }
  return nullptr;
}

/// How the numbers of a dictionary are shown.
enum class Numbers { kPercent, kPlain };

/// The largest `top` entries: `dog 98.2 %  cat 1.8 %`, or plain numbers where they are no
/// probabilities.
template <typename Map>
std::string top_text(const Map& map, int top, Numbers numbers) {
  using Entry = std::pair<std::string, double>;
  std::vector<Entry> entries;
  for (const auto& [key, p] : map) {
    if constexpr (std::is_same_v<Map, StringDictionary>) {
      entries.emplace_back(key, p);
    } else {
      entries.emplace_back(std::to_string(key), p);
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < entries.size() && i < static_cast<size_t>(top); ++i) {
    char shown[40];
    if (numbers == Numbers::kPercent) {
      std::snprintf(shown, sizeof(shown), " %.1f %%", entries[i].second * 100);
    } else {
      std::snprintf(shown, sizeof(shown), " %.6g", entries[i].second);
    }
    text += (i ? "  " : "") + printable(entries[i].first) + shown;
  }
  if (numbers == Numbers::kPlain && entries.size() > static_cast<size_t>(top))
    text += "  and " + std::to_string(entries.size() - static_cast<size_t>(top)) + " more";
  return entries.empty() ? "none" : text;
}

/// `a, b, c`; the first twenty.
template <typename List>
std::string list_text(const List& list) {
  constexpr size_t kMost = 20;
  std::string text;
  for (size_t i = 0; i < list.size() && i < kMost; ++i) {
    if (i) text += ", ";
    if constexpr (std::is_same_v<typename List::value_type, std::string>) {
      text += printable(list[i]);
    } else {
      text += std::to_string(list[i]);
    }
  }
  if (list.size() > kMost) text += " and " + std::to_string(list.size() - kMost) + " more";
  return list.empty() ? "none" : text;
}

std::string array_text(const MultiArray& array) {
  std::string text(to_string(array.type()));
  text += " [";
  for (size_t i = 0; i < array.shape().size(); ++i)
    text += (i ? "," : "") + std::to_string(array.shape()[i]);
  text += "] =";
  const int64_t shown = std::min<int64_t>(array.size(), 8);
  for (int64_t i = 0; i < shown; ++i) {
    char number_text[32];
    std::snprintf(number_text, sizeof(number_text), " %.6g", array.at(i));
    text += number_text;
  }
  return shown < array.size() ? text + " ..." : text;
}

std::string value_text(const FeatureValue& value, int top, Numbers numbers) {
  if (const auto* v = value.get_if<StringDictionary>()) return top_text(*v, top, numbers);
  if (const auto* v = value.get_if<Int64Dictionary>()) return top_text(*v, top, numbers);
  if (const auto* v = value.get_if<std::vector<std::string>>()) return list_text(*v);
  if (const auto* v = value.get_if<std::vector<int64_t>>()) return list_text(*v);
  if (const auto* v = value.get_if<double>())
    return std::isnan(*v) ? "nan" : std::isinf(*v) ? (*v > 0 ? "inf" : "-inf") : number(*v).dump();
  if (const auto* v = value.get_if<MultiArray>()) return array_text(*v);
  if (const auto* v = value.get_if<Image>()) {
    return "picture " + std::to_string(v->width()) + " x " + std::to_string(v->height());
  }
  return value_json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Json outputs_json(const FeatureProvider& outputs) {
  Json j = Json::object();
  for (const auto& [name, value] : outputs) j[name] = value_json(value);
  return j;
}

std::string PredictionPrinter::line(const FeatureProvider& outputs) const {
  // A classifier's label is the first of its probabilities: once is enough.
  const std::string& probabilities = description_.predicted_probabilities_name;
  const FeatureValue* p = probabilities.empty() ? nullptr : outputs.find(probabilities);
  std::string text = p != nullptr ? value_text(*p, top_, Numbers::kPercent) : "none";
  const bool named = text != "none";
  text = named ? output_.bold(text) : "";
  for (const auto& [name, value] : outputs) {
    if (named && (name == probabilities || name == description_.predicted_feature_name)) continue;
    text += (text.empty() ? "" : "\n  ") + printable(name) + ": " +
            value_text(value, top_, Numbers::kPlain);
  }
  return text;
}

void PredictionPrinter::add(const std::string& source, const FeatureProvider& outputs,
                            double milliseconds) {
  if (output_.json) {
    Json entry = Json::object();
    if (!source.empty()) entry["source"] = source;
    entry["outputs"] = outputs_json(outputs);
    entry["milliseconds"] = std::round(milliseconds * 1000) / 1000;
    predictions_.push_back(std::move(entry));
    return;
  }
  const std::string prefix = source.empty() ? "" : printable(source) + "  ";
  std::printf("%s%s   (%s)\n", prefix.c_str(), line(outputs).c_str(),
              duration_text(milliseconds).c_str());
}

void PredictionPrinter::finish() {
  if (output_.json) print({{"model", model_}, {"predictions", std::move(predictions_)}});
}

}  // namespace pome::cli
