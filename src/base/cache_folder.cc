#include "base/cache_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <vector>

#include "base/try.h"

namespace pome {
namespace {

namespace fs = std::filesystem;

struct Entry {
  fs::path path;
  uint64_t bytes = 0;
  timespec used{};
};

bool earlier(const Entry& a, const Entry& b) {
  if (a.used.tv_sec != b.used.tv_sec) return a.used.tv_sec < b.used.tv_sec;
  return a.used.tv_nsec < b.used.tv_nsec;
}

Error refused(const fs::path& path, const std::string& why) {
  return Error(ErrorCode::kIo, why).at(path.string());
}

}  // namespace

fs::path CacheFolder::default_path() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && fs::path(cache).is_absolute()) return fs::path(cache) / "pome";
  const char* home = std::getenv("HOME");
  if (home != nullptr && fs::path(home).is_absolute()) return fs::path(home) / ".cache" / "pome";
  return {};
}

Result<CacheFolder> CacheFolder::open(const fs::path& path, uint64_t limit) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return refused(path, std::string("the folder cannot be made: ") + std::strerror(errno));
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return refused(path, "this is no folder");
  if (info.st_uid != ::geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refused(path,
                   "the folder belongs to another user, or others may write in it; it is not "
                   "trusted");
  }
  return CacheFolder(path, limit);
}

Result<std::shared_ptr<const MappedFile>> CacheFolder::find(const std::string& name) const {
  const fs::path path = path_ / name;
  POME_ASSIGN(auto file, MappedFile::open_own(path));
  // When it was used last; where that cannot be said, it goes a little earlier.
  (void)::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
  return file;
}

Status CacheFolder::store(const std::string& name,
                          const std::function<Status(const ByteSink& sink)>& write) const {
  POME_TRY(write_own_file_atomically(path_ / name, write));
  evict(name);
  return {};
}

void CacheFolder::remove(const std::string& name) const {
  std::error_code error;
  fs::remove(path_ / name, error);
}

void CacheFolder::evict(const std::string& keep) const {
  std::error_code error;
  std::vector<Entry> entries;
  uint64_t total = 0;
  for (const auto& item : fs::directory_iterator(path_, error)) {
    struct stat info {};
    if (::lstat(item.path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    entries.push_back({item.path(), static_cast<uint64_t>(info.st_size), info.st_mtim});
    total += entries.back().bytes;
  }
  std::sort(entries.begin(), entries.end(), earlier);
  for (const Entry& entry : entries) {
    if (total <= limit_) return;
    if (entry.path.filename() == keep) continue;
    fs::remove(entry.path, error);
    total -= entry.bytes;
  }
}

}  // namespace pome
