#include "apps/server/boxes.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace pome::app {
namespace {

bool ends_in(const std::string& name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  return std::equal(ending.begin(), ending.end(), name.end() - std::ptrdiff_t(ending.size()),
                    [](char wanted, char c) { return wanted == (c | 0x20); });
}

/// The labels in the order of the classes: the model's own, or those that detectors carry in their
/// metadata as "a,b,c".
std::vector<std::string> labels_of(const ModelDescription& description) {
  std::vector<std::string> labels;
  if (description.class_labels) {
    std::visit(
        [&](const auto& list) {
          for (const auto& label : list) {
            if constexpr (std::is_same_v<std::decay_t<decltype(label)>, std::string>) {
              labels.push_back(label);
            } else {
              labels.push_back(std::to_string(label));
            }
          }
        },
        *description.class_labels);
    return labels;
  }
  const auto classes = description.metadata.user_defined.find("classes");
  if (classes == description.metadata.user_defined.end()) return labels;
  std::istringstream list(classes->second);
  for (std::string label; std::getline(list, label, ',');) labels.push_back(label);
  return labels;
}

}  // namespace

std::optional<BoxOutputs> box_outputs(const ModelDescription& description) {
  BoxOutputs found;
  for (const FeatureDescription& output : description.outputs) {
    if (output.type != FeatureType::kMultiArray) continue;
    if (ends_in(output.name, "coordinates")) found.coordinates = output.name;
    if (ends_in(output.name, "confidence")) found.confidence = output.name;
  }
  if (found.coordinates.empty() || found.confidence.empty()) return std::nullopt;
  return found;
}

std::optional<std::vector<Box>> read_boxes(const MultiArray& coordinates,
                                           const MultiArray& confidence,
                                           const ModelDescription& description) {
  if (coordinates.shape().empty() || coordinates.shape().back() != 4) return std::nullopt;
  if (confidence.shape().empty()) return std::nullopt;
  const int64_t classes = confidence.shape().back();
  const int64_t rows = coordinates.size() / 4;
  if (classes < 1 || confidence.size() != rows * classes) return std::nullopt;
  const std::vector<std::string> labels = labels_of(description);
  std::vector<Box> boxes;
  for (int64_t row = 0; row < rows; ++row) {
    int64_t best = 0;
    for (int64_t c = 1; c < classes; ++c)
      if (confidence.at(row * classes + c) > confidence.at(row * classes + best)) best = c;
    Box box;
    box.confidence = confidence.at(row * classes + best);
    double side[4];
    bool finite = true;
    for (int64_t i = 0; i < 4; ++i) {
      side[i] = coordinates.at(row * 4 + i);
      finite = finite && std::isfinite(side[i]);
    }
    if (!(box.confidence > 0) || !finite) continue;  // rows that only fill the array are zero
    box.width = std::max(side[2], 0.0);
    box.height = std::max(side[3], 0.0);
    box.x = side[0] - box.width / 2;
    box.y = side[1] - box.height / 2;
    box.label = static_cast<size_t>(classes) == labels.size() ? labels[static_cast<size_t>(best)]
                                                              : "class " + std::to_string(best);
    boxes.push_back(std::move(box));
  }
  std::stable_sort(boxes.begin(), boxes.end(),
                   [](const Box& a, const Box& b) { return a.confidence > b.confidence; });
  return boxes;
}

}  // namespace pome::app
