#include "convert/common/helper_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace pome::translate {
namespace {

constexpr size_t kBuffer = size_t{1} << 16;

Error system_error(const std::string& what) {
  return Error(ErrorCode::kIo, what + ": " + std::strerror(errno));
}

std::vector<std::string> helper_environment() {
  std::vector<std::string> environment = {"HDF5_USE_FILE_LOCKING=FALSE"};
  for (const char* name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name))
      environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// The helper's descriptors: nothing to read, `output`, its own errors nowhere, `file` as 3.
int prepare(posix_spawn_file_actions_t* actions, int output, int file) {
  int rc = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
  if (rc == 0) rc = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
  if (rc == 0) rc = posix_spawn_file_actions_adddup2(actions, output, 1);
  if (rc == 0) rc = posix_spawn_file_actions_adddup2(actions, file, 3);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  if (rc == 0) rc = posix_spawn_file_actions_addclosefrom_np(actions, 4);
#endif
  return rc;
}

/// The same file under a number of at least 10, so that laying out 0 to 3 cannot overwrite it.
Result<FileDescriptor> lifted(int fd) {
  FileDescriptor copy(fcntl(fd, F_DUPFD_CLOEXEC, 10));
  if (!copy.ok()) return system_error("a file cannot be handed to a helper process");
  return copy;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    std::swap(fd_, other.fd_);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() { reset(); }

void FileDescriptor::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Result<FileDescriptor> open_for_reading(const std::filesystem::path& path, uint64_t& size) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok()) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
    return Error(code, std::string("it cannot be opened: ") + std::strerror(errno));
  }
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return system_error("it cannot be examined");
  if (!S_ISREG(info.st_mode)) return Error(ErrorCode::kIo, "it is not a regular file");
  size = static_cast<uint64_t>(info.st_size);
  return file;
}

Result<PrivateFile> PrivateFile::create(std::span<const std::byte> bytes) {
  std::error_code ignored;
  auto folder = std::filesystem::temp_directory_path(ignored);
  if (ignored) folder = "/tmp";
  std::string path = (folder / "pome.XXXXXX").string();
  PrivateFile result;
  result.file_ = FileDescriptor(mkostemp(path.data(), O_CLOEXEC));
  if (!result.file_.ok())
    return system_error("no temporary file can be made in " + folder.string());
  result.path_ = path;
  while (!bytes.empty()) {
    const ssize_t n = write(result.file_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return system_error("the temporary file " + path + " cannot be written");
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return result;
}

PrivateFile::PrivateFile(PrivateFile&& other) noexcept
    : file_(std::move(other.file_)), path_(std::exchange(other.path_, std::string())) {}

PrivateFile::~PrivateFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

HelperProcess::HelperProcess(HelperProcess&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(other.pid_),
      output_(std::move(other.output_)),
      deadline_(other.deadline_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_) {
  other.pid_ = -1;
}

Result<HelperProcess> HelperProcess::start(const std::filesystem::path& program,
                                           const std::vector<std::string>& arguments, int file,
                                           std::chrono::milliseconds wall_limit) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return system_error("no pipe can be made");
  HelperProcess helper;
  helper.output_ = FileDescriptor(ends[0]);
  FileDescriptor write_end(ends[1]);
  POME_ASSIGN(const FileDescriptor to, lifted(write_end.get()));
  POME_ASSIGN(const FileDescriptor from, lifted(file));
  write_end.reset();

  helper.name_ = program.filename().string();
  std::vector<std::string> words = {program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = helper_environment();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  int rc = prepare(&actions, to.get(), from.get());
  if (rc == 0) {
    rc = posix_spawn(&helper.pid_, program.c_str(), &actions, nullptr, pointers(words).data(),
                     pointers(environment).data());
  }
  posix_spawn_file_actions_destroy(&actions);
  if (rc != 0) {
    helper.pid_ = -1;
    return Error(ErrorCode::kIo,
                 pome::quoted(program.string()) + " cannot be started: " + std::strerror(rc));
  }
  helper.deadline_ = std::chrono::steady_clock::now() + wall_limit;
  helper.buffer_.resize(kBuffer);
  return helper;
}

HelperProcess::~HelperProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Status HelperProcess::read(std::span<std::byte> to) {
  while (!to.empty()) {
    if (begin_ == end_) POME_TRY(fill());
    const size_t n = std::min(to.size(), end_ - begin_);
    std::memcpy(to.data(), buffer_.data() + begin_, n);
    begin_ += n;
    to = to.subspan(n);
  }
  return {};
}

Status HelperProcess::fill() {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error(ErrorCode::kLimitExceeded,
                   name_ +
                       " took too long over the file and was stopped: the file is damaged, or "
                       "this machine is very busy");
    }
    pollfd waited{output_.get(), POLLIN, 0};
    const int ready = poll(&waited, 1, static_cast<int>(std::min<int64_t>(left.count(), 60'000)));
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t n = ::read(output_.get(), buffer_.data(), buffer_.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return system_error("the output of " + name_ + " cannot be read");
    if (n == 0) return ended();
    begin_ = 0;
    end_ = static_cast<size_t>(n);
    return {};
  }
}

Error HelperProcess::ended() {
  int status = 0;
  pid_t waited = 0;
  while ((waited = waitpid(pid_, &status, 0)) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (waited > 0 && WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGXCPU || signal == SIGKILL) {
      return Error(ErrorCode::kLimitExceeded,
                   name_ +
                       " was stopped at its limit of processor time or memory: the file is "
                       "damaged, or far larger than it says");
    }
    return Error(ErrorCode::kCorrupt, "the HDF5 library crashed on the file (" + name_ +
                                          " ended with signal " + std::to_string(signal) +
                                          "): the file is damaged");
  }
  return Error(
      ErrorCode::kCorrupt,
      name_ + " ended before it had read the file" +
          (waited > 0 ? " (exit status " + std::to_string(WEXITSTATUS(status)) + ")" : ""));
}

}  // namespace pome::translate
