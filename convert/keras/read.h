// Keras' files: from bytes to a graph with weights.
#pragma once

#include <cstddef>
#include <span>

#include "convert/keras/graph.h"
#include "convert/keras/hdf5_file.h"
#include "pome/result.h"

namespace pome::keras {

/// Reads a whole-model .h5 of `size` bytes, open as `file`. Errors: damaged, weights alone,
/// layers that are not supported.
Result<SourceModel> read_hdf5_model(int file, uint64_t size, const Hdf5Limits& limits);

/// Reads a .keras archive. Errors: damaged, no Keras archive, weights pickled by NumPy, layers that
/// are not supported.
Result<SourceModel> read_archive(std::span<const std::byte> bytes, const Hdf5Limits& limits);

/// The bytes that an HDF5 file says it has, from its first 64 (or fewer) bytes; 0 when they do not
/// tell.
uint64_t stated_hdf5_size(std::span<const std::byte> head);

}  // namespace pome::keras
