#include "convert/keras/read.h"

#include <unistd.h>

#include <array>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "convert/common/zip_archive.h"
#include "convert/keras/layer_kind.h"
#include "convert/keras/weights.h"

namespace pome::keras {
namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What to say of a file without a configuration.
Error no_configuration(const Hdf5File& file) {
  const bool weights = file.find("/layers") != nullptr ||
                       file.find("/_layer_checkpoint_dependencies") != nullptr ||
                       file.texts("/", "layer_names").has_value();
  if (weights) {
    return Error(ErrorCode::kUnsupported,
                 "the file holds weights alone: the network's structure (model_config) is missing. "
                 "Load the weights into the model in Python and save all of it with "
                 "model.save(\"model.keras\") or model.save(\"model.h5\")");
  }
  return Error(ErrorCode::kInvalidFormat,
               "this HDF5 file is not of Keras: it has no attribute model_config. It holds " +
                   quoted_list(file.members("/"), 6));
}

Result<SourceModel> parse_checked(std::string_view config, const std::string& version,
                                  const std::string& backend) {
  POME_ASSIGN(const Json root, parse_json(config));
  POME_ASSIGN(SourceModel source, parse_source(root, version, backend));
  POME_TRY(check_supported(source));
  return source;
}

uint64_t little_endian(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

/// A file that was cut: the HDF5 library only says that it cannot open it.
Status check_complete(int file, uint64_t size) {
  std::array<std::byte, 64> head{};
  const ssize_t n = pread(file, head.data(), head.size(), 0);
  const uint64_t stated =
      n > 0 ? stated_hdf5_size(std::span(head).first(static_cast<size_t>(n))) : 0;
  if (stated <= size) return {};
  return Error(ErrorCode::kCorrupt, "the file is cut short: it says it has " +
                                        std::to_string(stated) + " bytes, " + std::to_string(size) +
                                        " are there. Copy or download it again");
}

}  // namespace

uint64_t stated_hdf5_size(std::span<const std::byte> head) {
  // The superblock: version at 8; before version 2 the size of offsets at 13 and the end of file
  // behind base address and free-space address at 24; later the size at 9 and the end at 12 + 2
  // offsets. In version 1 four more bytes come before.
  if (head.size() < 48) return 0;
  const auto byte = [&](size_t i) { return static_cast<unsigned>(head[i]); };
  const unsigned version = byte(8);
  const size_t width = version < 2 ? byte(13) : byte(9);
  const size_t first = version < 2 ? (version == 1 ? 28 : 24) : 12;
  if (version > 3 || (width != 4 && width != 8) || first + 3 * width > head.size()) return 0;
  const uint64_t base = little_endian(head.subspan(first, width));
  const uint64_t end = little_endian(head.subspan(first + 2 * width, width));
  return base == 0 ? end : 0;
}

Result<SourceModel> read_hdf5_model(int file, uint64_t size, const Hdf5Limits& limits) {
  POME_TRY(check_complete(file, size));
  POME_ASSIGN(const Hdf5File content, Hdf5File::read(file, size, limits));
  const auto config = content.text("/", "model_config");
  if (!config) return no_configuration(content);
  const auto attribute = [&](std::string_view name) {
    auto value = content.text("/", name);
    if (!value) value = content.text("/model_weights", name);
    return value.value_or("");
  };
  POME_ASSIGN(SourceModel source,
              parse_checked(*config, attribute("keras_version"), attribute("backend")));
  POME_TRY(assign_from_hdf5(source, content));
  return source;
}

Result<SourceModel> read_archive(std::span<const std::byte> bytes, const Hdf5Limits& limits) {
  translate::ZipLimits zip_limits;
  zip_limits.total = limits.memory;
  POME_ASSIGN(const auto archive, translate::ZipArchive::open(bytes, zip_limits));
  if (!archive.has("config.json")) {
    return Error(ErrorCode::kInvalidFormat,
                 "this zip archive is not of Keras: it has no config.json. It holds " +
                     quoted_list(archive.names(), 6));
  }
  std::string version = "3";
  if (archive.has("metadata.json")) {
    POME_ASSIGN(const auto text, archive.read("metadata.json"));
    POME_ASSIGN(const Json metadata, parse_json(as_text(text)));
    version = text_member(metadata, "keras_version", version);
  }
  POME_ASSIGN(const auto config, archive.read("config.json"));
  POME_ASSIGN(SourceModel source, parse_checked(as_text(config), version, ""));
  if (!archive.has("model.weights.h5")) {
    if (archive.has("model.weights.npz"))
      return Error(ErrorCode::kUnsupported,
                   "the weights are in model.weights.npz, a format that may hold Python code; "
                   "save the model again with h5py installed, so that it has model.weights.h5");
    return Error(ErrorCode::kInvalidFormat, "the archive has no model.weights.h5; it holds " +
                                                quoted_list(archive.names(), 6));
  }
  POME_ASSIGN(const auto weights, archive.read("model.weights.h5"));
  Result<Hdf5File> content = Hdf5File::read(weights, limits);
  if (!content.ok()) return std::move(content).error().at("model.weights.h5");
  POME_TRY(assign_from_archive(source, *content));
  return source;
}

}  // namespace pome::keras
