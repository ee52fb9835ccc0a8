// Files as data of the program: an assembler's .incbin, which reads them where they lie.
#include <string>

#include "base/text.h"
#include "generate/class_plan.h"

namespace pome::generate {
namespace {

/// A path as a string of the assembler: octal for all but plain ASCII.
std::string assembler_string(const std::string& path) {
  std::string text = "\"";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      text += c;
      continue;
    }
    text += '\\';
    for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + ((byte >> shift) & 7));
  }
  return text + "\"";
}

/// NAME_begin and NAME_size, both read-only data that no other library sees.
std::string symbols_of(const std::string& symbol, const std::string& path) {
  const std::string begin = symbol + "_begin";
  const std::string end = symbol + "_end";
  const std::string size = symbol + "_size";
  std::string text;
  for (const std::string& name : {begin, size})
    text += "\t.globl " + name + "\n\t.hidden " + name + "\n\t.type " + name + ", %object\n";
  text += "\t.balign 64\n" + begin + ":\n\t.incbin " + assembler_string(path) + "\n" + end + ":\n";
  text += "\t.size " + begin + ", " + end + " - " + begin + "\n";
  text += "\t.balign 8\n" + size + ":\n\t.quad " + end + " - " + begin + "\n";
  return text + "\t.size " + size + ", 8\n";
}

}  // namespace

std::string embedded_symbol(const std::string& class_name, size_t index) {
  return "pome_embedded_" + class_name + "_" + std::to_string(index);
}

Result<std::string> embedding_assembly(const std::string& class_name, const EmbeddedFiles& files) {
  std::vector<std::string> paths = {files.specification.string()};
  for (const auto& [name, path] : files.weights) paths.push_back(path.string());
  std::string text = "\t.section .rodata\n";
  for (size_t i = 0; i < paths.size(); ++i) {
    if (paths[i].find('\n') != std::string::npos || paths[i].find('\0') != std::string::npos) {
      return Error(ErrorCode::kUnsupported,
                   "a file whose path has a line feed cannot be embedded; rename it")
          .at(quoted(paths[i]));
    }
    text += symbols_of(embedded_symbol(class_name, i), paths[i]);
  }
  return text + "\t.section .note.GNU-stack,\"\",%progbits\n";
}

}  // namespace pome::generate
