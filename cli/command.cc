#include "command.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace pome::cli {
namespace {

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMissingInput:
    case ErrorCode::kUnknownName:
      return kUsage;
    case ErrorCode::kUnsupported:
      return kUnsupported;
    case ErrorCode::kLimitExceeded:
    case ErrorCode::kOutOfMemory:
    case ErrorCode::kCancelled:
      return kOverLimit;
    case ErrorCode::kInternal:
      return kDefect;
    default:
      return kBadFile;
  }
}

void report(const Output& output, std::string_view code, const Error& error) {
  if (output.json) {
    print({{"error",
            {{"code", std::string(code)},
             {"message", error.message()},
             {"places", error.places()}}}});
  } else {
    std::fprintf(stderr, "pome: %s\n", printable(error.to_string()).c_str());
  }
}

/// Bytes of the control character at the start of `text`, also of one that turns the reading
/// direction (U+200E and F, U+202A to E, U+2066 to 9); 0 where there is none.
size_t control_at(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return 2;  // U+0080 to U+009F
  if (byte(0) != 0xe2) return 0;
  const bool mark = byte(1) == 0x80 && (byte(2) == 0x8e || byte(2) == 0x8f);
  const bool embedding = byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae;
  const bool isolate = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
  return mark || embedding || isolate ? 3 : 0;
}

}  // namespace

void Output::add_to(CLI::App& app) {
  app.add_flag("--json", json, "Print one JSON value on stdout and nothing else there");
  app.add_flag("--quiet", quiet, "Print no notes and no progress");
  app.add_option("--color", color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

bool Output::colored() const {
  if (color != "auto") return color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0');
}

std::string Output::bold(const std::string& text) const {
  return colored() ? "\x1b[1m" + text + "\x1b[0m" : text;
}

int fail(const Output& output, const Error& error) {
  report(output, to_string(error.code()), error);
  return exit_status(error.code());
}

int fail_usage(const Output& output, const std::string& message) {
  report(output, "usage", Error(ErrorCode::kInvalidArgument, message));
  return kUsage;
}

void note(const Output& output, const std::string& text) {
  if (!output.quiet) std::fprintf(stderr, "note: %s\n", printable(text).c_str());
}

std::string printable(std::string_view text) {
  std::string safe;
  size_t escaped = 0;  // bytes still to escape
  for (size_t i = 0; i < text.size(); ++i) {
    escaped = std::max(escaped, control_at(text.substr(i)));
    if (escaped == 0) {
      safe += text[i];
      continue;
    }
    --escaped;
    char code[8];
    std::snprintf(code, sizeof(code), "\\x%02x", static_cast<unsigned char>(text[i]));
    safe += code;
  }
  return safe;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t extent : shape)
    text += (text.empty() ? "[" : ",") + (extent < 0 ? "?" : std::to_string(extent));
  return text.empty() ? text : text + "]";
}

std::string output_text(const ComputePlanStep& step) {
  const std::string shape = shape_text(step.output_shape);
  return step.runs > 1 && !shape.empty() ? std::to_string(step.runs) + " x " + shape : shape;
}

void print(const Json& json) {
  // Text from a model that is no UTF-8 is replaced, never thrown over.
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::printf("%s\n", text.c_str());
}

Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  const auto single = static_cast<float>(value);
  if (static_cast<double>(single) != value) return value;
  // The shortest text of the float, read as a double, prints as that text.
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), single).ptr;
  double shortest = value;
  std::from_chars(text, end, shortest);
  return shortest;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += between;
    text += parts[i];
  }
  return text;
}

std::string duration_text(double milliseconds) {
  char text[32];
  if (milliseconds >= 1000) {
    std::snprintf(text, sizeof(text), "%.2f s", milliseconds / 1000);
  } else if (milliseconds >= 0.1) {
    std::snprintf(text, sizeof(text), milliseconds >= 10 ? "%.1f ms" : "%.2f ms", milliseconds);
  } else {
    std::snprintf(text, sizeof(text), "%.1f us", milliseconds * 1000);
  }
  return text;
}

uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

Result<uint64_t> parse_bytes(const std::string& text) {
  uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string unit(end, text.data() + text.size());
  for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  uint64_t factor = 0;
  if (unit.empty() || unit == "b") factor = 1;
  if (unit == "k" || unit == "kb") factor = 1000;
  if (unit == "m" || unit == "mb") factor = 1000000;
  if (unit == "g" || unit == "gb") factor = 1000000000;
  if (unit == "kib") factor = uint64_t{1} << 10;
  if (unit == "mib") factor = uint64_t{1} << 20;
  if (unit == "gib") factor = uint64_t{1} << 30;
  uint64_t bytes = 0;
  if (code != std::errc() || factor == 0 || __builtin_mul_overflow(value, factor, &bytes)) {
    return Error(ErrorCode::kInvalidArgument,
                 "\"" + text + "\" is no size; write e.g. 512MB or 2GB");
  }
  return bytes;
}

}  // namespace pome::cli
