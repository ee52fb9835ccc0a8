// From a source file of any kind to a program.
#pragma once

#include <filesystem>

#include "convert/common/border.h"
#include "pome/convert.h"
#include "pome/result.h"

namespace pome::translate {

/// Finds the kind of the source from its content (or options.from) and translates it. Errors name
/// the file and, for what is no model, what it seems to be. With `for_neural_network` only ops that
/// a neural network can say are used, where there is a choice.
Result<Converted> translate_file(const std::filesystem::path& source, const ConvertOptions& options,
                                 bool for_neural_network = false);

}  // namespace pome::translate
