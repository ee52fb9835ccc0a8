// Feature values to tensors and back.
#pragma once

#include "base/thread_pool.h"
#include "ops/args.h"
#include "ops/kernel.h"
#include "plan/plan.h"
#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::runtime {

/// The element type of tensors that an array of this type fills as it is.
ir::DType dtype_of(MultiArrayDataType type);

/// Who converts arrays and fits pictures. Both may be null.
struct BorderTools {
  const ops::Backend* backend = nullptr;
  ThreadPool* pool = nullptr;
};

/// Writes a feature value into an input tensor: arrays of any element type are converted, pictures
/// fitted. Errors name the feature, what was given and what is expected.
Status write_input(const FeatureDescription& feature, const FeatureValue& value,
                   const PredictionOptions& options, const ops::TensorView& tensor,
                   const BorderTools& tools);

/// Fills the tensor of an optional input that was not given with its default.
void write_default(const FeatureDescription& feature, const ops::TensorView& tensor);

/// Makes the feature value that a description asks for out of an output tensor.
Result<FeatureValue> read_output(const FeatureDescription& feature, const ops::TensorView& tensor,
                                 const BorderTools& tools);

/// Label and probabilities out of a classifier's probability tensor; the label is the first of the
/// largest values.
void read_classes(const plan::ClassifyRecord& classes, const ops::TensorView& probabilities,
                  FeatureValue& label, FeatureValue& dictionary);

}  // namespace pome::runtime
