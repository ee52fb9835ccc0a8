#include "convert/keras/hdf5_file.h"

#include "base/checked.h"
#include "base/half.h"
#include "base/text.h"
#include "base/try.h"
#include "convert/common/helper_process.h"
#include "convert/hdf5_reader/protocol.h"

namespace pome::keras {

/// Parses the helper's output. What it says is believed no more than the file is: a fault of the
/// HDF5 library may have given the helper another will.
class Hdf5Stream {
 public:
  Hdf5Stream(translate::HelperProcess& helper, uint64_t memory)
      : helper_(helper), budget_(memory), memory_(memory) {}

  Status read(Hdf5File& file);

 private:
  struct Head {
    uint8_t element = 0;
    std::vector<int64_t> dims;
    int64_t count = 1;
  };
  Result<std::string> text(uint32_t most);
  Result<Head> head();
  Result<Array> numbers(const Head& head);
  Result<std::vector<std::string>> strings(const Head& head);
  Status attribute(Hdf5Object& object);
  Status dataset(Hdf5Object& object);
  Status spend(uint64_t bytes);
  static Error garbled() {
    return Error(ErrorCode::kCorrupt, "the HDF5 reader's output is garbled: the file is damaged");
  }

  translate::HelperProcess& helper_;
  uint64_t budget_;
  uint64_t memory_;
  uint64_t records_ = 0;
};

Status Hdf5Stream::spend(uint64_t bytes) {
  if (bytes > budget_) {
    return Error(ErrorCode::kLimitExceeded, "the file holds more than the memory limit of " +
                                                format_bytes(memory_) + " allows");
  }
  budget_ -= bytes;
  return {};
}

Result<std::string> Hdf5Stream::text(uint32_t most) {
  uint32_t length = 0;
  POME_TRY(helper_.read_value(length));
  if (length > most) return garbled();
  POME_TRY(spend(length));
  std::string value(length, '\0');
  POME_TRY(helper_.read(std::as_writable_bytes(std::span(value))));
  return value;
}

Result<Hdf5Stream::Head> Hdf5Stream::head() {
  Head head;
  uint8_t rank = 0;
  POME_TRY(helper_.read_value(head.element));
  POME_TRY(helper_.read_value(rank));
  if (rank > hdf5::kMaxRank) return garbled();
  for (int i = 0; i < rank; ++i) {
    uint64_t extent = 0;
    POME_TRY(helper_.read_value(extent));
    const auto count =
        extent > INT64_MAX ? std::nullopt : checked_mul(head.count, static_cast<int64_t>(extent));
    if (!count) return garbled();
    head.dims.push_back(static_cast<int64_t>(extent));
    head.count = *count;
  }
  return head;
}

Result<Array> Hdf5Stream::numbers(const Head& head) {
  // Checked before anything is allocated: `count` is the file's word.
  if (static_cast<uint64_t>(head.count) > budget_ / sizeof(float)) POME_TRY(spend(UINT64_MAX));
  POME_TRY(spend(static_cast<uint64_t>(head.count) * sizeof(float)));
  float* values = nullptr;
  POME_ASSIGN(Array array, Array::allocate(head.dims, memory_, values));
  const std::span<float> to(values, static_cast<size_t>(head.count));
  if (head.element == hdf5::kFloat32) {
    POME_TRY(helper_.read(std::as_writable_bytes(to)));
    return array;
  }
  for (float& v : to) {
    if (head.element == hdf5::kInt64) {
      int64_t integer = 0;
      POME_TRY(helper_.read_value(integer));
      v = static_cast<float>(integer);
    } else {
      uint16_t raw = 0;
      POME_TRY(helper_.read_value(raw));
      v = bfloat16_to_float(raw);
    }
  }
  return array;
}

Result<std::vector<std::string>> Hdf5Stream::strings(const Head& head) {
  POME_TRY(spend(static_cast<uint64_t>(head.count)));  // a length word each, at the very least
  std::vector<std::string> list;
  for (int64_t i = 0; i < head.count; ++i) {
    POME_ASSIGN(std::string value, text(hdf5::kMaxString));
    list.push_back(std::move(value));
  }
  return list;
}

Status Hdf5Stream::attribute(Hdf5Object& object) {
  POME_ASSIGN(const std::string name, text(hdf5::kMaxPath));
  POME_ASSIGN(const Head value, head());
  Hdf5Attribute attribute;
  switch (value.element) {
    case hdf5::kString: {
      POME_ASSIGN(attribute.texts, strings(value));
      attribute.is_text = true;
      break;
    }
    case hdf5::kFloat32:
    case hdf5::kInt64:
    case hdf5::kRaw16: {
      POME_ASSIGN(attribute.numbers, numbers(value));
      break;
    }
    case hdf5::kOther:
      break;
    default:
      return garbled();
  }
  object.attributes[name] = std::move(attribute);
  return {};
}

Status Hdf5Stream::dataset(Hdf5Object& object) {
  POME_ASSIGN(const Head value, head());
  switch (value.element) {
    case hdf5::kString: {
      POME_ASSIGN(const auto ignored, strings(value));
      return {};
    }
    case hdf5::kFloat32:
    case hdf5::kInt64:
    case hdf5::kRaw16: {
      POME_ASSIGN(object.data, numbers(value));
      return {};
    }
    case hdf5::kOther:
      return {};
    default:
      return garbled();
  }
}

Status Hdf5Stream::read(Hdf5File& file) {
  char magic[sizeof(hdf5::kMagic)] = {};
  POME_TRY(helper_.read_value(magic));
  if (std::string_view(magic, sizeof(magic)) !=
      std::string_view(hdf5::kMagic, sizeof(hdf5::kMagic)))
    return garbled();
  for (;;) {
    if (++records_ > hdf5::kMaxObjects + hdf5::kMaxAttributes) return garbled();
    uint8_t tag = 0;
    POME_TRY(helper_.read_value(tag));
    POME_ASSIGN(const std::string path, text(hdf5::kMaxPath));
    if (tag == hdf5::kEnd) return {};
    if (tag == hdf5::kFailure)
      return Error(ErrorCode::kCorrupt, "the HDF5 file is damaged: " + pome::quoted(path, 400));
    Hdf5Object& object = file.objects_[path];
    if (tag == hdf5::kGroup) {
      object.is_group = true;
    } else if (tag == hdf5::kAttribute) {
      POME_TRY(attribute(object));
    } else if (tag == hdf5::kDataset) {
      POME_TRY(dataset(object));
    } else {
      return garbled();
    }
  }
}

Result<Hdf5File> Hdf5File::read(int file, uint64_t size, const Hdf5Limits& limits) {
  constexpr uint64_t kBase = uint64_t{256} << 20;  // the program and the library themselves
  constexpr uint64_t kBytesPerSecond = 25'000'000;
  const uint64_t extra_seconds = size / kBytesPerSecond;
  POME_ASSIGN(const auto program, translate::find_helper("pome-hdf5-reader", "POME_HDF5_READER"));
  const uint64_t memory = limits.memory > (UINT64_MAX - kBase) / 2 ? 0 : limits.memory * 2 + kBase;
  POME_ASSIGN(auto helper,
              translate::HelperProcess::start(
                  program,
                  {std::to_string(memory),
                   std::to_string(static_cast<uint64_t>(limits.cpu_seconds) + extra_seconds),
                   "optimizer_weights", "optimizer"},
                  file, limits.wall + std::chrono::seconds(extra_seconds)));
  Hdf5File result;
  POME_TRY(Hdf5Stream(helper, limits.memory).read(result));
  return result;
}

Result<Hdf5File> Hdf5File::read(std::span<const std::byte> bytes, const Hdf5Limits& limits) {
  POME_ASSIGN(const auto file, translate::PrivateFile::create(bytes));
  return read(file.descriptor(), bytes.size(), limits);
}

const Hdf5Object* Hdf5File::find(std::string_view path) const {
  const auto found = objects_.find(path);
  return found == objects_.end() ? nullptr : &found->second;
}

std::optional<std::string> Hdf5File::text(std::string_view path, std::string_view name) const {
  const auto list = texts(path, name);
  if (!list || list->empty()) return std::nullopt;
  return list->front();
}

std::optional<std::vector<std::string>> Hdf5File::texts(std::string_view path,
                                                        std::string_view name) const {
  const Hdf5Object* object = find(path);
  if (object == nullptr) return std::nullopt;
  const auto whole = object->attributes.find(name);
  if (whole != object->attributes.end()) {
    // An empty list is written as an empty array of numbers.
    if (!whole->second.is_text && whole->second.numbers.size() != 0) return std::nullopt;
    return whole->second.texts;
  }
  std::vector<std::string> joined;
  for (int part = 0;; ++part) {
    const auto chunk = object->attributes.find(std::string(name) + std::to_string(part));
    if (chunk == object->attributes.end()) {
      if (part == 0) return std::nullopt;
      return joined;
    }
    joined.insert(joined.end(), chunk->second.texts.begin(), chunk->second.texts.end());
  }
}

std::vector<std::string> Hdf5File::members(std::string_view path) const {
  const std::string prefix = path == "/" ? "/" : std::string(path) + "/";
  std::vector<std::string> names;
  for (auto it = objects_.lower_bound(prefix); it != objects_.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    const std::string rest = it->first.substr(prefix.size());
    if (!rest.empty() && rest.find('/') == std::string::npos) names.push_back(rest);
  }
  return names;
}

}  // namespace pome::keras
