#include "import/neuralnetwork/layers.h"

#include <map>

namespace pome::import {

LowerFn find_lowering(spec::NeuralNetworkLayer::LayerCase kind) {
  static const std::map<int, LowerFn> table = [] {
    std::map<int, LowerFn> rows;
    for (auto family : {activation_layers(),  broadcastable_layers(), constant_layers(),
                        convolution_layers(), convolution3d_layers(), detection_layers(),
                        elementwise_layers(), embedding_layers(),     custom_layers(),
                        gather_layers(),      linear_layers(),        normalization_layers(),
                        padding_layers(),     pooling_layers(),       random_layers(),
                        recurrent_layers(),   reduce_layers(),        resize_layers(),
                        scatter_layers(),     shape_layers(),         shape_nd_layers(),
                        slice_layers()})
      for (const LayerRow& row : family) rows.emplace(row.kind, row.lower);
    return rows;
  }();
  const auto it = table.find(kind);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace pome::import
