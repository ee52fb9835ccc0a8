// A folder of files that can be made again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/file.h"
#include "pome/result.h"

namespace pome {

/// Files by name in a folder that belongs to this user alone. Several processes may use one folder
/// at the same time: files appear whole, and one that is removed stays with those who have it
/// mapped. A plain value.
class CacheFolder {
 public:
  /// Makes the folder (mode 0700) where it is not there. Errors: it belongs to another user, others
  /// may write in it, it is no folder, or cannot be made. `limit`: bytes of all files together.
  static Result<CacheFolder> open(const std::filesystem::path& path, uint64_t limit);
  /// $XDG_CACHE_HOME/pome, else $HOME/.cache/pome; empty where neither is set to an absolute path.
  static std::filesystem::path default_path();

  const std::filesystem::path& path() const { return path_; }
  /// The file, marked as just used. kNotFound when there is none; kIo for one that others may have
  /// written.
  Result<std::shared_ptr<const MappedFile>> find(const std::string& name) const;
  /// Puts what `write` hands on there, whole or not at all; then removes what was not used for
  /// longest while all together are over the limit, but never `name` itself.
  Status store(const std::string& name,
               const std::function<Status(const ByteSink& sink)>& write) const;
  /// Removes the file, if it is there.
  void remove(const std::string& name) const;

 private:
  CacheFolder(std::filesystem::path path, uint64_t limit) : path_(std::move(path)), limit_(limit) {}
  void evict(const std::string& keep) const;

  std::filesystem::path path_;
  uint64_t limit_;
};

}  // namespace pome
