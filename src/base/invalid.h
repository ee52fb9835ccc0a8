// The error for a file that says what cannot be.
#pragma once

#include <string>
#include <utility>

#include "pome/error.h"

namespace pome {

inline Error invalid(std::string message) {
  return Error(ErrorCode::kInvalidModel, std::move(message));
}

}  // namespace pome
