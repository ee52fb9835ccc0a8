#include "convert/hdf5_reader/value.h"

#include <cstdlib>
#include <cstring>
#include <vector>

#include "convert/hdf5_reader/output.h"

namespace pome::hdf5 {
namespace {

void append_text(std::string& to, const char* text, size_t size) {
  const auto length = static_cast<uint32_t>(size);
  to.append(reinterpret_cast<const char*>(&length), sizeof(length));
  to.append(text, size);
}

}  // namespace

herr_t ValueWriter::fetch(hid_t memory_type, void* to) const {
  if (attribute_ >= 0) return H5Aread(attribute_, memory_type, to);
  return H5Dread(dataset_, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
}

std::string ValueWriter::read() {
  const Handle type(attribute_ >= 0 ? H5Aget_type(attribute_) : H5Dget_type(dataset_), H5Tclose);
  const Handle space(attribute_ >= 0 ? H5Aget_space(attribute_) : H5Dget_space(dataset_), H5Sclose);
  if (!type.ok() || !space.ok()) return "its type or extent cannot be read";
  const H5S_class_t extent = H5Sget_simple_extent_type(space.get());
  if (extent == H5S_NULL) {
    element_ = kOther;
    return {};
  }
  rank_ = H5Sget_simple_extent_ndims(space.get());
  if (rank_ < 0 || rank_ > kMaxRank) return "its rank is " + std::to_string(rank_);
  if (rank_ > 0 && H5Sget_simple_extent_dims(space.get(), dims_, nullptr) < 0)
    return "its extent cannot be read";
  for (int i = 0; i < rank_; ++i) {
    if (__builtin_mul_overflow(count_, static_cast<uint64_t>(dims_[i]), &count_) ||
        count_ > memory_)
      return "it has too many elements";
  }
  switch (H5Tget_class(type.get())) {
    case H5T_STRING:
      return read_strings(type.get(), space.get());
    case H5T_FLOAT:
    case H5T_INTEGER:
    case H5T_ENUM:
    case H5T_OPAQUE:
      return read_numbers(type.get());
    default:
      element_ = kOther;
      rank_ = 0;
      return {};
  }
}

std::string ValueWriter::read_numbers(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  size_t width = 4;
  hid_t memory_type = H5T_NATIVE_FLOAT;
  element_ = kFloat32;
  if (kind == H5T_OPAQUE) {
    if (H5Tget_size(type) != 2) {
      element_ = kOther;
      rank_ = 0;
      return {};
    }
    width = 2;
    memory_type = type;
    element_ = kRaw16;
  } else if (kind != H5T_FLOAT) {
    width = 8;
    memory_type = H5T_NATIVE_INT64;
    element_ = kInt64;
  }
  if (count_ > memory_ / 8) return "it has too many elements";
  // An enumeration (h5py's boolean) converts to its own values alone: read the integers below it.
  Handle native(kind == H5T_ENUM ? H5Tget_native_type(type, H5T_DIR_ASCEND) : -1, H5Tclose);
  if (kind == H5T_ENUM) {
    if (!native.ok() || H5Tget_size(native.get()) > 8) return "its type cannot be read";
    const size_t size = H5Tget_size(native.get());
    std::vector<unsigned char> raw(count_ * size);
    if (fetch(native.get(), raw.data()) < 0) return "its data is damaged";
    for (uint64_t i = 0; i < count_; ++i) {
      int64_t v = 0;
      std::memcpy(&v, raw.data() + i * size, size);
      payload_.append(reinterpret_cast<const char*>(&v), sizeof(v));
    }
    return {};
  }
  payload_.resize(count_ * width);
  if (count_ > 0 && fetch(memory_type, payload_.data()) < 0) return "its data is damaged";
  return {};
}

std::string ValueWriter::read_strings(hid_t type, hid_t space) {
  element_ = kString;
  if (count_ > memory_ / sizeof(char*)) return "it has too many elements";
  if (H5Tis_variable_str(type) > 0) {
    const Handle memory_type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory_type.get(), H5T_VARIABLE);
    H5Tset_cset(memory_type.get(), H5Tget_cset(type));
    std::vector<char*> texts(count_, nullptr);
    if (count_ > 0 && fetch(memory_type.get(), texts.data()) < 0) return "its text is damaged";
    for (const char* text : texts) append_text(payload_, text ? text : "", text ? strlen(text) : 0);
    H5Dvlen_reclaim(memory_type.get(), space, H5P_DEFAULT, texts.data());
    return {};
  }
  const size_t width = H5Tget_size(type);
  if (width == 0 || count_ > memory_ / width) return "it has too many elements";
  std::vector<char> raw(count_ * width);
  if (count_ > 0 && fetch(type, raw.data()) < 0) return "its text is damaged";
  for (uint64_t i = 0; i < count_; ++i) {
    const char* text = raw.data() + i * width;
    append_text(payload_, text, strnlen(text, width));
  }
  return {};
}

void ValueWriter::write() const {
  put_u8(element_);
  put_u8(static_cast<uint8_t>(rank_));
  for (int i = 0; i < rank_; ++i) put_u64(dims_[i]);
  put(payload_.data(), payload_.size());
}

}  // namespace pome::hdf5
