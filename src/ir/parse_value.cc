// Types and constants of MIL text.
#include "ir/parse_value.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ir/verifier.h"

namespace pome::ir {
namespace {

constexpr int kMaxTypeDepth = 16;

/// A whole number of the range of `dtype`, little-endian in 8 bytes; nothing when it is none.
std::optional<uint64_t> integer_bits(std::string_view text, DType dtype) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  if (dtype == DType::kUint64) {
    uint64_t value = 0;
    const auto [p, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && p == end ? std::optional(value) : std::nullopt;
  }
  int64_t value = 0;
  const auto [p, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || p != end) return std::nullopt;
  const bool is_signed = dtype == DType::kInt4 || dtype == DType::kInt8 || dtype == DType::kInt16 ||
                         dtype == DType::kInt32 || dtype == DType::kInt64;
  const int width = bits(dtype) - (is_signed ? 1 : 0);
  const int64_t highest =
      width >= 63 ? std::numeric_limits<int64_t>::max() : (int64_t{1} << width) - 1;
  if (value > highest || value < (is_signed ? -highest - 1 : 0)) return std::nullopt;
  return static_cast<uint64_t>(value);
}

/// Decimal or hexadecimal, `inf`, `nan`; nothing when it is none or does not fit.
template <typename T>
std::optional<T> parse_float(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  T value = 0;
  if (text == "inf" || text == "infinity") {
    value = std::numeric_limits<T>::infinity();
  } else if (text == "nan") {
    value = std::numeric_limits<T>::quiet_NaN();
  } else {
    if (text.empty() || !((text[0] >= '0' && text[0] <= '9') || text[0] == '.'))
      return std::nullopt;
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    const auto format = hex ? std::chars_format::hex : std::chars_format::general;
    const auto [p, error] = std::from_chars(text.data(), text.data() + text.size(), value, format);
    if (error != std::errc() || p != text.data() + text.size()) return std::nullopt;
  }
  return negative ? -value : value;
}

/// The byte that stands for a value in an fp8 type; nothing when no byte does.
std::optional<uint8_t> fp8_bits(DType dtype, double value) {
  for (int b = 0; b < 256; ++b) {
    const auto byte = static_cast<std::byte>(b);
    const double candidate = load_real(dtype, &byte, 0);
    const bool same = candidate == value && std::signbit(candidate) == std::signbit(value);
    if (same || (std::isnan(candidate) && std::isnan(value))) return static_cast<uint8_t>(b);
  }
  return std::nullopt;
}

}  // namespace

/// A tensor that grows while its rows are read; unknown extents are learnt from the first row.
struct ValueParser::Rows {
  const Type& type;
  Shape shape;
  std::vector<std::byte> bytes;
  std::vector<std::string> strings;
  int64_t count = 0;

