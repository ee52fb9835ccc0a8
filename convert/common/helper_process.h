// A program of ours that runs for a moment and writes to us.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pome/result.h"

namespace pome::translate {

/// An open file descriptor, closed with the object. Move-only.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

/// Opens a regular file for reading; anything else is an Error. `size` receives its bytes.
Result<FileDescriptor> open_for_reading(const std::filesystem::path& path, uint64_t& size);

/// A temporary file that this user alone may read, open for reading; removed with the object.
/// Move-only. (It needs a name while it is read: the HDF5 library looks for one.)
class PrivateFile {
 public:
  static Result<PrivateFile> create(std::span<const std::byte> bytes);
  PrivateFile(PrivateFile&& other) noexcept;
  PrivateFile& operator=(PrivateFile&&) = delete;
  ~PrivateFile();
  int descriptor() const { return file_.get(); }

 private:
  PrivateFile() = default;
  FileDescriptor file_;
  std::string path_;
};

/// A running helper whose standard output is read here. Ends with the object: what still runs then
/// is killed and waited for. The helper gets no descriptor of ours but the file (as 3), no
/// environment but what the dynamic linker and sanitizers read, and nothing to read from. One
/// thread at a time.
class HelperProcess {
 public:
  /// Starts `program` through posix_spawn. `wall_limit` counts from here.
  static Result<HelperProcess> start(const std::filesystem::path& program,
                                     const std::vector<std::string>& arguments, int file,
                                     std::chrono::milliseconds wall_limit);
  HelperProcess(HelperProcess&& other) noexcept;
  HelperProcess& operator=(HelperProcess&&) = delete;
  ~HelperProcess();

  /// Reads exactly to.size() bytes of its output. When it ends before, the Error says how: killed
  /// by which signal, out of time, or its exit status.
  Status read(std::span<std::byte> to);
  template <typename T>
  Status read_value(T& value) {
    return read(std::as_writable_bytes(std::span(&value, 1)));
  }

 private:
  HelperProcess() = default;
  Status fill();
  Error ended();

  std::string name_;
  pid_t pid_ = -1;
  FileDescriptor output_;
  std::chrono::steady_clock::time_point deadline_;
  std::vector<std::byte> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

/// Where a helper of ours lies: the environment variable `variable` when it is set, else
/// libexec/pome/`name` below the folder of this library or program or a folder above it. Not found
/// is an Error that lists where it was looked for.
Result<std::filesystem::path> find_helper(const std::string& name, const char* variable);

}  // namespace pome::translate
