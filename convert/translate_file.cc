#include "convert/translate_file.h"

#include <unistd.h>

#include <array>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "convert/common/helper_process.h"
#include "convert/common/sniff.h"
#include "convert/keras/read.h"
#include "convert/keras/translate.h"

namespace pome::translate {
namespace {

/// Members of an archive are unpacked beside it.
constexpr uint64_t kMaxArchive = uint64_t{8} << 30;

void report(const ConvertOptions& options, std::string_view stage, double share) {
  if (options.progress) options.progress(stage, share);
}

Result<Converted> translate_open(const std::filesystem::path& path, const ConvertOptions& options,
                                 bool for_neural_network) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return Error(ErrorCode::kInvalidFormat, "this is " + describe_folder(path));
  uint64_t size = 0;
  POME_ASSIGN(const FileDescriptor file, open_for_reading(path, size));
  std::array<std::byte, 512> head{};
  const ssize_t n = pread(file.get(), head.data(), head.size(), 0);
  if (n < 0) return Error(ErrorCode::kIo, "it cannot be read");
  std::string what;
  const FileKind kind = sniff(std::span(head).first(static_cast<size_t>(n)), what);
  if (kind == FileKind::kOther) {
    return Error(ErrorCode::kInvalidFormat,
                 "this is " + what + ". A Keras model is expected: .h5 or .keras, saved whole");
  }
  keras::Hdf5Limits limits;
  limits.memory = options.memory_limit;
  report(options, "reading", 0);
  keras::SourceModel source;
  if (kind == FileKind::kHdf5) {
    POME_ASSIGN(source, keras::read_hdf5_model(file.get(), size, limits));
  } else {
    POME_ASSIGN(const auto bytes, read_file(path, std::min(kMaxArchive, options.memory_limit)));
    POME_ASSIGN(source, keras::read_archive(bytes, limits));
  }
  report(options, "reading", 1);
  report(options, "translating", 0);
  POME_ASSIGN(Converted converted, keras::translate_source(source, options, for_neural_network));
  report(options, "translating", 1);
  converted.source = "Keras " + source.version + " model in " +
                     (kind == FileKind::kHdf5 ? "HDF5" : "a .keras archive");
  return converted;
}

}  // namespace

Result<Converted> translate_file(const std::filesystem::path& source, const ConvertOptions& options,
                                 bool for_neural_network) {
  if (!options.from.empty() && options.from != "keras") {
    return Error(ErrorCode::kUnsupported,
                 "sources of kind " + pome::quoted(options.from) + " are not supported; keras is");
  }
  if (options.batch == 0 || options.batch < -1) {
    return Error(ErrorCode::kInvalidArgument, "the batch is " + std::to_string(options.batch) +
                                                  ", at least 1 is expected, or -1 for any");
  }
  Result<Converted> converted = translate_open(source, options, for_neural_network);
  if (!converted.ok()) {
    Error error = std::move(converted).error();
    // base/file.h already names the path.
    if (!error.places().empty() && error.places().front() == source.string()) return error;
    return std::move(error).at(source.filename().string());
  }
  return converted;
}

}  // namespace pome::translate
