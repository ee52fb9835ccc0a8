// Attributes and datasets as values of the stream.
#pragma once

#define H5_USE_110_API 1
#include <hdf5.h>

#include <cstdint>
#include <string>

namespace pome::hdf5 {

/// A handle of the HDF5 library, closed at the end of its scope.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  hid_t get() const { return id_; }
  bool ok() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// Writes the value of an attribute or of a dataset; the record's head is already written. `memory`
/// bounds its bytes. Returns what is wrong, empty when nothing is; then nothing was written.
class ValueWriter {
 public:
  /// Exactly one of the two is a valid handle.
  ValueWriter(hid_t attribute, hid_t dataset, uint64_t memory)
      : attribute_(attribute), dataset_(dataset), memory_(memory) {}
  /// Reads all; the text of an error, or empty.
  std::string read();
  /// After read(): writes the value.
  void write() const;

 private:
  std::string read_strings(hid_t type, hid_t space);
  std::string read_numbers(hid_t type);
  herr_t fetch(hid_t memory_type, void* to) const;

  hid_t attribute_;
  hid_t dataset_;
  uint64_t memory_;
  uint8_t element_ = 0;
  int rank_ = 0;
  hsize_t dims_[H5S_MAX_RANK] = {};
  uint64_t count_ = 1;
  std::string payload_;
};

}  // namespace pome::hdf5
