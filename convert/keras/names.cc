#include "convert/keras/names.h"

namespace pome::keras {
namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool word(char c) { return upper(c) || lower(c) || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::string snake_case(std::string_view class_name) {
  std::string text;
  for (char c : class_name)
    if (word(c)) text += c;
  // First: a capital that begins a word (small letters follow) is parted from what stands before.
  std::string parted;
  size_t i = 0;
  while (i < text.size()) {
    if (i + 2 < text.size() && upper(text[i + 1]) && lower(text[i + 2])) {
      parted += text[i];
      parted += '_';
      parted += text[i + 1];
      i += 2;
      while (i < text.size() && lower(text[i])) parted += text[i++];
    } else {
      parted += text[i++];
    }
  }
  // Then: a capital after a small letter.
  std::string result;
  for (size_t k = 0; k < parted.size(); ++k) {
    if (k > 0 && lower(parted[k - 1]) && upper(parted[k])) result += '_';
    result += upper(parted[k]) ? static_cast<char>(parted[k] - 'A' + 'a') : parted[k];
  }
  return result;
}

}  // namespace pome::keras
