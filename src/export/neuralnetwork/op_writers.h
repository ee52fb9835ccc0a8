// The writers of ops, by family. Internal to this folder.
#pragma once

#include <span>
#include <string_view>

#include "export/neuralnetwork/layer_writer.h"

namespace pome::exporter {

/// Writes the layers of the op in hand and names its outputs' blobs. kUnsupported where the world
/// cannot say it.
using WriteFn = Status (*)(LayerWriter& w);

struct OpRow {
  std::string_view op;
  WriteFn write;
};

// A family a file.
std::span<const OpRow> activation_writers();
std::span<const OpRow> binary_writers();
std::span<const OpRow> convolution_writers();
std::span<const OpRow> linear_writers();
std::span<const OpRow> normalization_writers();
std::span<const OpRow> picture_writers();
std::span<const OpRow> reduce_writers();
std::span<const OpRow> shape_writers();
std::span<const OpRow> slice_writers();
std::span<const OpRow> unary_writers();

/// Null when the op has no writer.
WriteFn find_writer(std::string_view op);

}  // namespace pome::exporter
