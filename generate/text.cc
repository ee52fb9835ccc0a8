#include "generate/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace pome::generate {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 1;
  bool valid = false;
};

/// The first code point of `text`, which is not empty; invalid for a byte that begins none.
CodePoint first_of(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {lead, 1, false};
  uint32_t value = lead & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    value = value << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value < 0xe000;
  if (value < kLeast[bytes] || value > 0x10ffff || surrogate) return {lead, 1, false};
  return {value, bytes, true};
}

/// Not a control, format, separator or private character: shows itself and moves nothing.
bool is_plain(uint32_t c) {
  if (c < 0xa1) return c >= 0x20 && c < 0x7f;
  constexpr std::array<std::pair<uint32_t, uint32_t>, 15> kHidden = {{
      {0xad, 0xad},
      {0x34f, 0x34f},
      {0x600, 0x605},
      {0x61c, 0x61c},
      {0x6dd, 0x6dd},
      {0x70f, 0x70f},
      {0x115f, 0x1160},
      {0x17b4, 0x17b5},
      {0x180b, 0x180f},
      {0x2000, 0x200f},
      {0x2028, 0x202f},
      {0x205f, 0x206f},
      {0xe000, 0xf8ff},
      {0xfe00, 0xfe0e},
      {0xfff0, 0xfffb},
  }};
  if (c == 0x3000 || c == 0xfeff || (c & 0xfffe) == 0xfffe || c >= 0xe0000) return false;
  if (c >= 0xfdd0 && c <= 0xfdef) return false;
  return std::ranges::none_of(
      kHidden, [c](const auto& range) { return c >= range.first && c <= range.second; });
}

std::string formatted(const char* format, uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

/// The second and third character of a trigraph, `text` being behind its first.
bool is_trigraph(std::string_view text) {
  constexpr std::string_view kThird = "=/'()!<>-";
  return text.size() >= 2 && text[0] == '?' && kThird.find(text[1]) != std::string_view::npos;
}

/// `text` code point by code point: plain ones as they stand unless `special(point, rest)` gives
/// another form; others as `escape` writes them.
template <typename Special, typename Escape>
std::string rewritten(std::string_view text, const Special& special, const Escape& escape) {
  std::string safe;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    const std::string_view rest = text.substr(point.bytes);
    if (const std::string form = special(point, rest); !form.empty()) {
      safe += form;
    } else if (point.valid && is_plain(point.value)) {
      safe += text.substr(0, point.bytes);
    } else {
      safe += escape(point, text.substr(0, point.bytes));
    }
    text = rest;
  }
  return safe;
}

/// At most `most` bytes, whole code points.
std::string_view cut(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::string comment_text(std::string_view text, size_t most) {
  const std::string_view kept = cut(text, most);
  std::string safe = rewritten(
      kept,
      [](const CodePoint& point, std::string_view rest) -> std::string {
        if (point.value == '\n') return "\n";
        if (point.value == '\t' || (point.valid && point.value == 0xa0)) return " ";
        return point.value == '?' && is_trigraph(rest) ? "\\x3f" : "";
      },
      [](const CodePoint& point, std::string_view) {
        return formatted(point.valid && point.value > 0xff ? "\\u{%04x}" : "\\x%02x", point.value);
      });
  return kept.size() < text.size() ? safe + "..." : safe;
}

std::vector<std::string> wrapped(std::string_view prefix, std::string_view text, size_t width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, end);
    const size_t blanks = std::min(rest.find_first_not_of(' '), rest.size());
    std::string line(std::min<size_t>(blanks, 8), ' ');
    rest.remove_prefix(blanks);
    bool begun = false;
    const auto finish = [&] {
      if (!line.empty() && line.back() == '\\') line.replace(line.size() - 1, 1, "\\x5c");
      lines.push_back(std::string(prefix) + line);
      while (!lines.back().empty() && lines.back().back() == ' ') lines.back().pop_back();
      line.clear();
      begun = false;
    };
    while (!rest.empty()) {
      const size_t blank = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, blank);
      if (begun && prefix.size() + line.size() + 1 + word.size() > width) finish();
      if (begun && !word.empty()) line += ' ';
      line += word;
      begun = begun || !word.empty();
      rest.remove_prefix(std::min(blank + 1, rest.size()));
    }
    finish();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string cpp_literal(std::string_view text) {
  return '"' +
         rewritten(
             text,
             [](const CodePoint& point, std::string_view rest) -> std::string {
               if (point.value == '"') return "\\\"";
               if (point.value == '\\') return "\\\\";
               return point.value == '?' && is_trigraph(rest) ? "\\077" : "";
             },
             [](const CodePoint&, std::string_view bytes) {
               // Octal: three digits and no more, whatever follows.
               std::string octal;
               for (const char c : bytes)
                 octal += formatted("\\%03o", static_cast<unsigned char>(c));
               return octal;
             }) +
         '"';
}

std::string python_literal(std::string_view text) {
  return '"' +
         rewritten(
             text,
             [](const CodePoint& point, std::string_view) -> std::string {
               if (point.value == '"') return "\\\"";
               return point.value == '\\' ? "\\\\" : "";
             },
             [](const CodePoint& point, std::string_view) {
               if (!point.valid) return formatted("\\udc%02x", point.value);
               if (point.value > 0xffff) return formatted("\\U%08x", point.value);
               return formatted(point.value > 0xff ? "\\u%04x" : "\\x%02x", point.value);
             }) +
         '"';
}

std::string docstring_text(std::string_view text) {
  std::string safe;
  for (size_t i = 0; i < text.size(); ++i) {
    // A quote alone closes nothing, unless the closing ones follow.
    const bool may_close = text[i] == '"' && (i + 1 == text.size() || text[i + 1] == '"');
    if (text[i] == '\\' || may_close) safe += '\\';
    safe += text[i];
  }
  return safe;
}

}  // namespace pome::generate
