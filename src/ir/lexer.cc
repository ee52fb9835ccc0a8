#include "ir/lexer.h"

#include <algorithm>

#include "base/text.h"

namespace pome::ir {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

Lexer::Lexer(std::string_view text) : text_(text) { scan(); }

Token Lexer::next() {
  const Token token = token_;
  scan();
  return token;
}

bool Lexer::accept(std::string_view symbol) {
  if (!token_.is(symbol)) return false;
  scan();
  return true;
}

Status Lexer::expect(std::string_view symbol) {
  if (accept(symbol)) return {};
  return expected(quoted(symbol));
}

Error Lexer::expected(std::string_view what) const {
  if (!status_.ok()) return status_.error();
  std::string found;
  switch (token_.kind) {
    case Token::Kind::kEnd:
      found = "the end of the text";
      break;
    case Token::Kind::kString:
      found = "the text " + quoted(token_.text, 40);
      break;
    default:
      found = quoted(token_.text, 40);
  }
  return error_at(token_.offset, ErrorCode::kInvalidFormat,
                  "found " + found + ", expected " + std::string(what));
}

Error Lexer::error_at(size_t offset, ErrorCode code, std::string message) const {
  const std::string_view before = text_.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t start = before.rfind('\n');
  const size_t column = start == std::string_view::npos ? offset + 1 : offset - start;
  return Error(code, std::move(message)).at(std::to_string(line) + ":" + std::to_string(column));
}

Result<std::string> Lexer::decode(const Token& token) const {
  std::string out;
  out.reserve(token.text.size());
  for (size_t i = 0; i < token.text.size(); ++i) {
    if (token.text[i] != '\\') {
      out += token.text[i];
      continue;
    }
    static constexpr std::string_view kEscapes = "\"\\nrt";
    static constexpr std::string_view kMeanings = "\"\\\n\r\t";
    const size_t which = kEscapes.find(token.text[++i]);  // the scan saw that one more follows
    if (which == std::string_view::npos) {
      return error_at(token.offset + i, ErrorCode::kInvalidFormat,
                      "found the escape " + quoted(token.text.substr(i - 1, 2)) +
                          ", expected one of \\\" \\\\ \\n \\r \\t");
    }
    out += kMeanings[which];
  }
  return out;
}

void Lexer::scan() {
  for (;;) {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
    if (text_.substr(position_, 2) != "//") break;
    position_ = std::min(text_.find('\n', position_), text_.size());
  }
  token_ = {Token::Kind::kEnd, {}, position_};
  if (position_ == text_.size() || !status_.ok()) return;
  const char c = text_[position_];
  const size_t start = position_;
  if (is_letter(c)) {
    while (position_ < text_.size() &&
           (is_letter(text_[position_]) || is_digit(text_[position_]) || text_[position_] == '@')) {
      ++position_;
    }
    token_ = {Token::Kind::kName, text_.substr(start, position_ - start), start};
  } else if (text_.substr(position_, 2) == "->") {
    position_ += 2;
    token_ = {Token::Kind::kSymbol, text_.substr(start, 2), start};
  } else if (is_digit(c) || c == '-' || c == '+' || c == '.') {
    scan_number();
  } else if (c == '"') {
    scan_string();
  } else if (std::string_view("(){}[]<>=,;?").find(c) != std::string_view::npos) {
    ++position_;
    token_ = {Token::Kind::kSymbol, text_.substr(start, 1), start};
  } else {
    status_ =
        error_at(start, ErrorCode::kInvalidFormat,
                 "found the character " + quoted(text_.substr(start, 1)) + ", expected MIL text");
  }
}

void Lexer::scan_string() {
  const size_t start = position_++;
  const size_t content = position_;
  while (position_ < text_.size() && text_[position_] != '"' && text_[position_] != '\n')
    position_ += text_[position_] == '\\' ? 2 : 1;
  if (position_ >= text_.size() || text_[position_] != '"') {
    position_ = text_.size();
    status_ = error_at(start, ErrorCode::kInvalidFormat,
                       "found a text without an end, expected '\"' on the same line");
    return;
  }
  token_ = {Token::Kind::kString, text_.substr(content, position_ - content), start};
  ++position_;
}

/// Whatever looks like a number, to be judged where its type is known: digits, letters, dots, and
/// signs behind an exponent's letter.
void Lexer::scan_number() {
  const size_t start = position_++;
  const bool hex = text_.substr(start, 3).find_first_of("xX") != std::string_view::npos;
  while (position_ < text_.size()) {
    const char c = text_[position_];
    const char last = text_[position_ - 1];
    const bool exponent = last == 'p' || last == 'P' || (!hex && (last == 'e' || last == 'E'));
    const bool sign = (c == '-' || c == '+') && exponent;
    if (!is_letter(c) && !is_digit(c) && c != '.' && !sign) break;
    ++position_;
  }
  token_ = {Token::Kind::kNumber, text_.substr(start, position_ - start), start};
}

}  // namespace pome::ir
