// What an HDF5 file holds, read through the helper process.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "convert/common/array.h"
#include "pome/result.h"

namespace pome::keras {

using translate::Array;

/// Bounds of one reading.
struct Hdf5Limits {
  /// Bytes of all values together.
  uint64_t memory = uint64_t{4} << 30;
  /// Processor time of the helper: this much and a second for each 25 MB of the file.
  int cpu_seconds = 2;
  /// The same for the clock on the wall.
  std::chrono::milliseconds wall{30'000};
};

/// An attribute: texts, or numbers. A scalar has one element.
struct Hdf5Attribute {
  bool is_text = false;
  std::vector<std::string> texts;
  Array numbers;
};

struct Hdf5Object {
  std::map<std::string, Hdf5Attribute, std::less<>> attributes;
  /// The data of a dataset of numbers; nothing for groups and other datasets.
  std::optional<Array> data;
  bool is_group = false;
};

/// All groups, attributes and numeric datasets of a file by path ("/model_weights/conv/kernel:0").
/// The root groups that hold optimizer states are left out. A plain value.
class Hdf5File {
 public:
  /// Reads the file of `size` bytes open as `file`.
  static Result<Hdf5File> read(int file, uint64_t size, const Hdf5Limits& limits);
  /// Reads a file that lies in memory.
  static Result<Hdf5File> read(std::span<const std::byte> bytes, const Hdf5Limits& limits);

  /// Null when there is none.
  const Hdf5Object* find(std::string_view path) const;
  /// A text attribute; nothing when it is missing or no text.
  std::optional<std::string> text(std::string_view path, std::string_view name) const;
  /// A list of texts, put together where Keras split it into `name`0, `name`1, ...; nothing when
  /// neither is there.
  std::optional<std::vector<std::string>> texts(std::string_view path, std::string_view name) const;
  /// Names of the direct members of a group, sorted.
  std::vector<std::string> members(std::string_view path) const;
  const std::map<std::string, Hdf5Object, std::less<>>& objects() const { return objects_; }

 private:
  friend class Hdf5Stream;
  std::map<std::string, Hdf5Object, std::less<>> objects_;
};

}  // namespace pome::keras
