// A plan as bytes of a file, to be mapped and run without compiling again.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/file.h"
#include "plan/plan.h"
#include "pome/result.h"

namespace pome::plan {

/// True when a plan can be written: it has no objects behind constants (custom layers), and shares
/// no packed weights with other plans.
bool can_be_written(const Plan& plan);

/// Writes the plan: what it is made of, then its constants as they lie in memory, beginning at a
/// multiple of 4096 bytes. Requires can_be_written(). The same plan gives the same bytes.
Status write_plan(const Plan& plan, const ByteSink& sink);

/// Reads what write_plan() wrote. The constants stay where they are: `owner` keeps `file` alive as
/// long as the plan. Everything is checked, fingerprints of both parts included, before it is used;
/// what kernels read as their parameters is taken as it was written, so that files of strangers
/// must not get here. Errors: kCorrupt, saying what is wrong; kUnsupported for another version of
/// the format.
Result<Plan> read_plan(std::span<const std::byte> file, std::shared_ptr<const void> owner);

}  // namespace pome::plan
