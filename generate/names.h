// Identifiers out of any text.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "generate/generate.h"

namespace pome::generate {

/// The letters and digits of `text`, with one underscore for each run of anything else between
/// them, at most 100 bytes; empty when there is none. Never two underscores in a row, never one at
/// an end.
std::string cleaned(std::string_view text);

/// True for words that mean something in the language, or that C's and C++'s headers define as
/// macros.
bool is_reserved(std::string_view word, Language language);

/// Identifiers of one scope, each given once.
class NameScope {
 public:
  /// `taken` are those that the scope has already.
  NameScope(Language language, std::set<std::string, std::less<>> taken)
      : language_(language), taken_(std::move(taken)) {}

  /// An identifier for each text, in order: the text itself where it is one; else what cleaned()
  /// makes of it, or `fallback`_1, `fallback`_2, ... of its place; with an underscore behind where
  /// it is reserved and one in front where it starts with a digit; numbered where it is taken.
  std::vector<std::string> take_all(std::span<const std::string> texts, std::string_view fallback);
  /// `wanted`, which is an identifier, or a numbered form of it.
  std::string take(const std::string& wanted);

 private:
  Language language_;
  std::set<std::string, std::less<>> taken_;
  std::map<std::string, int> next_;  // by name, the number to try next
};

}  // namespace pome::generate
