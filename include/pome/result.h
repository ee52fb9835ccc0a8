// A value or an Error.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "pome/error.h"

#pragma GCC visibility push(default)

namespace pome {

/// Either a T or the Error that says why there is none. Test with `if (result)`, then `*result`; or
/// call value(), which throws pome::Exception when there is none.
///
/// Example: `auto model = Model::load("m.mlmodel"); if (!model) return report(model.error());`
template <typename T>
class [[nodiscard]] Result {
 public:
  /// A value, or the error in its place.
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  /// True when there is a value.
  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// Requires ok().
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }

  /// The value, or throws pome::Exception.
  T& value() & {
    if (!ok()) throw Exception(error());
    return **this;
  }
  const T& value() const& {
    if (!ok()) throw Exception(error());
    return **this;
  }
  T&& value() && {
    if (!ok()) throw Exception(error());
    return std::move(**this);
  }

  /// Requires !ok().
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error: what a function returns that yields nothing else.
template <>
class [[nodiscard]] Result<void> {
 public:
  /// Success, or the error.
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  /// True for success.
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  /// Throws pome::Exception unless ok().
  void value() const {
    if (error_) throw Exception(*error_);
  }
  /// Requires !ok().
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace pome

#pragma GCC visibility pop
