// NeuralNetwork models -> IR.
#pragma once

#include <memory>

#include "feature/input_shapes.h"
#include "import/imported.h"
#include "pome/custom.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace CoreML::Specification {
class Model;
}  // namespace CoreML::Specification

namespace pome::import {

/// Lowers the layers of a neuralNetwork, neuralNetworkClassifier or neuralNetworkRegressor to MIL
/// ops. `owner` keeps `model` alive: weights stored as floats stay where they are, and the program
/// shares the ownership; without an owner they are copied. `description` is the model's own,
/// already converted. Layouts: in the rank-5 world (specification versions 1 to 3)
/// [Seq,Batch,C,H,W] is folded to [N,C,H,W], N = Seq * Batch; a declared [C] becomes [1,C,1,1],
/// [C,H,W] becomes [1,C,H,W]; outputs are squeezed back. In the exact world shapes are as declared.
/// `shapes` binds inputs to concrete shapes (an array in the rank-5 world may have [Batch] or
/// [Seq,Batch] in front); of inputs that it leaves out, an extent that may vary is unknown.
/// `custom_layers` makes custom layers and is not kept. Errors: kUnsupported names a layer kind
/// that is not lowered, or a custom layer's class that nothing makes; kInvalidModel says what does
/// not fit.
Result<ImportedModel> import_neural_network(const CoreML::Specification::Model& model,
                                            std::shared_ptr<const void> owner,
                                            ModelDescription description,
                                            const InputShapes& shapes = {},
                                            const CustomLayerFactories* custom_layers = nullptr);

/// What may stand in front of the declared shapes of the network's arrays: with the old mapping of
/// arrays a sequence and a batch.
LeadingAxes leading_axes(const CoreML::Specification::Model& model);

/// True where a layer makes features out of the steps of a sequence (or steps out of features), so
/// that the layers behind it may fit only sequences of one length, and not the default shapes.
bool moves_sequence(const CoreML::Specification::Model& model);

}  // namespace pome::import
