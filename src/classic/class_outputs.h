// The outputs of classifiers: the label, and the probabilities by label.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::classic {

/// The first of the largest numbers; 0 when there are none. A NaN is never the largest.
size_t first_maximum(std::span<const double> scores);

/// What a classifier's outputs are called and which labels it has. Immutable; any thread.
class ClassOutputs {
 public:
  /// Takes the labels of description.class_labels; the label goes to the output of the name
  /// predicted_feature_name, the probabilities to predicted_probabilities_name; where the
  /// description leaves a name empty, to the only output of the fitting type. A model may describe
  /// no probabilities. Errors (kInvalidModel): no labels, another number of labels than `classes`
  /// (both named), a label that stands twice, an output of another type than the labels want or
  /// that nothing is written to.
  static Result<ClassOutputs> create(const ModelDescription& description, size_t classes);

  /// The same with labels of the caller's own; there may be none of them.
  static Result<ClassOutputs> create(const ModelDescription& description, ClassLabels labels);

  /// Number of classes.
  size_t size() const { return size_; }
  /// True when a dictionary of probabilities is asked for.
  bool wants_probabilities() const { return probabilities_at_ >= 0; }

  /// Sets the label of class `best` and, where asked for, the dictionary of probabilities: size()
  /// numbers in the order of the labels. Outputs stand in the description's order. Requires best <
  /// size().
  void write(size_t best, std::span<const double> probabilities, FeatureProvider& outputs) const;

  /// The same for a label that is no class (the default of nearest neighbours): empty
  /// probabilities stay an empty dictionary.
  void write(FeatureValue label, std::span<const double> probabilities,
             FeatureProvider& outputs) const;

 private:
  ClassOutputs() = default;
  Status bind(const ModelDescription& description);
  Status sort_labels();
  FeatureValue dictionary(std::span<const double> probabilities) const;

  ClassLabels labels_;
  size_t size_ = 0;
  std::vector<size_t> sorted_;  // classes in the order of their labels: how a dictionary is built
  std::vector<std::string> names_;  // of the outputs, in order
  int label_at_ = -1;
  int probabilities_at_ = -1;
};

}  // namespace pome::classic
