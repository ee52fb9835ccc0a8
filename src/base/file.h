// Files: read whole under a limit, map, write all or nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pome/result.h"

namespace pome {

/// Reads a regular file. A folder, device, FIFO, or a file of more than `limit` bytes is an Error
/// that says which.
Result<std::vector<std::byte>> read_file(const std::filesystem::path& path, uint64_t limit);

/// A regular file mapped read-only; the mapping ends with the object. Share it through shared_ptr:
/// constants of a program keep their weight file alive that way. An empty file gives an empty span.
/// Reading a page that another process has truncated meanwhile raises SIGBUS: files that may shrink
/// are to be read, not mapped.
class MappedFile {
 public:
  static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
  /// The same, but only what nobody else can have written: no link, owned by this process' user,
  /// writable by nobody else. kIo otherwise.
  static Result<std::shared_ptr<const MappedFile>> open_own(const std::filesystem::path& path);
  /// Bytes in memory, for those who want a file.
  static std::shared_ptr<const MappedFile> holding(std::vector<std::byte> bytes);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  MappedFile() = default;
  static Result<std::shared_ptr<const MappedFile>> map(const std::filesystem::path& path, bool own);
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  std::vector<std::byte> held_;  // instead of a mapping
};

/// Writes `bytes` to a temporary file beside `path`, then renames it there: readers see the old
/// file or the whole new one, and a failure leaves nothing behind.
Status write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
Status write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// Takes pieces of a file in order. An error ends the writing.
using ByteSink = std::function<Status(std::span<const std::byte> piece)>;
/// The same of what `write` hands on piece by piece; readable and writable by the owner alone.
Status write_own_file_atomically(const std::filesystem::path& path,
                                 const std::function<Status(const ByteSink& sink)>& write);

}  // namespace pome
