// Zip archives as data: nothing is ever unpacked to a path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pome/result.h"

namespace pome::translate {

/// Bounds of one archive.
struct ZipLimits {
  uint64_t entries = 10'000;
  /// Bytes of one member and of all members, unpacked.
  uint64_t total = uint64_t{4} << 30;
  /// How many times larger than packed a member may say it is, once it is over a megabyte.
  uint64_t ratio = 200;
};

/// A zip archive in memory, which it borrows. One thread at a time.
class ZipArchive {
 public:
  /// Errors: no zip, over a limit, a member whose name is absolute or holds "..".
  static Result<ZipArchive> open(std::span<const std::byte> bytes, const ZipLimits& limits);
  ZipArchive(ZipArchive&&) noexcept;
  ~ZipArchive();

  const std::vector<std::string>& names() const { return names_; }
  bool has(const std::string& name) const;
  /// A member unpacked, its checksum verified.
  Result<std::vector<std::byte>> read(const std::string& name) const;

 private:
  struct Handle;
  ZipArchive();
  std::unique_ptr<Handle> handle_;
  std::vector<std::string> names_;
  ZipLimits limits_;
};

}  // namespace pome::translate
