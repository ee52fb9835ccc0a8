// Comma-separated values, and whole files.
#include <filesystem>
#include <fstream>

#include "arrays.h"

namespace pome::cli {
namespace {

constexpr std::streamoff kMaxBytes = std::streamoff{4} << 30;

/// Reads one record from `at` on; false when a quoted field does not end.
bool read_record(const std::string& text, size_t& at, std::vector<std::string>& fields) {
  fields.assign(1, {});
  while (at < text.size()) {
    const char c = text[at++];
    if (c == '"' && fields.back().empty()) {
      for (;; ++at) {
        if (at == text.size()) return false;
        if (text[at] != '"') {
          fields.back() += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          fields.back() += text[++at];
        } else {
          break;
        }
      }
      ++at;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      return true;
    } else if (c != '\r' || at == text.size() || text[at] != '\n') {
      fields.back() += c;
    }
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return Error(ErrorCode::kIo, "this is a folder, a file is expected").at(path);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return Error(ErrorCode::kNotFound, "cannot open the file").at(path);
  const std::streamoff size = file.tellg();
  if (size > kMaxBytes)
    return Error(ErrorCode::kLimitExceeded, "the file is larger than 4 GiB").at(path);
  std::string bytes(static_cast<size_t>(size < 0 ? 0 : size), '\0');
  file.seekg(0);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file || size < 0) return Error(ErrorCode::kIo, "cannot read the file").at(path);
  return bytes;
}

Status write_file(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Error(ErrorCode::kIo, "cannot write the file").at(path);
  return {};
}

Result<Table> read_csv(const std::string& path) {
  auto text = read_file(path);
  if (!text.ok()) return std::move(text).error();
  size_t at = text->rfind("\xef\xbb\xbf", 0) == 0 ? 3 : 0;  // a byte order mark
  Table table;
  for (size_t line = 1; at < text->size(); ++line) {
    std::vector<std::string> fields;
    if (!read_record(*text, at, fields)) {
      return Error(ErrorCode::kInvalidFormat, "record " + std::to_string(line) +
                                                  ": a field begins with a double quote that "
                                                  "nothing closes")
          .at(path);
    }
    if (fields.size() == 1 && fields[0].empty()) continue;  // an empty line
    if (line == 1) {
      table.columns = std::move(fields);
    } else if (fields.size() != table.columns.size()) {
      return Error(ErrorCode::kInvalidFormat,
                   "record " + std::to_string(line) + " has " + std::to_string(fields.size()) +
                       " fields, the first has " + std::to_string(table.columns.size()))
          .at(path);
    } else {
      table.rows.push_back(std::move(fields));
    }
  }
  if (table.rows.empty()) {
    return Error(ErrorCode::kInvalidFormat,
                 "the table has no rows; the first line names the inputs, each further line is one "
                 "prediction")
        .at(path);
  }
  return table;
}

}  // namespace pome::cli
