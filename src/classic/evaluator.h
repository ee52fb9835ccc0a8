// What a model type that is no network implements.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace CoreML::Specification {
class Model;
}

namespace pome::classic {

namespace spec = CoreML::Specification;

/// One model type's arithmetic. Immutable after it was made; evaluate() may be called from many
/// threads at once.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// Reads the features it needs from `inputs` (checked before: every input that is not optional is
  /// there and of the described type, numbers converted between Int64 and Double) and sets every
  /// output that the description names. Errors are about values that are data.
  virtual Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const = 0;
  /// The same for several at once, outputs[i] of batch[i], with the same results to the bit: one
  /// after the other where a type of model knows nothing better. `done` becomes the number of
  /// elements that were finished, which is the index of the one that fails.
  virtual Status evaluate_batch(std::span<const FeatureProvider> batch,
                                std::span<FeatureProvider> outputs, size_t& done) const;
};

/// What an evaluator is made from. Nothing of it outlives the call but what the evaluator copies or
/// shares through `model`.
struct Source {
  std::shared_ptr<const spec::Model> model;
  const ModelDescription& description;
  const ModelConfiguration& configuration;
};

/// Makes the evaluator of one model type. Everything that can be checked is checked here:
/// kInvalidModel names the part, what was found and what was expected.
using MakeEvaluator = Result<std::unique_ptr<Evaluator>> (*)(const Source& source);

}  // namespace pome::classic
