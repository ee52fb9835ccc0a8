// What the verbs of the command share.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pome/compute_plan.h"
#include "pome/result.h"

namespace pome::cli {

using Json = nlohmann::ordered_json;

/// Exit statuses, documented in README and --help.
enum ExitStatus : int {
  kDone = 0,
  kNo = 1,
  kUsage = 2,
  kBadFile = 3,
  kUnsupported = 4,
  kOverLimit = 5,
  kDefect = 70,
};

/// --json, --quiet, --color: on every verb.
struct Output {
  bool json = false;
  bool quiet = false;
  std::string color = "auto";

  void add_to(CLI::App& app);
  /// Escape sequences are wanted on stdout.
  bool colored() const;
  /// `text` in bold where colours are on.
  std::string bold(const std::string& text) const;
};

/// Prints an error the way the flags ask for, and returns its exit status.
int fail(const Output& output, const Error& error);
/// The same for a command line that cannot be meant: exit status 2.
int fail_usage(const Output& output, const std::string& message);
/// A note on stderr unless --quiet: "note: ...".
void note(const Output& output, const std::string& text);
/// One JSON value on stdout.
void print(const Json& json);
/// Text of a model or a file name with control characters, and those that turn the reading
/// direction, as \xNN, so that it moves no cursor and shows what it says.
std::string printable(std::string_view text);

/// A float or double as the shortest number that reads back the same.
Json number(double value);
/// "[1,3,?]": an extent that is not known before a prediction is "?"; empty for no extents.
std::string shape_text(const std::vector<int64_t>& shape);
/// The shape of a step's output: "8 x [1,64,56,56]" where it runs for each of 8 pictures.
std::string output_text(const ComputePlanStep& step);
/// The texts with `between` between them.
std::string joined(const std::vector<std::string>& parts, std::string_view between = " ");
/// "3.1 ms", "1.20 s".
std::string duration_text(double milliseconds);
/// Peak resident memory of this process in bytes.
uint64_t peak_memory();

/// Bytes of "512MB", "2G", "1000000"; an Error otherwise.
Result<uint64_t> parse_bytes(const std::string& text);

/// One verb: its options live as long as the command line does.
class Verb {
 public:
  virtual ~Verb() = default;
  virtual int run() = 0;
};
std::unique_ptr<Verb> add_info(CLI::App& app);
std::unique_ptr<Verb> add_predict(CLI::App& app);
std::unique_ptr<Verb> add_convert(CLI::App& app);
std::unique_ptr<Verb> add_validate(CLI::App& app);
std::unique_ptr<Verb> add_bench(CLI::App& app);
std::unique_ptr<Verb> add_plan(CLI::App& app);
std::unique_ptr<Verb> add_compare(CLI::App& app);
std::unique_ptr<Verb> add_compile(CLI::App& app);
std::unique_ptr<Verb> add_generate(CLI::App& app);
std::unique_ptr<Verb> add_app(CLI::App& app);
std::unique_ptr<Verb> add_demo(CLI::App& app);

}  // namespace pome::cli
