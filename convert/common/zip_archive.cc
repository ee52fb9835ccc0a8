#include "convert/common/zip_archive.h"

#include <zip.h>

#include <algorithm>

#include "base/text.h"

namespace pome::translate {
namespace {

constexpr uint64_t kSmall = 1 << 20;

Error damaged(const std::string& what) {
  return Error(ErrorCode::kCorrupt, "the zip archive is damaged: " + what);
}

/// True for names that stay below the folder they would be unpacked to.
bool stays_inside(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos)
    return false;
  size_t begin = 0;
  while (begin <= name.size()) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

struct ZipArchive::Handle {
  ~Handle() {
    if (zip != nullptr) zip_discard(zip);
  }
  zip_t* zip = nullptr;
};

ZipArchive::ZipArchive() : handle_(std::make_unique<Handle>()) {}
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive::~ZipArchive() = default;

Result<ZipArchive> ZipArchive::open(std::span<const std::byte> bytes, const ZipLimits& limits) {
  zip_error_t error;
  zip_error_init(&error);
  ZipArchive archive;
  archive.limits_ = limits;
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source != nullptr) {
    archive.handle_->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive.handle_->zip == nullptr) zip_source_free(source);
  }
  const std::string why = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (archive.handle_->zip == nullptr) return damaged(why);

  const zip_int64_t count = zip_get_num_entries(archive.handle_->zip, 0);
  if (count < 0 || static_cast<uint64_t>(count) > limits.entries) {
    return Error(ErrorCode::kLimitExceeded, "the zip archive has " + std::to_string(count) +
                                                " members, at most " +
                                                std::to_string(limits.entries) + " are read");
  }
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name =
        zip_get_name(archive.handle_->zip, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    if (name == nullptr) return damaged("a member has no name");
    if (!stays_inside(name)) {
      return Error(ErrorCode::kInvalidFormat, "the zip archive has a member named " +
                                                  pome::quoted(std::string_view(name)) +
                                                  ", which leads out of it");
    }
    archive.names_.emplace_back(name);
  }
  return archive;
}

bool ZipArchive::has(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

Result<std::vector<std::byte>> ZipArchive::read(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    return Error(ErrorCode::kInvalidFormat, "the archive has no member " + pome::quoted(name) +
                                                "; it has " + quoted_list(names_, 6));
  }
  const auto index = static_cast<zip_uint64_t>(found - names_.begin());
  zip_stat_t info;
  zip_stat_init(&info);
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  if (zip_stat_index(handle_->zip, index, 0, &info) != 0 || (info.valid & kNeeded) != kNeeded)
    return damaged(pome::quoted(name) + " has no size");
  const bool bomb = info.size > kSmall && info.size / limits_.ratio > info.comp_size;
  if (info.size > limits_.total || bomb) {
    return Error(
        ErrorCode::kLimitExceeded,
        pome::quoted(name) + " would unpack from " + format_bytes(info.comp_size) + " to " +
            format_bytes(info.size) + ", which is over the limit of " +
            (bomb ? std::to_string(limits_.ratio) + " times" : format_bytes(limits_.total)));
  }
  zip_file_t* member = zip_fopen_index(handle_->zip, index, 0);
  if (member == nullptr) return damaged(pome::quoted(name) + " cannot be unpacked");
  // A member that is longer or shorter than it says is damaged: one byte more is asked for.
  std::vector<std::byte> bytes(info.size + 1);
  uint64_t got = 0;
  zip_int64_t n = 0;
  while (got < bytes.size() && (n = zip_fread(member, bytes.data() + got, bytes.size() - got)) > 0)
    got += static_cast<uint64_t>(n);
  const bool closed = zip_fclose(member) == 0;
  if (n < 0 || !closed || got != info.size)
    return damaged(pome::quoted(name) + " does not unpack to what it says");
  bytes.pop_back();
  return bytes;
}

}  // namespace pome::translate
