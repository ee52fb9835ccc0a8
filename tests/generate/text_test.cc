#include "generate/text.h"

#include <gtest/gtest.h>

namespace pome::generate {
namespace {

using Lines = std::vector<std::string>;

TEST(CommentText, HiddenCharactersShow) {
  EXPECT_EQ(comment_text("a\x1b[2Jb\x7f\t"), "a\\x1b[2Jb\\x7f ");
  EXPECT_EQ(comment_text("\xe2\x80\xaegnirts\xe2\x80\xac"), "\\u{202e}gnirts\\u{202c}");
  EXPECT_EQ(comment_text("\xe2\x80\xa8\xef\xbb\xbf\xc2\x85"), "\\u{2028}\\u{feff}\\x85");
  EXPECT_EQ(comment_text("gr\xc3\xb6\xc3\x9f"
                         "e \xe7\x8c\xab \xf0\x9f\x98\x80"),
            "gr\xc3\xb6\xc3\x9f"
            "e \xe7\x8c\xab \xf0\x9f\x98\x80");
}

TEST(CommentText, BytesThatAreNoUtf8) {
  EXPECT_EQ(comment_text("\xff\xc3(\xe2\x82"), "\\xff\\xc3(\\xe2\\x82");
  EXPECT_EQ(comment_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(comment_text("\xc0\xaf\xf4\x90\x80\x80"), "\\xc0\\xaf\\xf4\\x90\\x80\\x80");
}

TEST(CommentText, TrigraphsAreBroken) {
  EXPECT_EQ(comment_text("what?\?/"), "what\\x3f?/");
  EXPECT_EQ(comment_text("what??"), "what??");
  EXPECT_EQ(comment_text("??\?="), "?\\x3f?=");
}

TEST(CommentText, IsCutBetweenCharacters) {
  EXPECT_EQ(comment_text("ab\xc3\xb6", 3), "ab...");
  EXPECT_EQ(comment_text("ab\xc3\xb6", 4), "ab\xc3\xb6");
}

TEST(Wrapped, BreaksAtBlanks) {
  EXPECT_EQ(wrapped("// ", "one two three", 10), (Lines{"// one two", "// three"}));
  EXPECT_EQ(wrapped("// ", "a\n\n  b  c", 80), (Lines{"// a", "//", "//   b c"}));
  EXPECT_EQ(wrapped("// ", std::string(30, 'x'), 10), Lines{"// " + std::string(30, 'x')});
  EXPECT_TRUE(wrapped("// ", "").empty());
}

/// A backslash at a line's end would pull the next line into the comment.
TEST(Wrapped, NoLineEndsInABackslash) {
  for (const char* text : {"\\", "a\\", "a \\\nb", "a\\ \\  ", "x\\\n\\\n\\"}) {
    for (const std::string& line : wrapped("/// ", text, 8)) {
      EXPECT_NE(line.back(), '\\') << text;
      EXPECT_NE(line.back(), ' ') << text;
    }
  }
}

TEST(CppLiteral, EveryByteComesBack) {
  EXPECT_EQ(cpp_literal("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(cpp_literal("\n1\t\xff"), "\"\\0121\\011\\377\"");
  EXPECT_EQ(cpp_literal("\xe2\x80\xae"), "\"\\342\\200\\256\"");
  EXPECT_EQ(cpp_literal("?\?/"), "\"\\077?/\"");
  EXPECT_EQ(cpp_literal("\xc3\xb6"), "\"\xc3\xb6\"");
}

TEST(PythonLiteral, CodePointsAndBytes) {
  EXPECT_EQ(python_literal("a\"'\\"), "\"a\\\"'\\\\\"");
  EXPECT_EQ(python_literal("\n\xe2\x80\xae\xff"), "\"\\x0a\\u202e\\udcff\"");
  EXPECT_EQ(python_literal("\xf3\xa0\x80\x81"), "\"\\U000e0001\"");
}

TEST(DocstringText, CannotBeClosed) {
  EXPECT_EQ(docstring_text("\"\"\" \\"), "\\\"\\\"\" \\\\");
  EXPECT_EQ(docstring_text("a \"b\""), "a \"b\\\"");
}

}  // namespace
}  // namespace pome::generate
