// Tokens of MIL text.
#pragma once

#include <string>
#include <string_view>

#include "pome/result.h"

namespace pome::ir {

/// One token. `text` points into the source; of a string it is what stands between the quotes,
/// escapes not yet undone.
struct Token {
  enum class Kind { kEnd, kName, kNumber, kString, kSymbol };
  Kind kind = Kind::kEnd;
  std::string_view text;
  size_t offset = 0;

  bool is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
  bool is_name(std::string_view word) const { return kind == Kind::kName && text == word; }
};

/// Cuts text into tokens, one ahead. The first error sticks and shows as a kEnd token; status()
/// tells. Blanks and comments (`//` to the end of the line) are passed over.
class Lexer {
 public:
  explicit Lexer(std::string_view text);

  const Token& peek() const { return token_; }
  /// The token that peek() showed; moves on.
  Token next();
  /// Moves on when the token is this symbol.
  bool accept(std::string_view symbol);
  /// Moves on over this symbol, or fails with "found X, expected Y".
  Status expect(std::string_view symbol);
  /// The error "line:column: found X, expected Y" at the current token.
  Error expected(std::string_view what) const;
  /// An error of any text at an offset, placed at "line:column" (from 1, columns in bytes).
  Error error_at(size_t offset, ErrorCode code, std::string message) const;
  /// What a string token means; an unknown escape is an Error.
  Result<std::string> decode(const Token& token) const;
  const Status& status() const { return status_; }

 private:
  void scan();
  void scan_string();
  void scan_number();

  std::string_view text_;
  size_t position_ = 0;
  Token token_;
  Status status_;
};

}  // namespace pome::ir
