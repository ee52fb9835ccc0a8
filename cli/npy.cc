// NumPy's .npy format: magic, version, a header that is a Python dictionary, then the elements.
#include <charconv>
#include <cstring>
#include <optional>

#include "arrays.h"
#include "base/text.h"

namespace pome::cli {
namespace {

constexpr char kMagic[] = "\x93NUMPY";

Error invalid(const std::string& path, std::string message) {
  return Error(ErrorCode::kInvalidFormat, std::move(message)).at(path);
}

/// The text between `key': ` and the next comma or brace (or after the tuple's parenthesis).
std::string header_value(const std::string& header, const std::string& key) {
  const size_t at = header.find("'" + key + "':");
  if (at == std::string::npos) return {};
  size_t begin = header.find_first_not_of(' ', at + key.size() + 3);
  if (begin == std::string::npos) return {};
  const char stop = header[begin] == '(' ? ')' : ',';
  const size_t end = header.find(stop, begin);
  return header.substr(begin, end == std::string::npos ? end : end - begin);
}

std::optional<std::vector<int64_t>> parse_shape(const std::string& text) {
  std::vector<int64_t> shape;
  const char* p = text.data();
  const char* end = p + text.size();
  while (p < end) {
    if (*p == '(' || *p == ',' || *p == ' ') {
      ++p;
      continue;
    }
    int64_t extent = 0;
    const auto [next, code] = std::from_chars(p, end, extent);
    if (code != std::errc() || extent < 0 || shape.size() >= 16) return std::nullopt;
    shape.push_back(extent);
    p = next;
  }
  return shape;
}

struct Source {
  char kind = 0;  // NumPy's: f, i, u, b
  size_t bytes = 0;
};

std::optional<Source> parse_descr(const std::string& text) {
  // '<f4' with its quotes; '|' is for single bytes.
  if (text.size() < 4 || (text[1] != '<' && text[1] != '|')) return std::nullopt;
  Source s{text[2], static_cast<size_t>(text[3] - '0')};
  const std::string known = std::string(1, s.kind) + text[3];
  for (const char* k : {"f2", "f4", "f8", "i1", "i4", "i8", "u1", "b1"})
    if (known == k) return s;
  return std::nullopt;
}

MultiArrayDataType target_of(const Source& s) {
  if (s.kind == 'f') {
    return s.bytes == 2   ? MultiArrayDataType::kFloat16
           : s.bytes == 4 ? MultiArrayDataType::kFloat32
                          : MultiArrayDataType::kFloat64;
  }
  return s.kind == 'i' && s.bytes == 1 ? MultiArrayDataType::kInt8 : MultiArrayDataType::kInt32;
}

Result<MultiArray> elements(const std::string& path, const Source& s, std::vector<int64_t> shape,
                            const std::string& data) {
  const MultiArrayDataType type = target_of(s);
  const auto bytes = std::as_bytes(std::span(data));
  if (element_size(type) == s.bytes && s.kind != 'u' && s.kind != 'b') {
    auto array = MultiArray::from_bytes(type, std::move(shape), bytes);
    return array.ok() ? std::move(array) : Result<MultiArray>(std::move(array).error().at(path));
  }
  // int64, uint8 and bool are widened or narrowed to int32.
  std::vector<int32_t> values(data.size() / s.bytes);
  for (size_t i = 0; i < values.size(); ++i) {
    if (s.bytes == 8) {
      int64_t v = 0;
      std::memcpy(&v, data.data() + i * 8, 8);
      if (v < INT32_MIN || v > INT32_MAX)
        return invalid(path, "value " + std::to_string(v) + " does not fit int32");
      values[i] = static_cast<int32_t>(v);
    } else {
      values[i] = static_cast<uint8_t>(data[i]);
    }
  }
  auto array = MultiArray::from_bytes(type, std::move(shape), std::as_bytes(std::span(values)));
  return array.ok() ? std::move(array) : Result<MultiArray>(std::move(array).error().at(path));
}

}  // namespace

Result<MultiArray> parse_npy(const std::string& bytes, const std::string& place) {
  if (bytes.size() < 10 || bytes.compare(0, 6, kMagic, 6) != 0)
    return invalid(place, "this is no .npy file");
  const bool wide = bytes[6] >= 2;
  const size_t start = wide ? 12 : 10;
  if (bytes.size() < start) return invalid(place, "the .npy header is cut off");
  size_t length = 0;
  for (size_t i = 0; i < (wide ? 4u : 2u); ++i)
    length |= static_cast<size_t>(static_cast<uint8_t>(bytes[8 + i])) << (8 * i);
  if (length > bytes.size() - start) return invalid(place, "the .npy header is cut off");
  const std::string header = bytes.substr(start, length);
  const auto source = parse_descr(header_value(header, "descr"));
  if (!source) {
    return invalid(place, "element type " + quoted(header_value(header, "descr")) +
                              " is not supported; save float16, float32, float64, int8, int32, "
                              "int64, uint8 or bool");
  }
  if (header_value(header, "fortran_order") != "False") {
    return invalid(place, "the array is in Fortran order; save numpy.ascontiguousarray(x)");
  }
  const auto shape = parse_shape(header_value(header, "shape"));
  if (!shape)
    return invalid(place, "the shape " + quoted(header_value(header, "shape")) + " cannot be read");
  return elements(place, *source, *shape, bytes.substr(start + length));
}

std::string format_npy(const MultiArray& array) {
  static constexpr const char* kDescr[] = {"<f2", "<f4", "<f8", "<i4", "|i1"};
  static constexpr MultiArrayDataType kTypes[] = {
      MultiArrayDataType::kFloat16, MultiArrayDataType::kFloat32, MultiArrayDataType::kFloat64,
      MultiArrayDataType::kInt32, MultiArrayDataType::kInt8};
  std::string header = "{'descr': '";
  for (size_t i = 0; i < 5; ++i)
    if (kTypes[i] == array.type()) header += kDescr[i];
  header += "', 'fortran_order': False, 'shape': (";
  for (int64_t d : array.shape()) header += std::to_string(d) + ",";
  header += "), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes(kMagic, 6);
  bytes += std::string("\x01\x00", 2);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  const auto data = array.bytes();
  return bytes.append(reinterpret_cast<const char*>(data.data()), data.size());
}

}  // namespace pome::cli
