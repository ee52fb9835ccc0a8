#include "api/preprocessing.h"

#include <algorithm>
#include <array>
#include <optional>

#include "import/preprocessing_text.h"

namespace pome::api {
namespace {

/// Each channel becomes scale * value + bias.
struct Affine {
  std::array<double, 3> scale = {1, 1, 1};
  std::array<double, 3> bias = {0, 0, 0};
};

/// A constant number, or one a channel; the same three times of a gray picture.
std::optional<std::array<double, 3>> constant_of(const ir::Operand* operand, int64_t channels) {
  if (operand == nullptr || operand->known() == nullptr) return std::nullopt;
  const ir::Literal& literal = *operand->known();
  if (!literal.type().is_tensor() || literal.type().dtype() == ir::DType::kString) return {};
  const int64_t count = literal.size();
  if (count != 1 && (channels != 3 || count != 3)) return std::nullopt;
  std::array<double, 3> values{};
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

std::string text_of(const Affine& affine, ColorLayout color) {
  const bool gray = color == ColorLayout::kGrayscale || color == ColorLayout::kGrayscaleFloat16;
  const auto& scale = affine.scale;
  const auto& bias = affine.bias;
  if (gray) return import::formula_text("gray values", scale[0], bias[0]);
  const bool alike =
      std::all_of(scale.begin(), scale.end(), [&](double s) { return s == scale[0]; }) &&
      std::all_of(bias.begin(), bias.end(), [&](double b) { return b == bias[0]; });
  if (alike) return import::formula_text("red, green and blue", scale[0], bias[0]);
  static constexpr const char* kNames[] = {"red", "green", "blue"};
  std::string text;
  for (size_t c = 0; c < 3; ++c) {
    const size_t channel = color == ColorLayout::kBgr ? 2 - c : c;
    text += (c ? ", " : "") + import::formula_text(kNames[c], scale[channel], bias[channel]);
  }
  return text;
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
    const bool gray = feature.image.color == ColorLayout::kGrayscale ||
                      feature.image.color == ColorLayout::kGrayscaleFloat16;
    Affine affine;
    const ir::Value* value = &**found;
    while (value->users().size() == 1 && value->users()[0]->outputs().size() == 1 &&
           apply(*value->users()[0], *value, gray ? 1 : 3, affine))
      value = value->users()[0]->output();
    list.emplace_back(feature.name, text_of(affine, feature.image.color));
  }
  return list;
}

}  // namespace pome::api
