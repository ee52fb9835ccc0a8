// Types and constants as MIL text.
#include "ir/print_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace pome::ir {
namespace {

void append_dim(std::string& out, int64_t dim) {
  out += dim == Shape::kUnknown ? "?" : std::to_string(dim);
}

void append_hex_float(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "nan";
    return;
  }
  if (std::signbit(value)) out += '-';
  const double magnitude = std::fabs(value);
  if (std::isinf(magnitude)) {
    out += "inf";
    return;
  }
  if (magnitude == 0) {
    out += "0x0p+0";
    return;
  }
  int exponent = 0;
  const double fraction = std::frexp(magnitude, &exponent);  // in [0.5, 1)
  auto digits = static_cast<uint64_t>((fraction * 2 - 1) * 0x1p52);
  --exponent;
  out += "0x1";
  if (digits != 0) out += '.';
  for (int shift = 48; digits != 0; shift -= 4) {
    out += "0123456789abcdef"[(digits >> shift) & 15u];
    digits &= (uint64_t{1} << shift) - 1;
  }
  out += exponent < 0 ? "p-" : "p+";
  out += std::to_string(std::abs(exponent));
}

void append_element(std::string& out, const Literal& literal, int64_t i) {
  const DType dtype = literal.type().dtype();
  if (dtype == DType::kString) {
    append_quoted(out, literal.strings()[static_cast<size_t>(i)]);
  } else if (dtype == DType::kBool) {
    out += literal.integer(i) != 0 ? "true" : "false";
  } else if (is_float(dtype)) {
    append_hex_float(out, literal.real(i));
  } else if (dtype == DType::kUint64) {
    uint64_t value = 0;
    std::memcpy(&value, literal.bytes().data() + static_cast<size_t>(i) * sizeof(value),
                sizeof(value));
    out += std::to_string(value);
  } else {
    out += std::to_string(literal.integer(i));
  }
}

/// Rows of axis `axis` from element `first`: one pair of brackets for each axis. The rank bounds
/// the recursion.
void append_rows(std::string& out, const Literal& literal, int axis, int64_t first) {
  const Shape& shape = literal.type().shape();
  if (axis == shape.rank()) {
    append_element(out, literal, first);
    return;
  }
  if (literal.size() == 0) {  // however many rows of nothing there are
    out += "[]";
    return;
  }
  int64_t step = 1;
  for (int i = axis + 1; i < shape.rank(); ++i) step *= shape[i];
  out += '[';
  for (int64_t i = 0; i < shape[axis]; ++i) {
    if (i != 0) out += ", ";
    append_rows(out, literal, axis + 1, first + i * step);
  }
  out += ']';
}

void append_content(std::string& out, const Literal& literal);

/// {{"a", 1}, {"b", 2}}: sorted where the keys are texts.
void append_pairs(std::string& out, const Literal& dict) {
  struct Pair {
    const Literal* key;
    const Literal* value;
  };
  std::vector<Pair> pairs;
  const auto& members = dict.members();
  for (size_t i = 0; i + 1 < members.size(); i += 2)
    pairs.push_back({members[i].get(), members[i + 1].get()});
  const bool texts = std::all_of(pairs.begin(), pairs.end(),
                                 [](const Pair& p) { return p.key->strings().size() == 1; });
  if (texts) {
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& a, const Pair& b) { return a.key->text() < b.key->text(); });
  }
  out += '{';
  for (size_t i = 0; i < pairs.size(); ++i) {
    out += i == 0 ? "{" : ", {";
    append_content(out, *pairs[i].key);
    out += ", ";
    append_content(out, *pairs[i].value);
    out += '}';
  }
  out += '}';
}

/// Without the type. The nesting of the type bounds the recursion.
void append_content(std::string& out, const Literal& literal) {
  switch (literal.type().kind()) {
    case Type::Kind::kTensor:
      append_rows(out, literal, 0, 0);
      return;
    case Type::Kind::kDict:
      append_pairs(out, literal);
      return;
    default:
      break;
  }
  const bool tuple = literal.type().kind() == Type::Kind::kTuple;
  out += tuple ? '(' : '[';
  for (size_t i = 0; i < literal.members().size(); ++i) {
    if (i != 0) out += ", ";
    append_content(out, *literal.members()[i]);
  }
  out += tuple ? ')' : ']';
}

}  // namespace

void append_type(std::string& out, const Type& type, Writing writing) {
  static constexpr const char* kNames[] = {"tensor", "list", "dict", "tuple", "state"};
  if (type.is_scalar() && writing == Writing::kNewer) {
    out += name(type.dtype());
    return;
  }
  out += kNames[static_cast<int>(type.kind())];
  out += '<';
  if (type.is_tensor()) {
    out += name(type.dtype());
    out += ", [";
    for (int i = 0; i < type.shape().rank(); ++i) {
      if (i != 0) out += ", ";
      append_dim(out, type.shape()[i]);
    }
    out += ']';
  }
  for (size_t i = 0; i < type.members().size(); ++i) {
    if (i != 0) out += ", ";
    append_type(out, type.members()[i], writing);
  }
  if (type.kind() == Type::Kind::kList) {
    out += ", ";
    append_dim(out, type.length());
  }
  out += '>';
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  out += '"';
}

void append_name(std::string& out, std::string_view text) {
  if (is_identifier(text)) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

void append_value(std::string& out, const Literal& literal, Writing writing) {
  append_type(out, literal.type(), writing);
  out += '(';
  if (literal.blob()) {
    out += "BLOBFILE(path = ";
    append_value(out, *Literal::string(literal.blob()->path), writing);
    out += ", offset = ";
    append_type(out, Type::scalar(DType::kUint64), writing);
    out += '(' + std::to_string(literal.blob()->offset) + "))";
  } else {
    append_content(out, literal);
  }
  out += ')';
}

std::string hex_float(double value) {
  std::string out;
  append_hex_float(out, value);
  return out;
}

bool is_identifier(std::string_view text) {
  if (text.empty()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool digit = c >= '0' && c <= '9';
    if (!letter && (i == 0 || (!digit && c != '@'))) return false;
  }
  static constexpr std::string_view kReserved[] = {"program", "func", "tensor", "list", "dict",
                                                   "tuple",   "true", "false",  "state"};
  return std::find(std::begin(kReserved), std::end(kReserved), text) == std::end(kReserved) &&
         !dtype_from_name(text);
}

}  // namespace pome::ir
