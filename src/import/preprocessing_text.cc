#include "import/preprocessing_text.h"

#include <cstdio>

#include "format/proto/model.pb.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;

std::string number(double v) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.7g", v);
  return text;
}

std::string plus(double bias) {
  if (bias == 0) return {};
  return bias < 0 ? " - " + number(-bias) : " + " + number(bias);
}

std::string formula_text(const std::string& channels, double scale, double bias) {
  const std::string rest = (scale == 1 ? std::string() : " x " + number(scale)) + plus(bias);
  return channels + (rest.empty() ? " as they are" : rest);
}

std::string formula(const spec::NeuralNetworkImageScaler& s, bool gray) {
  // Not set means 1.
  const double scale = s.channelscale() == 0 ? 1 : s.channelscale();
  const Channels colors = {s.redbias(), s.greenbias(), s.bluebias()};
  const Channels grays = {s.graybias(), s.graybias(), s.graybias()};
  return picture_formula(gray, {scale, scale, scale}, gray ? grays : colors);
}

/// Whether the input that is meant (an empty name: the first picture) is a gray picture.
bool is_gray(const spec::Model& model, const std::string& name) {
  for (const spec::FeatureDescription& input : model.description().input()) {
    if (!input.type().has_imagetype() || (!name.empty() && input.name() != name)) continue;
    const int color = input.type().imagetype().colorspace();
    return color == spec::ImageFeatureType::GRAYSCALE ||
           color == spec::ImageFeatureType::GRAYSCALE_FLOAT16;
  }
  return false;
}

template <typename Network>
std::vector<std::pair<std::string, std::string>> of(const spec::Model& model,
                                                    const Network& network) {
  std::vector<std::pair<std::string, std::string>> list;
  for (const spec::NeuralNetworkPreprocessing& p : network.preprocessing()) {
    std::string text;
    if (p.has_scaler()) text = formula(p.scaler(), is_gray(model, p.featurename()));
    if (p.has_meanimage()) {
      text =
          "minus a mean picture of " + std::to_string(p.meanimage().meanimage_size()) + " values";
    }
    if (!text.empty()) list.emplace_back(p.featurename(), std::move(text));
  }
  return list;
}

}  // namespace

std::string picture_formula(bool gray, const Channels& scale, const Channels& bias) {
  if (gray) return formula_text("gray values", scale[0], bias[0]);
  const auto alike = [](const Channels& c) { return c[0] == c[1] && c[1] == c[2]; };
  if (alike(scale) && alike(bias)) return formula_text("red, green and blue", scale[0], bias[0]);
  return formula_text("red", scale[0], bias[0]) + ", " + formula_text("green", scale[1], bias[1]) +
         ", " + formula_text("blue", scale[2], bias[2]);
}

std::vector<std::pair<std::string, std::string>> preprocessing_of(const spec::Model& model) {
  if (model.has_neuralnetwork()) return of(model, model.neuralnetwork());
  if (model.has_neuralnetworkclassifier()) return of(model, model.neuralnetworkclassifier());
  if (model.has_neuralnetworkregressor()) return of(model, model.neuralnetworkregressor());
  return {};
}

}  // namespace pome::import
