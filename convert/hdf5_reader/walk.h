// From an open HDF5 file to the stream of protocol.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pome::hdf5 {

/// Writes every group, attribute and dataset of the file on kFileDescriptor to standard output, but
/// not what lies below the root groups named in `skipped`. Follows hard links alone: nothing
/// outside the file is opened (soft and external links, external storage and virtual datasets are
/// refused or left out), no filter plugin is loaded. A value of more than `memory` bytes fails.
/// Returns false after a kFailure record.
bool write_everything(uint64_t memory, const std::vector<std::string>& skipped);

}  // namespace pome::hdf5
