// pome::Error as a Python exception.
#pragma once

#include <nanobind/nanobind.h>

#include "pome/error.h"
#include "pome/result.h"

namespace pome::python {

/// Whose habits a model follows.
enum class Flavor {
  kPome,        // the exceptions of pome._errors, float16 arrays as they are
  kCoremltools  // RuntimeError, float16 arrays widened, colour pictures as RGBA
};

/// Raises the exception of the error's group (pome._errors), or RuntimeError for coremltools. Needs
/// the GIL.
[[noreturn]] void raise(const Error& error, Flavor flavor = Flavor::kPome);

/// The value, or raises.
template <typename T>
T unwrap(Result<T> result, Flavor flavor = Flavor::kPome) {
  if (!result.ok()) raise(result.error(), flavor);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace pome::python
