// Calls into code that is not ours.
#pragma once

#include <exception>
#include <string>

#include "base/text.h"
#include "pome/error.h"

namespace pome {

/// Calls a callable that returns a Result; what it throws becomes an Error that names `who` ("the
/// custom layer \"Swish\""). The inside throws nothing; callers' code may.
template <typename F>
auto call_user_code(const std::string& who, F&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const Exception& e) {
    return e.error();
  } catch (const std::exception& e) {
    return Error(ErrorCode::kInvalidArgument, who + " threw an exception: " + quoted(e.what()));
  } catch (...) {
    return Error(ErrorCode::kInvalidArgument,
                 who + " threw an exception that is no std::exception");
  }
}

}  // namespace pome
