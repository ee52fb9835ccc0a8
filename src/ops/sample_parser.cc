#include "ops/sample_parser.h"

#include <charconv>

#include "base/text.h"
#include "base/try.h"

namespace pome::ops {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Result<std::vector<SampleArgument>> line() {
    std::vector<SampleArgument> arguments;
    while (take(' ')) {
    }
    while (!rest_.empty()) {
      SampleArgument a;
      a.param = std::string(word());
      if (a.param.empty() || !take('=')) return expected("\"param=\"");
      const std::string_view start = rest_;
      a.tuple = take('(');
      do {
        if (a.tuple && peek(')')) break;
        POME_ASSIGN(SampleValue v, value());
        a.values.push_back(std::move(v));
      } while (a.tuple && take(','));
      if (a.tuple && !take(')')) return expected("\",\" or \")\"");
      a.text = std::string(start.substr(0, start.size() - rest_.size()));
      arguments.push_back(std::move(a));
      if (!rest_.empty() && !take(' ')) return expected("a space");
      while (take(' ')) {
      }
    }
    return arguments;
  }

 private:
  Result<SampleValue> value() {
    SampleValue v;
    bool typed = false;
    const std::string_view before = rest_;
    for (;;) {
      const std::string_view at = rest_;
      const std::string_view w = word();
      if (w == "const" && take(':')) continue;
      if (w == "run" && take(':')) {
        v.constant = false;
        continue;
      }
      if (w == "list" && take(':')) {
        v.list = true;
        continue;
      }
      const auto dtype = ir::dtype_from_name(w);
      if (dtype && take(':')) {
        v.dtype = *dtype;
        typed = true;
        continue;
      }
      if (dtype && peek('[')) return random(std::move(v), *dtype, before.starts_with("const:"));
      rest_ = at;
      break;
    }
    POME_TRY(elements(v, typed, 0));
    return v;
  }

  Result<SampleValue> random(SampleValue v, ir::DType dtype, bool constant) {
    v.random = true;
    v.constant = constant;
    v.dtype = dtype;
    take('[');
    while (!peek(']')) {
      POME_ASSIGN(const double d, number());
      if (d < 0 || v.shape.rank() == Shape::kMaxRank) return expected("an extent");
      v.shape.push_back(static_cast<int64_t>(d));
      if (!take(',')) break;
    }
    if (!take(']')) return expected("\"]\"");
    if (!take('{')) return v;
    const size_t dots = rest_.find("..");
    const size_t end = rest_.find('}');
    if (dots == std::string_view::npos || end == std::string_view::npos || end < dots)
      return expected("\"lo..hi}\"");
    POME_ASSIGN(v.lo, number(rest_.substr(0, dots)));
    POME_ASSIGN(v.hi, number(rest_.substr(dots + 2, end - dots - 2)));
    rest_.remove_prefix(end + 1);
    return v;
  }

  /// A scalar, or a bracketed list of them; the shape is that of the first members.
  Status elements(SampleValue& v, bool typed, int depth) {
    if (!peek('[')) return v.shape.rank() == depth ? scalar(v, typed) : expected("a bracket");
    const bool deeper = v.shape.rank() == depth && !(v.numbers.empty() && v.strings.empty());
    if (deeper) return expected("a value");
    take('[');
    if (depth == Shape::kMaxRank) return expected("fewer brackets");
    if (v.shape.rank() == depth) v.shape.push_back(0);
    int64_t n = 0;
    while (!peek(']')) {
      POME_TRY(elements(v, typed, depth + 1));
      ++n;
      if (!take(',')) break;
    }
    if (!take(']')) return expected("\",\" or \"]\"");
    if (v.shape[depth] != 0 && v.shape[depth] != n) return expected("rows of equal length");
    v.shape[depth] = n;
    return {};
  }

  Status scalar(SampleValue& v, bool typed) {
    if (take('"')) {
      const size_t end = rest_.find('"');
      if (end == std::string_view::npos) return expected("a closing quote");
      v.strings.emplace_back(rest_.substr(0, end));
      v.dtype = ir::DType::kString;
      rest_.remove_prefix(end + 1);
      return {};
    }
    const std::string_view at = rest_;
    const std::string_view w = word();
    if (w == "true" || w == "false") {
      v.numbers.push_back(w == "true");
      if (!typed) v.dtype = ir::DType::kBool;
      return {};
    }
    rest_ = at;
    const std::string_view text = rest_.substr(0, rest_.find_first_of(" ,])"));
    POME_ASSIGN(const double d, number(text));
    rest_.remove_prefix(text.size());
    v.numbers.push_back(d);
    if (!typed && text.find_first_of(".einf") != std::string_view::npos) {
      v.dtype = ir::DType::kFp32;
      v.bare_float = true;
    }
    return {};
  }

  Result<double> number() {
    const std::string_view text = rest_.substr(0, rest_.find_first_not_of("-0123456789"));
    POME_ASSIGN(const double d, number(text));
    rest_.remove_prefix(text.size());
    return d;
  }
  Result<double> number(std::string_view text) {
    double d = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), d);
    if (error != std::errc() || end != text.data() + text.size()) return expected("a number");
    return d;
  }

  std::string_view word() {
    size_t n = 0;
    while (n < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[n])) || rest_[n] == '_'))
      ++n;
    const std::string_view w = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return w;
  }
  bool peek(char c) const { return !rest_.empty() && rest_[0] == c; }
  bool take(char c) {
    if (!peek(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  Error expected(const std::string& what) const {
    return {ErrorCode::kInvalidArgument,
            "sample line: " + what + " is expected at " + quoted(rest_, 40)};
  }

  std::string_view rest_;
};

}  // namespace

Result<std::vector<SampleArgument>> parse_sample(std::string_view line) {
  return Parser(line).line();
}

}  // namespace pome::ops
