// Text of a model inside comments and literals, which it cannot leave.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pome::generate {

/// For a comment: characters that move a cursor, hide or turn text around, and bytes that are no
/// UTF-8, as \xNN or \u{NNNN}; trigraphs broken up. Line feeds stay. Cut after `most` bytes.
std::string comment_text(std::string_view text, size_t most = 4000);

/// `prefix` + text in lines of at most `width` bytes where words allow it; a line feed in the text
/// starts a new line. No line ends in a backslash or a space.
std::vector<std::string> wrapped(std::string_view prefix, std::string_view text,
                                 size_t width = 100);

/// A C++ string literal, quotes included, of exactly those bytes.
std::string cpp_literal(std::string_view text);
/// A Python string literal, quotes included; bytes that are no UTF-8 as surrogateescape has them.
std::string python_literal(std::string_view text);
/// Text that stands between the """ of a docstring and means itself.
std::string docstring_text(std::string_view text);

}  // namespace pome::generate
