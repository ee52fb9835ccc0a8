#include "import/neuralnetwork/neural_network.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "format/layer_kinds.h"
#include "import/neuralnetwork/layers_control.h"
#include "import/neuralnetwork/network.h"

namespace pome::import {
namespace {

/// Features newer than the layer kinds they belong to (see the format's facts on interpretation).
bool needs_exact(const spec::NeuralNetworkLayer& layer) {
  switch (layer.layer_case()) {
    case spec::NeuralNetworkLayer::kConvolution:
      return layer.input_size() == 2;
    case spec::NeuralNetworkLayer::kInnerProduct:
      return layer.innerproduct().int8dynamicquantize();
    case spec::NeuralNetworkLayer::kUpsample:
      return layer.upsample().linearupsamplemode() != spec::UpsampleLayerParams::DEFAULT ||
             !layer.upsample().fractionalscalingfactor().empty();
    case spec::NeuralNetworkLayer::kReorganizeData:
      return layer.reorganizedata().mode() == spec::ReorganizeDataLayerParams::PIXEL_SHUFFLE;
    default:
      break;
  }
  const format::LayerKind* kind = format::find_layer_kind(layer.layer_case());
  return kind != nullptr && kind->since > 3;
}

template <typename Message>
Network common_parts(const Message& m) {
  Network network;
  network.layers = &m.layers();
  network.preprocessing = &m.preprocessing();
  network.exact_arrays = m.arrayinputshapemapping() == spec::EXACT_ARRAY_MAPPING;
  network.rank4_images = m.imageinputshapemapping() == spec::RANK4_IMAGE_MAPPING;
  return network;
}

}  // namespace

bool Network::exact() const {
  if (exact_arrays || rank4_images) return true;
  return std::any_of(layers->begin(), layers->end(), needs_exact);
}

Network network_of(const spec::Model& model) {
  Network network;
  switch (model.Type_case()) {
    case spec::Model::kNeuralNetwork:
      network = common_parts(model.neuralnetwork());
      break;
    case spec::Model::kNeuralNetworkClassifier:
      network = common_parts(model.neuralnetworkclassifier());
      network.classifier = &model.neuralnetworkclassifier();
      break;
    case spec::Model::kNeuralNetworkRegressor:
      network = common_parts(model.neuralnetworkregressor());
      network.regressor = &model.neuralnetworkregressor();
      break;
    default:
      break;
  }
  return network;
}

LeadingAxes leading_axes(const spec::Model& model) {
  const Network network = network_of(model);
  return network.layers == nullptr || network.exact_arrays ? LeadingAxes::kOnes
                                                           : LeadingAxes::kSequenceAndBatch;
}

bool moves_sequence(const spec::Model& model) {
  const Network network = network_of(model);
  if (leading_axes(model) == LeadingAxes::kOnes || network.layers == nullptr) return false;
  return std::any_of(network.layers->begin(), network.layers->end(), [](const auto& layer) {
    return layer.has_permute() && layer.permute().axis_size() == 4 && layer.permute().axis(0) != 0;
  });
}

Result<ImportedModel> import_neural_network(const spec::Model& model,
                                            std::shared_ptr<const void> owner,
                                            ModelDescription description, const InputShapes& shapes,
                                            const CustomLayerFactories* custom_layers) {
  const Network network = network_of(model);
  if (network.layers == nullptr)
    return Error(ErrorCode::kInvalidArgument, "the model is of type " +
                                                  pome::quoted(description.model_type) +
                                                  ", a neural network was expected");
  ImportedModel imported{std::move(description), std::make_unique<ir::Program>()};
  // iOS 16 is the newest op set in which an index may be negative, as it may in a NeuralNetwork.
  ir::Function* main = imported.program->add_function("main", ir::Opset::kIos16);
  ops::Builder builder(*main, main->body);
  Lowering l(builder, network.exact(), std::move(owner), custom_layers);
  POME_TRY(add_inputs(l, network, imported.description, shapes));
  POME_TRY(NetworkLowering(l).run(*network.layers));
  POME_TRY(add_outputs(l, network, imported.description));
  return imported;
}

}  // namespace pome::import
