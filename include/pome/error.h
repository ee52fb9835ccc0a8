// What went wrong, where, and what to do about it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)

namespace pome {

/// What kind of failure an Error is. The hundreds digit is the group; the command's exit status
/// follows the group.
enum class ErrorCode : int {
  // 1xx: the operating system could not read or write.
  kNotFound = 100,
  kIo = 101,
  // 2xx: the bytes are not a valid model, picture or value.
  kInvalidFormat = 200,
  kInvalidModel = 201,
  kCorrupt = 202,
  // 3xx: valid, but not supported by this build of Pome.
  kUnsupported = 300,
  // 4xx: the caller's value does not fit.
  kInvalidArgument = 400,
  kMissingInput = 401,
  kUnknownName = 402,
  kTypeMismatch = 403,
  kShapeMismatch = 404,
  // 5xx: over a limit.
  kLimitExceeded = 500,
  kOutOfMemory = 501,
  kCancelled = 502,
  // 7xx: a defect of Pome.
  kInternal = 700,
};

/// The code's stable text, as `--json` prints it: "invalid_model", "unsupported", ...
std::string_view to_string(ErrorCode code);

/// A failure: code, one or two sentences (found, expected, what to do), and the chain of places
/// from outermost to innermost, e.g. {"model.mlmodel", "main", "conv_3 (conv)"}. A plain value;
/// copy and move as you like.
///
/// Example: `return Error(ErrorCode::kInvalidModel, "weight has 27 values, shape [8,3,3,3] needs
/// 216")
///               .at("conv_3 (conv)");`
class Error {
 public:
  /// `message` is whole sentences without the place.
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  /// What kind of failure it is.
  ErrorCode code() const { return code_; }
  /// The sentences without the places.
  const std::string& message() const { return message_; }
  /// Outermost first.
  const std::vector<std::string>& places() const { return places_; }

  /// Puts `place` in front of the chain: call it while the error travels outwards.
  Error& at(std::string place) &;
  Error&& at(std::string place) &&;

  /// "model.mlmodel / main / conv_3 (conv): weight has 27 values, shape [8,3,3,3] needs 216".
  std::string to_string() const;

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<std::string> places_;
};

/// Thrown by Result::value() when there is no value; what() is Error::to_string().
class Exception : public std::runtime_error {
 public:
  explicit Exception(Error error);
  const Error& error() const { return error_; }

 private:
  Error error_;
};

}  // namespace pome

#pragma GCC visibility pop
