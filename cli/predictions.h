// Predictions, as lines and as JSON.
#pragma once

#include <string>

#include "command.h"
#include "pome/feature_value.h"
#include "pome/model_description.h"

namespace pome::cli {

/// The outputs as the JSON of interface: labels, dictionaries, multi-arrays with dataType, shape
/// and data.
Json outputs_json(const FeatureProvider& outputs);

/// Prints one line a prediction (`photo.jpg  dog 98.2 %  cat 1.8 %   (3.1 ms)`), or collects them
/// for --json.
class PredictionPrinter {
 public:
  PredictionPrinter(const ModelDescription& description, const Output& output, int top,
                    std::string model)
      : description_(description), output_(output), top_(top), model_(std::move(model)) {}

  void add(const std::string& source, const FeatureProvider& outputs, double milliseconds);
  /// Prints the JSON, when that was asked for.
  void finish();

 private:
  std::string line(const FeatureProvider& outputs) const;

  const ModelDescription& description_;
  const Output& output_;
  int top_;
  std::string model_;
  Json predictions_ = Json::array();
};

}  // namespace pome::cli