  /// Room for one more element of the dtype's storage.
  std::byte* grow() {
    const auto size = static_cast<size_t>(storage_bytes(type.dtype(), count + 1));
    if (bytes.size() < size) bytes.resize(size);
    return bytes.data();
  }
};

Status ValueParser::spend(int64_t n) {
  nodes_left_ -= n;
  if (nodes_left_ >= 0) return {};
  return lexer_.error_at(lexer_.peek().offset, ErrorCode::kLimitExceeded,
                         "the program has more than " + std::to_string(options_.max_nodes) +
                             " ops, values, operands and texts");
}

Result<std::string> ValueParser::name(std::string_view what) {
  const Token::Kind kind = lexer_.peek().kind;
  if (kind == Token::Kind::kName) return std::string(lexer_.next().text);
  if (kind != Token::Kind::kString || lexer_.peek().text.empty()) return lexer_.expected(what);
  return lexer_.decode(lexer_.next());
}

bool ValueParser::at_type() const {
  const Token& t = lexer_.peek();
  if (t.kind != Token::Kind::kName) return false;
  return dtype_from_name(t.text) || t.text == "tensor" || t.text == "list" || t.text == "dict" ||
         t.text == "tuple" || t.text == "state";
}

Result<int64_t> ValueParser::dim() {
  if (lexer_.accept("?")) return Shape::kUnknown;
  if (lexer_.peek().kind != Token::Kind::kNumber) return lexer_.expected("a size or \"?\"");
  const auto value = integer_bits(lexer_.peek().text, DType::kInt64);
  if (!value || static_cast<int64_t>(*value) < 0)
    return lexer_.expected("a size from 0 to 9223372036854775807");
  lexer_.next();
  return static_cast<int64_t>(*value);
}

Result<Type> ValueParser::tensor_type() {
  const Token word = lexer_.next();
  const auto dtype = dtype_from_name(word.text);
  if (!dtype) {
    return lexer_.error_at(
        word.offset, ErrorCode::kInvalidFormat,
        "found " + quoted(word.text, 40) + ", expected an element type such as \"fp32\"");
  }
  POME_TRY(lexer_.expect(","));
  POME_TRY(lexer_.expect("["));
  Shape shape;
  while (!lexer_.peek().is("]")) {
    if (shape.rank() == Shape::kMaxRank) {
      return lexer_.error_at(lexer_.peek().offset, ErrorCode::kUnsupported,
                             "a tensor has more than " + std::to_string(Shape::kMaxRank) +
                                 " dimensions, which is not supported");
    }
    POME_ASSIGN(const int64_t d, dim());
    shape.push_back(d);
    if (!lexer_.accept(",")) break;
  }
  POME_TRY(lexer_.expect("]"));
  POME_TRY(lexer_.expect(">"));
  const Type type = Type::tensor(*dtype, shape);
  if (const Status possible = verify(type); !possible.ok())
    return lexer_.error_at(word.offset, ErrorCode::kInvalidModel, possible.error().message());
  return type;
}

Result<Type> ValueParser::type(int depth) {
  if (!at_type()) return lexer_.expected("a type");
  if (depth == kMaxTypeDepth) {
    return lexer_.error_at(lexer_.peek().offset, ErrorCode::kLimitExceeded,
                           "types are nested deeper than " + std::to_string(kMaxTypeDepth));
  }
  const Token word = lexer_.next();
  if (const auto dtype = dtype_from_name(word.text)) return Type::scalar(*dtype);
  POME_TRY(lexer_.expect("<"));
  if (word.text == "tensor") return tensor_type();
  std::vector<Type> members;
  do {
    POME_TRY(spend());
    POME_ASSIGN(Type member, type(depth + 1));
    members.push_back(std::move(member));
    const bool more = word.text == "tuple" || (word.text == "dict" && members.size() < 2);
    if (!more) break;
  } while (lexer_.accept(","));
  int64_t length = 0;
  if (word.text == "list") {
    POME_TRY(lexer_.expect(","));
    POME_ASSIGN(length, dim());
  }
  if (word.text == "dict" && members.size() != 2) return lexer_.expected("\",\" and a value type");
  POME_TRY(lexer_.expect(">"));
  if (word.text == "list") return Type::list(std::move(members[0]), length);
  if (word.text == "dict") return Type::dict(std::move(members[0]), std::move(members[1]));
  if (word.text == "state") return Type::state(std::move(members[0]));
  return Type::tuple(std::move(members));
}

Result<LiteralPtr> ValueParser::value() {
  POME_ASSIGN(const Type t, type());
  return value_of(t);
}

Result<LiteralPtr> ValueParser::value_of(const Type& type) {
  POME_TRY(lexer_.expect("("));
  POME_ASSIGN(LiteralPtr literal, lexer_.peek().is_name("BLOBFILE") ? blob(type) : content(type));
  POME_TRY(lexer_.expect(")"));
  return literal;
}

Result<LiteralPtr> ValueParser::content(const Type& type) {
  if (type.is_tensor()) return tensor(type);
  if (type.kind() == Type::Kind::kState) return lexer_.expected("a value: a state has none");
  return aggregate(type);
}

Result<LiteralPtr> ValueParser::aggregate(const Type& type) {
  static constexpr std::string_view kBrackets[] = {"", "[]", "{}", "()", ""};
  const std::string_view brackets = kBrackets[static_cast<int>(type.kind())];
  const std::string_view close = brackets.substr(1, 1);
  std::vector<LiteralPtr> members;
  const size_t start = lexer_.peek().offset;
  POME_TRY(lexer_.expect(brackets.substr(0, 1)));
  while (!lexer_.peek().is(close)) {
    POME_TRY(spend(8));
    const auto& types = type.members();
    const bool tuple = type.kind() == Type::Kind::kTuple;
    if (tuple && members.size() == types.size()) return lexer_.expected("\")\"");
    const bool dict = type.kind() == Type::Kind::kDict;
    if (dict) POME_TRY(lexer_.expect("{"));
    POME_ASSIGN(LiteralPtr member, content(types[tuple ? members.size() : 0]));
    members.push_back(std::move(member));
    if (dict) {
      POME_TRY(lexer_.expect(","));
      POME_ASSIGN(member, content(types[1]));
      members.push_back(std::move(member));
      POME_TRY(lexer_.expect("}"));
    }
    if (!lexer_.accept(",")) break;
  }
  POME_TRY(lexer_.expect(close));
  size_t wanted = members.size();
  if (type.kind() == Type::Kind::kTuple) wanted = type.members().size();
  if (type.kind() == Type::Kind::kList && type.length() != Shape::kUnknown)
    wanted = static_cast<size_t>(type.length());
  if (wanted != members.size()) {
    return lexer_.error_at(
        start, ErrorCode::kInvalidFormat,
        "found " + std::to_string(members.size()) + " members, expected " + std::to_string(wanted));
  }
  return Literal::aggregate(type, std::move(members));
}

Result<LiteralPtr> ValueParser::tensor(const Type& type) {
  Rows read{type, type.shape(), {}, {}, 0};
  POME_TRY(spend(4));
  POME_TRY(rows(read, 0));
  const Type known = Type::tensor(type.dtype(), read.shape);
  if (type.dtype() == DType::kString) return Literal::strings(known, std::move(read.strings));
  return Literal::copy(known, std::span<const std::byte>(read.bytes));
}

Status ValueParser::rows(Rows& read, int axis) {
  if (axis == read.shape.rank()) return element(read);
  const size_t start = lexer_.peek().offset;
  POME_TRY(lexer_.expect("["));
  int64_t count = 0;
  const int64_t wanted = read.shape[axis];
  while (!lexer_.peek().is("]")) {
    if (count == wanted) return lexer_.expected("\"]\" after " + std::to_string(wanted) + " rows");
    POME_TRY(rows(read, axis + 1));
    ++count;
    if (!lexer_.accept(",")) break;
  }
  POME_TRY(lexer_.expect("]"));
  if (wanted == Shape::kUnknown) {
    // An extent below an empty one stays unknown in the text: it is nothing then.
    for (int i = axis + 1; count == 0 && i < read.shape.rank(); ++i)
      if (read.shape[i] == Shape::kUnknown) read.shape[i] = 0;
    read.shape[axis] = count;
  } else if (count != wanted && !(count == 0 && read.type.shape().checked_elements() == 0)) {
    return lexer_.error_at(start, ErrorCode::kInvalidFormat,
                           "found " + std::to_string(count) + " elements, expected " +
                               std::to_string(wanted) + " on axis " + std::to_string(axis) +
                               " of " + read.type.to_string());
  }
  return {};
}

Status ValueParser::element(Rows& read) {
  const DType dtype = read.type.dtype();
  const Token token = lexer_.peek();
  if (dtype == DType::kString) {
    if (token.kind != Token::Kind::kString) return lexer_.expected("a text in quotes");
    POME_TRY(spend());
    POME_ASSIGN(std::string text, lexer_.decode(lexer_.next()));
    read.strings.push_back(std::move(text));
  } else if (dtype == DType::kBool) {
    if (!token.is_name("true") && !token.is_name("false"))
      return lexer_.expected("\"true\" or \"false\"");
    read.grow()[read.count] = static_cast<std::byte>(lexer_.next().text == "true");
  } else {
    const bool word = token.is_name("inf") || token.is_name("nan");
    if (token.kind != Token::Kind::kNumber && !(word && is_float(dtype)))
      return lexer_.expected("a number");
    POME_TRY(number(read, token.text, token));
    lexer_.next();
  }
  ++read.count;
  return {};
}

Status ValueParser::number(Rows& read, std::string_view text, const Token& token) {
  const DType dtype = read.type.dtype();
  bool fits = true;
  if (is_integer(dtype)) {
    const auto bits = integer_bits(text, dtype);
    fits = bits.has_value();
    if (fits && dtype == DType::kUint64) {
      std::memcpy(read.grow() + read.count * 8, &*bits, 8);
    } else if (fits) {
      store_integer(dtype, read.grow(), read.count, static_cast<int64_t>(*bits));
    }
  } else if (dtype == DType::kFp32) {
    const auto value = parse_float<float>(text);
    fits = value.has_value();
    if (fits) std::memcpy(read.grow() + read.count * 4, &*value, 4);
  } else {
    const auto value = parse_float<double>(text);
    fits = value.has_value();
    if (fits && bits(dtype) == 8) {
      const auto byte = fp8_bits(dtype, *value);
      fits = byte.has_value();
      if (fits) read.grow()[read.count] = static_cast<std::byte>(*byte);
    } else if (fits) {
      store_real(dtype, read.grow(), read.count, *value);
    }
  }
  if (fits) return {};
  return lexer_.error_at(token.offset, ErrorCode::kInvalidFormat,
                         "found " + quoted(token.text, 40) + ", expected a number that fits " +
                             std::string(ir::name(dtype)));
}

Result<LiteralPtr> ValueParser::blob(const Type& type) {
  const size_t start = lexer_.next().offset;
  POME_TRY(spend(4));
  std::optional<BlobReference> reference = BlobReference{};
  POME_TRY(lexer_.expect("("));
  for (const std::string_view key : {"path", "offset"}) {
    if (key == "offset") POME_TRY(lexer_.expect(","));
    if (!lexer_.peek().is_name(key)) return lexer_.expected(quoted(key));
    lexer_.next();
    POME_TRY(lexer_.expect("="));
    POME_ASSIGN(const Type given, this->type());
    const DType wanted = key == "path" ? DType::kString : DType::kUint64;
    if (!(given == Type::scalar(wanted)))
      return lexer_.expected("a value of type " + std::string(ir::name(wanted)) + " before it");
    POME_TRY(lexer_.expect("("));
    POME_ASSIGN(const LiteralPtr value, content(given));  // in place: no blob inside a blob
    POME_TRY(lexer_.expect(")"));
    if (key == "path") {
      reference->path = value->text();
    } else {
      std::memcpy(&reference->offset, value->bytes().data(), sizeof(reference->offset));
    }
  }
  POME_TRY(lexer_.expect(")"));
  const std::string& path = reference->path;
  constexpr std::string_view kRoot = "@model_path/";
  if (!path.starts_with(kRoot) || path.size() == kRoot.size() ||
      path.find("..") != std::string::npos || path.find('\\') != std::string::npos ||
      path.find("//") != std::string::npos) {
    return lexer_.error_at(start, ErrorCode::kInvalidModel,
                           "found the weight file " + quoted(path) +
                               ", expected a path below @model_path without \"..\"");
  }
  if (!type.is_tensor() || !type.shape().known() || type.dtype() == DType::kString) {
    return lexer_.error_at(
        start, ErrorCode::kInvalidModel,
        "found a BLOBFILE of type " + type.to_string() + ", expected numbers of a known size");
  }
  if (!options_.resolve_blob) {
    return lexer_.error_at(
        start, ErrorCode::kInvalidArgument,
        "the constant lies in " + quoted(path) + ", but no weight files were given with the text");
  }
  Result<LiteralPtr> literal = options_.resolve_blob(*reference, type);
  if (!literal.ok()) {
    const Error where = lexer_.error_at(start, literal.error().code(), "");
    return std::move(literal).error().at(where.places()[0]);
  }
  return literal;
}

}  // namespace pome::ir
