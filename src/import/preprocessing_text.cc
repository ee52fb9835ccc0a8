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

std::string plus(float bias) {
  if (bias == 0) return {};
  return bias < 0 ? " - " + number(-bias) : " + " + number(bias);
}

std::string formula(const spec::NeuralNetworkImageScaler& s) {
  // Not set means 1.
  const float scale = s.channelscale() == 0 ? 1 : s.channelscale();
  const std::string times = scale == 1 ? std::string() : " x " + number(scale);
  const auto line = [&](const std::string& channels, float bias) {
    const std::string rest = times + plus(bias);
    return channels + (rest.empty() ? " as they are" : rest);
  };
  std::string text;
  if (s.redbias() == s.greenbias() && s.greenbias() == s.bluebias()) {
    text = line("red, green and blue", s.redbias());
  } else {
    text = line("red", s.redbias()) + ", " + line("green", s.greenbias()) + ", " +
           line("blue", s.bluebias());
  }
  return s.graybias() == 0 ? text : text + ", " + line("gray", s.graybias());
}

template <typename Network>
std::vector<std::pair<std::string, std::string>> of(const Network& network) {
  std::vector<std::pair<std::string, std::string>> list;
  for (const spec::NeuralNetworkPreprocessing& p : network.preprocessing()) {
    std::string text;
    if (p.has_scaler()) text = formula(p.scaler());
    if (p.has_meanimage()) {
      text =
          "minus a mean picture of " + std::to_string(p.meanimage().meanimage_size()) + " values";
    }
    if (!text.empty()) list.emplace_back(p.featurename(), std::move(text));
  }
  return list;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> preprocessing_of(const spec::Model& model) {
  if (model.has_neuralnetwork()) return of(model.neuralnetwork());
  if (model.has_neuralnetworkclassifier()) return of(model.neuralnetworkclassifier());
  if (model.has_neuralnetworkregressor()) return of(model.neuralnetworkregressor());
  return {};
}

}  // namespace pome::import
