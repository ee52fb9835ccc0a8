// Lines of generated code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "generate/text.h"

namespace pome::generate {

/// Collects lines; knows how deep they are indented and how comments begin.
class Writer {
 public:
  /// `comment` begins a line of documentation, e.g. "/// ".
  explicit Writer(std::string_view comment) : comment_(comment) {}

  /// Spaces in front of what follows.
  void indent(int spaces) { indent_ = std::string(static_cast<size_t>(spaces), ' '); }
  /// One line, or several parted by line feeds; of our own making, never a model's text.
  void code(std::string_view lines) {
    while (!lines.empty()) {
      const size_t end = lines.find('\n');
      const std::string_view line = lines.substr(0, end);
      text_ += (line.empty() ? "" : indent_) + std::string(line) + "\n";
      lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
  }
  void blank() { text_ += "\n"; }
  /// Paragraphs of a model's text as documentation, with an empty line between them where `apart`.
  void document(const std::vector<std::string>& paragraphs, bool apart = false) {
    for (size_t i = 0; i < paragraphs.size(); ++i) {
      if (i > 0 && apart) code(comment_.substr(0, comment_.find_last_not_of(' ') + 1));
      for (const std::string& line : wrapped(indent_ + comment_, comment_text(paragraphs[i])))
        text_ += line + "\n";
    }
  }

  std::string take() && { return std::move(text_); }

 private:
  std::string comment_;
  std::string indent_;
  std::string text_;
};

/// "a, b, c" in lines of at most 100 bytes that start with `indent` spaces; no line feed at the
/// end.
std::string in_lines(const std::vector<std::string>& items, int indent);
/// `before` + "a, b, c" + `behind` in one line where it fits, else with the items in lines of their
/// own.
std::string enclosed(const std::string& before, const std::vector<std::string>& items,
                     const std::string& behind, int indent);

}  // namespace pome::generate
