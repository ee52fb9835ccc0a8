// The list of families, and look-up in the table they make.
#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

std::vector<const OpDef*> make_table() {
  std::vector<const OpDef*> table;
  for (const Family& family : families())
    for (const OpDef& def : family.ops) table.push_back(&def);
  std::sort(table.begin(), table.end(), [](const OpDef* a, const OpDef* b) {
    return a->name != b->name ? a->name < b->name : a->since < b->since;
  });
  return table;
}

}  // namespace

std::span<const Family> families() {
  static const std::array<Family, 25> list = {{
      {"activation", activation_ops()},
      {"attention", attention_ops()},
      {"compression", compression_ops()},
      {"constexpr", constexpr_ops()},
      {"control", control_ops()},
      {"control_flow", control_flow_ops()},
      {"conv", conv_ops()},
      {"custom", custom_ops()},
      {"detection", detection_ops()},
      {"elementwise_binary", elementwise_binary_ops()},
      {"elementwise_unary", elementwise_unary_ops()},
      {"image_resizing", image_resizing_ops()},
      {"linear", linear_ops()},
      {"list", list_ops()},
      {"normalization", normalization_ops()},
      {"pixels", pixel_ops()},
      {"pool", pool_ops()},
      {"quantization", quantization_ops()},
      {"random", random_ops()},
      {"recurrent", recurrent_ops()},
      {"reduction", reduction_ops()},
      {"scatter", scatter_ops()},
      {"state", state_ops()},
      {"tensor_operation", tensor_operation_ops()},
      {"tensor_transformation", tensor_transformation_ops()},
  }};
  return list;
}

int OpDef::param(std::string_view param_name) const {
  for (size_t i = 0; i < params.size(); ++i)
    if (params[i].name == param_name) return static_cast<int>(i);
  return -1;
}

std::span<const OpDef* const> all() {
  static const std::vector<const OpDef*> table = make_table();
  return table;
}

const OpDef* find(std::string_view name, ir::Opset opset) {
  const auto table = all();
  const OpDef* found = nullptr;
  auto it = std::lower_bound(table.begin(), table.end(), name,
                             [](const OpDef* def, std::string_view n) { return def->name < n; });
  for (; it != table.end() && (*it)->name == name; ++it)
    if ((*it)->since <= opset) found = *it;
  return found;
}

Error unknown_op(std::string_view name, ir::Opset opset) {
  std::vector<std::string> names;
  for (const OpDef* def : all()) {
    if (def->name == name) {
      return Error(ErrorCode::kUnsupported,
                   "op " + quoted(name) + " came with " + std::string(ir::text_tag(def->since)) +
                       ", the function is of " + std::string(ir::text_tag(opset)));
    }
    if (names.empty() || names.back() != def->name) names.emplace_back(def->name);
  }
  return Error(ErrorCode::kUnsupported, "op " + quoted(name) +
                                            " is not supported by this version of Pome." +
                                            did_you_mean(name, names));
}

}  // namespace pome::ops
