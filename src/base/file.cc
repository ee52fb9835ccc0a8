#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/try.h"

namespace pome {
namespace {

/// Closes the descriptor at the end of the scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error system_error(const std::filesystem::path& path, std::string_view verb) {
  const int number = errno;
  const ErrorCode code = number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  return Error(code, "cannot " + std::string(verb) + " the file: " + std::strerror(number))
      .at(path.string());
}

struct OpenFile {
  Descriptor descriptor;
  uint64_t size;
};

// O_NONBLOCK: opening a FIFO must not hang; it is refused right after.
Result<OpenFile> open_regular(const std::filesystem::path& path, bool own = false) {
  const int follow = own ? O_NOFOLLOW : 0;
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | follow));
  if (fd.get() < 0) return system_error(path, "open");
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_error(path, "examine");
  if (S_ISDIR(info.st_mode)) {
    return Error(ErrorCode::kInvalidFormat, "this is a folder, a file was expected")
        .at(path.string());
  }
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorCode::kInvalidFormat,
                 "this is a device, socket or pipe, a regular file was expected")
        .at(path.string());
  }
  if (own && (info.st_uid != ::geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
    return Error(ErrorCode::kIo,
                 "the file belongs to another user, or others may write it; it is not trusted")
        .at(path.string());
  }
  return OpenFile{std::move(fd), static_cast<uint64_t>(info.st_size)};
}

Status write_all(int fd, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path, "write");
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return {};
}

}  // namespace

Result<std::vector<std::byte>> read_file(const std::filesystem::path& path, uint64_t limit) {
  POME_ASSIGN(OpenFile file, open_regular(path));
  if (file.size > limit) {
    return Error(ErrorCode::kLimitExceeded, "the file has " + std::to_string(file.size) +
                                                " bytes, the limit is " + std::to_string(limit))
        .at(path.string());
  }
  std::vector<std::byte> bytes(file.size);
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(file.descriptor.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path, "read");
    if (n == 0) break;  // it shrank while we read
    done += static_cast<size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
  return map(path, false);
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open_own(const std::filesystem::path& path) {
  return map(path, true);
}

Result<std::shared_ptr<const MappedFile>> MappedFile::map(const std::filesystem::path& path,
                                                          bool own) {
  POME_ASSIGN(OpenFile file, open_regular(path, own));
  std::shared_ptr<MappedFile> mapped(new MappedFile());
  if (file.size == 0) return std::shared_ptr<const MappedFile>(mapped);
  void* data = ::mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, file.descriptor.get(), 0);
  if (data == MAP_FAILED) return system_error(path, "map");
  mapped->data_ = static_cast<const std::byte*>(data);
  mapped->size_ = file.size;
  return std::shared_ptr<const MappedFile>(mapped);
}

std::shared_ptr<const MappedFile> MappedFile::holding(std::vector<std::byte> bytes) {
  std::shared_ptr<MappedFile> file(new MappedFile());
  file->held_ = std::move(bytes);
  file->data_ = file->held_.data();
  file->size_ = file->held_.size();
  return file;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr && held_.empty()) ::munmap(const_cast<std::byte*>(data_), size_);
}

Status write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::string temporary = path.string() + ".XXXXXX";
  Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (fd.get() < 0) return system_error(path, "create");
  Status written = write_all(fd.get(), bytes, path);
  const mode_t mask =
      ::umask(0);  // mkostemp gives 0600; the file should look like any other new file
  ::umask(mask);
  if (written.ok() && ::fchmod(fd.get(), 0666 & ~mask) != 0)
    written = system_error(path, "set the mode of");
  if (written.ok() && ::close(fd.release()) != 0) written = system_error(path, "close");
  if (written.ok() && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = system_error(path, "replace");
  if (!written.ok()) ::unlink(temporary.c_str());
  return written;
}

Status write_own_file_atomically(const std::filesystem::path& path,
                                 const std::function<Status(const ByteSink& sink)>& write) {
  std::string temporary = path.string() + ".XXXXXX";
  Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (fd.get() < 0) return system_error(path, "create");
  Status written =
      write([&](std::span<const std::byte> piece) { return write_all(fd.get(), piece, path); });
  if (written.ok() && ::close(fd.release()) != 0) written = system_error(path, "close");
  if (written.ok() && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = system_error(path, "replace");
  if (!written.ok()) ::unlink(temporary.c_str());
  return written;
}

Status write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  return write_file_atomically(path, std::as_bytes(std::span(text)));
}

}  // namespace pome
