// NumPy's .npz files, through libzip.
#include <zip.h>

#include <memory>

#include "arrays.h"
#include "base/text.h"

namespace pome::cli {
namespace {

constexpr zip_int64_t kMaxMembers = 1000;
constexpr uint64_t kMaxBytes = uint64_t{4} << 30;
constexpr std::string_view kSuffix = ".npy";

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

struct Close {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

Error invalid(std::string message) { return Error(ErrorCode::kInvalidFormat, std::move(message)); }

Result<Archive> open_archive(const std::string& path, int flags) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), flags, &code);
  if (archive != nullptr) return Archive(archive);
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string message = zip_error_strerror(&error);
  zip_error_fini(&error);
  const bool absent = code == ZIP_ER_NOENT || code == ZIP_ER_OPEN || code == ZIP_ER_READ;
  return Error(absent ? ErrorCode::kNotFound : ErrorCode::kInvalidFormat,
               "this cannot be opened as a .npz file: " + message)
      .at(path);
}

/// Unpacks a member, never more than `limit` bytes whatever its header claims.
Result<std::string> read_member(zip_t* archive, zip_uint64_t index, uint64_t limit) {
  std::unique_ptr<zip_file_t, Close> file(zip_fopen_index(archive, index, 0));
  if (!file) return invalid(std::string("the member cannot be opened: ") + zip_strerror(archive));
  std::string bytes;
  char part[1 << 16];
  for (;;) {
    const zip_int64_t n = zip_fread(file.get(), part, sizeof(part));
    if (n < 0) return invalid("the member is damaged");
    if (n == 0) return bytes;
    if (bytes.size() + static_cast<uint64_t>(n) > limit)
      return Error(ErrorCode::kLimitExceeded, "the arrays take more than 4 GiB unpacked");
    bytes.append(part, static_cast<size_t>(n));
  }
}

}  // namespace

Result<NamedArrays> read_npz(const std::string& path) {
  auto archive = open_archive(path, ZIP_RDONLY);
  if (!archive.ok()) return std::move(archive).error();
  const zip_int64_t members = zip_get_num_entries(archive->get(), 0);
  if (members > kMaxMembers) {
    return Error(ErrorCode::kLimitExceeded,
                 "the archive has " + std::to_string(members) + " members, at most 1000 are read")
        .at(path);
  }
  NamedArrays arrays;
  uint64_t total = 0;
  for (zip_int64_t i = 0; i < members; ++i) {
    const char* member = zip_get_name(archive->get(), static_cast<zip_uint64_t>(i), 0);
    std::string name = member == nullptr ? "" : member;
    if (name.size() <= kSuffix.size() || !name.ends_with(kSuffix)) continue;
    auto bytes = read_member(archive->get(), static_cast<zip_uint64_t>(i), kMaxBytes - total);
    if (!bytes.ok()) return std::move(bytes).error().at(quoted(name)).at(path);
    total += bytes->size();
    auto array = parse_npy(*bytes, quoted(name));
    if (!array.ok()) return std::move(array).error().at(path);
    arrays[name.substr(0, name.size() - kSuffix.size())] = *std::move(array);
  }
  if (arrays.empty()) return invalid("the archive holds no .npy member").at(path);
  return arrays;
}

Status write_npz(const std::string& path, const NamedArrays& arrays) {
  auto archive = open_archive(path, ZIP_CREATE | ZIP_TRUNCATE);
  if (!archive.ok()) return std::move(archive).error();
  const auto failed = [&] {
    return Error(ErrorCode::kIo,
                 std::string("cannot write the file: ") + zip_strerror(archive->get()))
        .at(path);
  };
  std::vector<std::string> members;  // read when the archive is closed
  members.reserve(arrays.size());
  for (const auto& [name, array] : arrays) {
    members.push_back(format_npy(array));
    zip_source_t* source =
        zip_source_buffer(archive->get(), members.back().data(), members.back().size(), 0);
    if (source == nullptr) return failed();
    const zip_int64_t index =
        zip_file_add(archive->get(), (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return failed();
    }
    const auto member = static_cast<zip_uint64_t>(index);
    // A fixed time, the first that the format knows: the same arrays give the same bytes.
    zip_set_file_compression(archive->get(), member, ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive->get(), member, 0, (1 << 5) | 1, 0);
  }
  if (zip_close(archive->get()) != 0) return failed();
  (void)archive->release();
  return {};
}

}  // namespace pome::cli
