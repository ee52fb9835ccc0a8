// The parts of the three NeuralNetwork messages that are alike. Internal to this folder.
#pragma once

#include "feature/input_shapes.h"
#include "format/proto/model.pb.h"
#include "import/neuralnetwork/lowering.h"
#include "pome/model_description.h"

namespace pome::import {

/// neuralNetwork, neuralNetworkClassifier and neuralNetworkRegressor seen as one.
struct Network {
  const google::protobuf::RepeatedPtrField<spec::NeuralNetworkLayer>* layers = nullptr;
  const google::protobuf::RepeatedPtrField<spec::NeuralNetworkPreprocessing>* preprocessing =
      nullptr;
  bool exact_arrays = false;
  bool rank4_images = false;
  const spec::NeuralNetworkClassifier* classifier = nullptr;
  const spec::NeuralNetworkRegressor* regressor = nullptr;

  /// The exact interpretation: asked for, or some layer came after specification version 3.
  bool exact() const;
};

/// `layers` is null when the model is none of the three.
Network network_of(const spec::Model& model);

/// Adds an input to the function for every feature, of the shape that `shapes` binds it to (else as
/// declared), preprocesses pictures, and names the blobs.
Status add_inputs(Lowering& l, const Network& network, const ModelDescription& description,
                  const InputShapes& shapes);

/// Makes the function's outputs from the blobs that the description names; with `classify` for a
/// classifier.
Status add_outputs(Lowering& l, const Network& network, const ModelDescription& description);

}  // namespace pome::import
