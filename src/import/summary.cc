#include "import/summary.h"

#include "format/layer_kinds.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;
using Counts = std::map<std::string, int64_t>;

// Both recursions are as deep as the file, which format's scan has bounded.
void count_layers(const google::protobuf::RepeatedPtrField<spec::NeuralNetworkLayer>& layers,
                  Counts& counts) {
  for (const auto& layer : layers) {
    const format::LayerKind* kind = format::find_layer_kind(layer.layer_case());
    ++counts[kind != nullptr ? std::string(kind->name) : "unknown"];
    if (layer.has_loop()) {
      count_layers(layer.loop().conditionnetwork().layers(), counts);
      count_layers(layer.loop().bodynetwork().layers(), counts);
    }
    if (layer.has_branch()) {
      count_layers(layer.branch().ifbranch().layers(), counts);
      count_layers(layer.branch().elsebranch().layers(), counts);
    }
  }
}

void count_ops(const spec::MILSpec::Block& block, Counts& counts) {
  for (const auto& op : block.operations()) {
    if (op.type() != "const") ++counts[op.type()];
    for (const auto& inner : op.blocks()) count_ops(inner, counts);
  }
}

}  // namespace

Counts count_operations(const spec::Model& model) {
  Counts counts;
  if (model.has_neuralnetwork()) count_layers(model.neuralnetwork().layers(), counts);
  if (model.has_neuralnetworkclassifier())
    count_layers(model.neuralnetworkclassifier().layers(), counts);
  if (model.has_neuralnetworkregressor())
    count_layers(model.neuralnetworkregressor().layers(), counts);
  if (model.has_mlprogram()) {
    for (const auto& [name, function] : model.mlprogram().functions()) {
      for (const auto& [opset, block] : function.block_specializations()) count_ops(block, counts);
    }
  }
  const auto count_parts = [&](const spec::Pipeline& pipeline) {
    for (const auto& part : pipeline.models()) ++counts[std::string(format::model_type_name(part))];
  };
  if (model.has_pipeline()) count_parts(model.pipeline());
  if (model.has_pipelineclassifier()) count_parts(model.pipelineclassifier().pipeline());
  if (model.has_pipelineregressor()) count_parts(model.pipelineregressor().pipeline());
  return counts;
}

}  // namespace pome::import
