#include "api/preprocessing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "feature/color_layout.h"
#include "import/preprocessing_text.h"

namespace pome::api {
namespace {

/// Each channel becomes scale * value + bias.
struct Affine {
  import::Channels scale = {1, 1, 1};
  import::Channels bias = {0, 0, 0};
};

/// A constant number, or one a channel; the same three times of a gray picture.
std::optional<import::Channels> constant_of(const ir::Operand* operand, int64_t channels) {
  if (operand == nullptr || operand->known() == nullptr) return std::nullopt;
  const ir::Literal& literal = *operand->known();
  if (!literal.type().is_tensor() || literal.type().dtype() == ir::DType::kString) return {};
  const int64_t count = literal.size();
  if (count != 1 && (channels != 3 || count != 3)) return std::nullopt;
  import::Channels values{};
  for (int64_t i = 0; i < 3; ++i) values[static_cast<size_t>(i)] = literal.real(count == 1 ? 0 : i);
  return values;
}

/// Adds what `op` does to `value`; false where it is something else.
bool apply(const ir::Op& op, const ir::Value& value, int64_t channels, Affine& affine) {
  const std::string& kind = op.kind();
  if (kind == "cast") return true;
  const bool sum = kind == "add" || kind == "sub";
  if (!sum && kind != "mul" && kind != "real_div") return false;
  const ir::Operand* x = op.operand("x");
  const ir::Operand* y = op.operand("y");
  if (x == nullptr || y == nullptr) return false;
  const bool first = x->value == &value;
  if (!first && (kind == "sub" || kind == "real_div")) return false;  // the picture is taken away
  const auto constant = constant_of(first ? y : x, channels);
  if (!constant) return false;
  for (size_t c = 0; c < 3; ++c) {
    const double k = (*constant)[c];
    if (sum) {
      affine.bias[c] += kind == "add" ? k : -k;
    } else {
      const double factor = kind == "mul" ? k : 1 / k;
      affine.scale[c] *= factor;
      affine.bias[c] *= factor;
    }
  }
  return true;
}

std::string text_of(Affine affine, ColorLayout color) {
  if (color == ColorLayout::kBgr) {
    std::swap(affine.scale[0], affine.scale[2]);
    std::swap(affine.bias[0], affine.bias[2]);
  }
  return import::picture_formula(is_gray(color), affine.scale, affine.bias);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> preprocessing_of(
    const ir::Function& function, const ModelDescription& description) {
  std::vector<std::pair<std::string, std::string>> list;
  for (const FeatureDescription& feature : description.inputs) {
    if (feature.type != FeatureType::kImage) continue;
    const auto& inputs = function.body.inputs();
    const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const auto& input) {
      return input->name() == feature.name;
    });
    if (found == inputs.end()) continue;
    const int64_t channels = is_gray(feature.image.color) ? 1 : 3;
    Affine affine;
    const ir::Value* value = &**found;
    while (value->users().size() == 1 && value->users()[0]->outputs().size() == 1 &&
           apply(*value->users()[0], *value, channels, affine))
      value = value->users()[0]->output();
    list.emplace_back(feature.name, text_of(affine, feature.image.color));
  }
  return list;
}

}  // namespace pome::api
