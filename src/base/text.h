// Small text helpers for error messages.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pome {

/// Levenshtein distance in bytes; texts over 200 bytes compare by equality only (0 or the longer
/// length).
size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `name`, when it is near enough to be a slip of the fingers (distance <=
/// 1/3 of the length, at least 1); empty otherwise.
std::string_view nearest_name(std::string_view name, std::span<const std::string> candidates);

/// ` Did you mean "image"?`, or empty when nothing is near. Starts with a space, to be appended to
/// a sentence.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

/// `"a", "b" and "c"`; "none" when empty. Over `most` names are cut with "and N more".
std::string quoted_list(std::span<const std::string> names, size_t most = 12);

/// `text` in double quotes, with control characters, quotes and invalid UTF-8 escaped as \xNN, cut
/// after `most` bytes: how any text from a file enters a message.
std::string quoted(std::string_view text, size_t most = 120);
/// The same for what overload resolution would otherwise give to std::quoted or find ambiguous.
inline std::string quoted(std::string& text, size_t most = 120) {
  return quoted(std::string_view(text), most);
}
inline std::string quoted(const std::string& text, size_t most = 120) {
  return quoted(std::string_view(text), most);
}
inline std::string quoted(const char* text, size_t most = 120) {
  return quoted(std::string_view(text), most);
}

/// True when `text` is well-formed UTF-8 without NUL.
bool is_valid_utf8(std::string_view text);

/// "1.5 MB", "12 bytes": decimal units, three significant digits.
std::string format_bytes(uint64_t bytes);

}  // namespace pome
