#include "convert/keras/json.h"

#include <cmath>

#include "base/text.h"

namespace pome::keras {
namespace {

/// The depth of brackets outside texts, without parsing.
int nesting(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool quoted_text = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted_text) {
      if (c == '\\') ++i;
      if (c == '"') quoted_text = false;
    } else if (c == '"') {
      quoted_text = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (text.size() > kMaxJsonBytes) {
    return Error(ErrorCode::kLimitExceeded, "the configuration has " + format_bytes(text.size()) +
                                                ", at most " + format_bytes(kMaxJsonBytes) +
                                                " are read");
  }
  if (const int depth = nesting(text); depth > kMaxJsonDepth) {
    return Error(ErrorCode::kLimitExceeded, "the configuration is nested " + std::to_string(depth) +
                                                " deep, at most " + std::to_string(kMaxJsonDepth) +
                                                " levels are read");
  }
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) {
    return Error(ErrorCode::kCorrupt,
                 "the configuration is not valid JSON: it begins " + pome::quoted(text, 40));
  }
  return value;
}

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string text_member(const Json& object, std::string_view key, std::string_view fallback) {
  const Json* value = member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string(fallback);
}

std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (text_member(value, "class_name") == "__numpy__") {
    const Json* config = member(value, "config");
    const Json* inner = config == nullptr ? nullptr : member(*config, "value");
    if (inner != nullptr && inner->is_number()) return inner->get<double>();
  }
  return std::nullopt;
}

std::string excerpt(const Json& value) {
  return pome::quoted(value.dump(-1, ' ', true, Json::error_handler_t::replace), 100);
}

bool flatten_numbers(const Json& value, std::vector<int64_t>& dims, std::vector<float>& to,
                     size_t limit) {
  dims.clear();
  for (const Json* at = &value; at->is_array(); at = &at->front()) {
    dims.push_back(static_cast<int64_t>(at->size()));
    if (at->empty()) return false;
    if (dims.size() > 8) return false;
  }
  // Breadth first: every level must be as regular as its first element promises.
  std::vector<const Json*> level = {&value};
  for (int64_t extent : dims) {
    std::vector<const Json*> next;
    for (const Json* list : level) {
      if (!list->is_array() || static_cast<int64_t>(list->size()) != extent) return false;
      for (const Json& item : *list) next.push_back(&item);
      if (next.size() > limit) return false;
    }
    level = std::move(next);
  }
  for (const Json* item : level) {
    const auto number = number_of(*item);
    if (!number) return false;
    to.push_back(static_cast<float>(*number));
  }
  return true;
}

void Config::fail(std::string_view key, const std::string& expected) {
  if (!status_.ok()) return;
  const Json* value = raw(key);
  status_ = Error(ErrorCode::kInvalidModel, pome::quoted(key) + " is " +
                                                (value ? excerpt(*value) : "missing") + ", " +
                                                expected + " is expected");
}

bool Config::has(std::string_view key) const {
  const Json* value = raw(key);
  return value != nullptr && !value->is_null();
}

double Config::number(std::string_view key, double fallback) {
  if (!has(key)) return fallback;
  const auto value = number_of(*raw(key));
  if (value && std::isfinite(*value)) return *value;
  fail(key, "a number");
  return fallback;
}

int64_t Config::integer(std::string_view key, int64_t fallback, int64_t low, int64_t high) {
  if (!has(key)) return fallback;
  const auto value = number_of(*raw(key));
  if (value && *value >= static_cast<double>(low) && *value <= static_cast<double>(high) &&
      std::floor(*value) == *value)
    return static_cast<int64_t>(*value);
  fail(key, "an integer from " + std::to_string(low) + " to " + std::to_string(high));
  return fallback;
}

bool Config::flag(std::string_view key, bool fallback) {
  if (!has(key)) return fallback;
  if (raw(key)->is_boolean()) return raw(key)->get<bool>();
  fail(key, "true or false");
  return fallback;
}

std::string Config::text(std::string_view key, std::string_view fallback) {
  if (!has(key)) return std::string(fallback);
  if (raw(key)->is_string()) return raw(key)->get<std::string>();
  fail(key, "a text");
  return std::string(fallback);
}

std::vector<int64_t> Config::integers(std::string_view key, int64_t low, int64_t high) {
  std::vector<int64_t> list;
  if (!has(key)) return list;
  const Json& value = *raw(key);
  const Json one = Json::array({value});
  for (const Json& item : value.is_array() ? value : one) {
    if (!item.is_number_integer() || item.get<int64_t>() < low || item.get<int64_t>() > high ||
        list.size() >= 16) {
      fail(key, "an integer from " + std::to_string(low) + " to " + std::to_string(high) +
                    ", or a list of such,");
      return {};
    }
    list.push_back(item.get<int64_t>());
  }
  return list;
}

std::array<int64_t, 2> Config::pair(std::string_view key, std::array<int64_t, 2> fallback,
                                    int64_t low) {
  if (!has(key)) return fallback;
  const auto list = integers(key, low, 1 << 20);
  if (list.size() == 1) return {list[0], list[0]};
  if (list.size() == 2) return {list[0], list[1]};
  fail(key, "one integer or two");
  return fallback;
}

std::array<int64_t, 4> Config::border(std::string_view key) {
  std::vector<int64_t> dims;
  std::vector<float> flat;
  constexpr float kMost = 1 << 20;
  const bool fine = has(key) && flatten_numbers(*raw(key), dims, flat);
  for (float v : flat) {
    if (v >= 0 && v <= kMost && std::floor(v) == v) continue;
    fail(key, "a width of at least 0");
    return {};
  }
  const auto at = [&](size_t i) { return static_cast<int64_t>(flat[i]); };
  if (fine && dims.empty()) return {at(0), at(0), at(0), at(0)};
  if (fine && dims.size() == 1 && flat.size() == 2) return {at(0), at(0), at(1), at(1)};
  if (fine && dims.size() == 1 && flat.size() == 4) return {at(0), at(1), at(2), at(3)};
  if (fine && dims.size() == 2 && flat.size() == 4) return {at(0), at(1), at(2), at(3)};
  fail(key, "[[top, bottom], [left, right]]");
  return {};
}

std::vector<float> Config::numbers(std::string_view key, std::vector<int64_t>& dims) {
  std::vector<float> flat;
  if (!has(key)) return flat;
  const Json* value = raw(key);
  if (text_member(*value, "class_name") == "__numpy__" ||
      text_member(*value, "class_name") == "__tensor__") {
    const Json* config = member(*value, "config");
    value = config == nullptr ? nullptr : member(*config, "value");
  }
  if (value == nullptr || !flatten_numbers(*value, dims, flat)) {
    fail(key, "a number or a list of numbers");
    return {};
  }
  return flat;
}

}  // namespace pome::keras
