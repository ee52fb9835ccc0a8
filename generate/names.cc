#include "generate/names.h"

namespace pome::generate {
namespace {

constexpr size_t kLongest = 100;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `text` as an identifier, whoever has it already.
std::string identifier_of(std::string_view text, std::string_view fallback, size_t place,
                          Language language) {
  std::string name = cleaned(text);
  if (name.empty()) return std::string(fallback) + "_" + std::to_string(place + 1);
  if (is_digit(name.front())) return "_" + name;
  return is_reserved(name, language) ? name + "_" : name;
}

}  // namespace

std::string cleaned(std::string_view text) {
  std::string name;
  bool gap = false;
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c)) {
      gap = true;
      continue;
    }
    if (name.size() + 2 > kLongest) break;
    if (gap && !name.empty()) name += '_';
    gap = false;
    name += c;
  }
  return name;
}

std::vector<std::string> NameScope::take_all(std::span<const std::string> texts,
                                             std::string_view fallback) {
  // Texts that are identifiers as they stand come first: nothing else may take their names.
  std::vector<std::string> names(texts.size());
  for (const bool exact : {true, false}) {
    for (size_t i = 0; i < texts.size(); ++i) {
      std::string name = identifier_of(texts[i], fallback, i, language_);
      if ((name == texts[i]) == exact) names[i] = take(name);
    }
  }
  return names;
}

std::string NameScope::take(const std::string& wanted) {
  if (taken_.insert(wanted).second) return wanted;
  int& number = next_.try_emplace(wanted, 2).first->second;
  const std::string stem = wanted.back() == '_' ? wanted : wanted + "_";
  while (!taken_.insert(stem + std::to_string(number)).second) ++number;
  return stem + std::to_string(number++);
}

}  // namespace pome::generate
