#include "ops/sampling.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "ops/checks.h"

namespace pome::ops {

Result<SamplingMode> sampling_mode(const Args& args, int param) {
  if (!args.has(param)) return SamplingMode::kDefault;
  POME_TRY(check_text(
      args, param,
      {"STRICT_ALIGN_CORNERS", "ALIGN_CORNERS", "DEFAULT", "OFFSET_CORNERS", "UNALIGN_CORNERS"}));
  const std::string_view text = args.text(param);
  if (text == "STRICT_ALIGN_CORNERS") return SamplingMode::kStrictAlignCorners;
  if (text == "ALIGN_CORNERS") return SamplingMode::kAlignCorners;
  if (text == "OFFSET_CORNERS") return SamplingMode::kOffsetCorners;
  if (text == "UNALIGN_CORNERS") return SamplingMode::kUnalignCorners;
  return SamplingMode::kDefault;
}

double grid_position(SamplingMode mode, int64_t i, int64_t n, double last) {
  const auto at = static_cast<double>(i);
  const auto count = static_cast<double>(n);
  double position = 0;
  switch (mode) {
    case SamplingMode::kStrictAlignCorners:
      position = n == 1 ? 0 : at * last / (count - 1);
      break;
    case SamplingMode::kAlignCorners:
      position = n == 1 ? last / 2 : at * last / (count - 1);
      break;
    case SamplingMode::kDefault:
      position = at * (last + 1) / count;
      break;
    case SamplingMode::kOffsetCorners:
      position = (at + 0.5) * std::max(1.0, last) / count;
      break;
    case SamplingMode::kUnalignCorners:
      position = (at + 0.5) * (last + 1) / count - 0.5;
      break;
  }
  return std::clamp(position, 0.0, last);
}

int64_t nearest_cell(SamplingMode mode, int64_t i, int64_t n, int64_t in) {
  if (mode == SamplingMode::kDefault) return i * in / n;
  const double position = grid_position(mode, i, n, static_cast<double>(in - 1));
  return std::min(in - 1, static_cast<int64_t>(std::floor(position + 0.5)));
}

}  // namespace pome::ops
