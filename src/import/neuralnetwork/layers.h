// The lowering functions of layer kinds, by family. Internal to this folder.
#pragma once

#include <span>

#include "import/neuralnetwork/lowering.h"

namespace pome::import {

/// Writes the ops of the current layer and binds its outputs with Lowering::out(). Errors go to
/// Lowering::fail().
using LowerFn = void (*)(Lowering& l);

struct LayerRow {
  spec::NeuralNetworkLayer::LayerCase kind;
  LowerFn lower;
};

// A family a file.
std::span<const LayerRow> activation_layers();
std::span<const LayerRow> broadcastable_layers();
std::span<const LayerRow> constant_layers();
std::span<const LayerRow> convolution_layers();
std::span<const LayerRow> convolution3d_layers();
std::span<const LayerRow> detection_layers();
std::span<const LayerRow> elementwise_layers();
std::span<const LayerRow> embedding_layers();
std::span<const LayerRow> custom_layers();
std::span<const LayerRow> gather_layers();
std::span<const LayerRow> linear_layers();
std::span<const LayerRow> normalization_layers();
std::span<const LayerRow> padding_layers();
std::span<const LayerRow> pooling_layers();
std::span<const LayerRow> random_layers();
std::span<const LayerRow> recurrent_layers();
std::span<const LayerRow> reduce_layers();
std::span<const LayerRow> resize_layers();
std::span<const LayerRow> scatter_layers();
std::span<const LayerRow> shape_layers();
std::span<const LayerRow> shape_nd_layers();
std::span<const LayerRow> slice_layers();

/// Null when the kind is not lowered.
LowerFn find_lowering(spec::NeuralNetworkLayer::LayerCase kind);

}  // namespace pome::import
