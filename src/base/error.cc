#include "pome/error.h"

#include <utility>

namespace pome {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kInvalidFormat:
      return "invalid_format";
    case ErrorCode::kInvalidModel:
      return "invalid_model";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kMissingInput:
      return "missing_input";
    case ErrorCode::kUnknownName:
      return "unknown_name";
    case ErrorCode::kTypeMismatch:
      return "type_mismatch";
    case ErrorCode::kShapeMismatch:
      return "shape_mismatch";
    case ErrorCode::kLimitExceeded:
      return "limit_exceeded";
    case ErrorCode::kOutOfMemory:
      return "out_of_memory";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "unknown";
}

Error& Error::at(std::string place) & {
  places_.insert(places_.begin(), std::move(place));
  return *this;
}

Error&& Error::at(std::string place) && {
  at(std::move(place));
  return std::move(*this);
}

std::string Error::to_string() const {
  std::string text;
  for (const std::string& place : places_) {
    if (!text.empty()) text += " / ";
    text += place;
  }
  if (!text.empty()) text += ": ";
  return text + message_;
}

Exception::Exception(Error error)
    : std::runtime_error(error.to_string()), error_(std::move(error)) {}

}  // namespace pome
