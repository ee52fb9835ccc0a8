// Early return on failure: the one macro of the house, because a Result without it costs three
// lines a call.
#pragma once

#include "pome/result.h"

#define POME_CONCAT_INNER(a, b) a##b
#define POME_CONCAT(a, b) POME_CONCAT_INNER(a, b)

/// `POME_TRY(expr)`: returns the Error of a Status (or Result) from the enclosing function unless
/// it is ok.
#define POME_TRY(expr)                                       \
  do {                                                       \
    if (auto pome_status_ = (expr); !pome_status_.ok())      \
      return ::pome::Error(std::move(pome_status_).error()); \
  } while (false)

/// `POME_ASSIGN(auto x, expr)`: declares or assigns the value, or returns the Error.
#define POME_ASSIGN(target, expr) \
  POME_ASSIGN_INNER(POME_CONCAT(pome_result_, __LINE__), target, expr)
#define POME_ASSIGN_INNER(result, target, expr)                      \
  auto result = (expr);                                              \
  if (!result.ok()) return ::pome::Error(std::move(result).error()); \
  target = *std::move(result)
