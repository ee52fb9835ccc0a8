// Weights to layers, as the file formats number them.
#pragma once

#include "convert/keras/graph.h"
#include "convert/keras/hdf5_file.h"
#include "pome/result.h"

namespace pome::keras {

/// From the group "model_weights" of a whole-model .h5. Layers and weights come in order: by name
/// where the names agree, else by position among the layers that have weights. A nested model is
/// one flat list, trainable weights first. Keras 1's layouts become those of Keras 2, kernels
/// trained by Theano are turned. Requires check_supported().
Status assign_from_hdf5(SourceModel& source, const Hdf5File& file);

/// From model.weights.h5 of a .keras archive: groups by class name, numbered in order. Requires
/// check_supported().
Status assign_from_archive(SourceModel& source, const Hdf5File& file);

}  // namespace pome::keras
