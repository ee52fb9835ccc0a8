#include "import/neuralnetwork/borders.h"

namespace pome::import {

std::array<int64_t, 4> border_amounts(Lowering& l, const spec::BorderAmounts& amounts) {
  std::array<int64_t, 4> result{};
  if (amounts.borderamounts().empty()) return result;
  if (amounts.borderamounts_size() != 2) {
    l.fail(ErrorCode::kInvalidModel, "borderAmounts has " +
                                         std::to_string(amounts.borderamounts_size()) +
                                         " entries, 2 (height, width) are expected");
    return result;
  }
  for (int i = 0; i < 2; ++i) {
    const auto& edge = amounts.borderamounts(i);
    result[static_cast<size_t>(2 * i)] = l.size(edge.startedgesize(), "startEdgeSize");
    result[static_cast<size_t>(2 * i + 1)] = l.size(edge.endedgesize(), "endEdgeSize");
  }
  return result;
}

Padding valid_padding(Lowering& l, const spec::BorderAmounts& amounts) {
  const auto a = border_amounts(l, amounts);
  if (a == std::array<int64_t, 4>{}) return {"valid", {}};
  return {"custom", {a.begin(), a.end()}};
}

std::string same_padding(const spec::SamePadding& same) {
  return same.asymmetrymode() == spec::SamePadding::TOP_LEFT_HEAVY ? "same_lower" : "same";
}

}  // namespace pome::import
