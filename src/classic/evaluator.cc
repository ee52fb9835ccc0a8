#include "classic/evaluator.h"

#include "base/try.h"

namespace pome::classic {

Status Evaluator::evaluate_batch(std::span<const FeatureProvider> batch,
                                 std::span<FeatureProvider> outputs, size_t& done) const {
  for (done = 0; done < batch.size(); ++done) POME_TRY(evaluate(batch[done], outputs[done]));
  return {};
}

}  // namespace pome::classic
