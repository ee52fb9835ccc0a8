#include "generate/names.h"

#include <gtest/gtest.h>

#include <set>

namespace pome::generate {
namespace {

using Texts = std::vector<std::string>;

Texts taken(const Texts& texts, Language language = Language::kCpp) {
  return NameScope(language, {"Input"}).take_all(texts, "input");
}

TEST(Cleaned, KeepsLettersAndDigits) {
  EXPECT_EQ(cleaned("image"), "image");
  EXPECT_EQ(cleaned("  two -- words\n"), "two_words");
  EXPECT_EQ(cleaned("__x__"), "x");
  EXPECT_EQ(cleaned("gr\xc3\xb6\xc3\x9f"
                    "e"),
            "gr_e");
  EXPECT_EQ(cleaned("\xf0\x9f\x90\xb6"), "");
  EXPECT_EQ(cleaned(""), "");
  EXPECT_EQ(cleaned(std::string(5000, 'x')).size(), 99u);
}

TEST(NameScope, ReservedWordsOfTheLanguage) {
  EXPECT_EQ(taken({"class", "lambda", "NULL", "errno"}),
            (Texts{"class_", "lambda", "NULL_", "errno_"}));
  EXPECT_EQ(taken({"class", "lambda", "NULL", "errno"}, Language::kPython),
            (Texts{"class_", "lambda_", "NULL", "errno"}));
}

TEST(NameScope, DigitsAndNothing) {
  EXPECT_EQ(taken({"1st", "\xe7\x8c\xab", "-", "3.14"}),
            (Texts{"_1st", "input_2", "input_3", "_3_14"}));
}

/// A text that is an identifier keeps it, wherever it stands.
TEST(NameScope, ExactNamesComeFirst) {
  EXPECT_EQ(taken({"two words", "two-words", "two_words", "Input"}),
            (Texts{"two_words_2", "two_words_3", "two_words", "Input_2"}));
  EXPECT_EQ(taken({"x", "x_2", "x!"}), (Texts{"x", "x_2", "x_3"}));
}

/// Also where all are equal once cleaned, and quickly.
TEST(NameScope, AllDiffer) {
  Texts texts;
  for (int i = 0; i < 20000; ++i) texts.push_back(std::string("a") + (i % 2 ? "!" : "?"));
  for (const char* reserved : {"int", "int_", "int__", "int?"}) texts.push_back(reserved);
  const Texts names = taken(texts);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), texts.size());
  EXPECT_EQ(names[19999], "a_20000");
}

TEST(IsClassName, TakesIdentifiersOnly) {
  for (const char* good : {"CatDog", "catdog", "Model_2", "A"}) EXPECT_TRUE(is_class_name(good));
  for (const char* bad : {"", "2Cats", "Cat Dog", "Cat__Dog", "_Cat", "Cat_", "class", "Input",
                          "lambda", "None", "pome", "NULL", "a;b", "caf\xc3\xa9"}) {
    EXPECT_FALSE(is_class_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace pome::generate
