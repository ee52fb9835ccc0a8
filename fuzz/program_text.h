// MIL programs out of a fuzzer's bytes.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pome::fuzz {

/// Writes one program from choices: ops whose operands are of the right type, so that most programs
/// pass the verifier; sizes and indices are left to data. Floats never become integers, so that
/// rounding decides no size. Deterministic.
class ProgramText {
 public:
  /// Elements of the only input x, fp32.
  static constexpr int64_t kElements = 4;

  explicit ProgramText(FuzzedDataProvider& choices) : choices_(choices) {}
  /// The program; its only output is fp32 of rank 1. To be called once.
  std::string text();

 private:
  enum Kind { kFixed, kFloats, kInts, kInt, kBool, kList, kKinds };
  /// How the type of that kind is written.
  static const char* type(Kind kind);
  /// The names in reach, by kind.
  using Scope = std::array<std::vector<std::string>, kKinds>;

  std::string pick(Kind kind);
  /// A whole number, mostly small.
  std::string number();
  /// One line that declares a new name of that kind.
  void declare(Kind kind, const std::string& expression);
  void statement(int depth);
  void fixed();
  void floats();
  void ints();
  void integer();
  void list();
  void cond(int depth);
  void loop(int depth);
  /// " {" statements "} -> (" what is to be returned ")"; the names made inside are forgotten.
  void block(int depth, const std::vector<Kind>& results);

  FuzzedDataProvider& choices_;
  Scope scope_;
  std::string text_;
  int names_ = 0;
  int statements_ = 0;
};

}  // namespace pome::fuzz
