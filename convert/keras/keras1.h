// Layers of Keras 1 as Keras 2 would write them.
#pragma once

#include "convert/keras/graph.h"

namespace pome::keras {

/// Renames class and parameters of a Keras 1 layer: Convolution2D -> Conv2D, nb_filter -> filters,
/// border_mode -> padding, ... Unknown classes stay as they are.
Status modernise(Layer& layer);

/// Turns a Keras 1 layer's weights into the layouts of Keras 2 (kernels of dim_ordering th).
Status modernise_weights(const Layer& layer, bool channels_first, std::vector<Array>& weights);

/// The order of axes that layers take which do not state one: what most others of the file state,
/// else the backend's habit of the time (theano: channels first).
bool default_channels_first(const SourceModel& source);

/// True for modules of Keras itself.
bool keras_module(std::string_view module);

}  // namespace pome::keras
