// From a source file of any kind to a program.
#pragma once

#include <filesystem>

#include "convert/common/border.h"
#include "pome/convert.h"
#include "pome/result.h"

namespace pome::translate {

/// Finds the kind of the source from its content (or options.from) and translates it. Errors name
/// the file and, for what is no model, what it seems to be.
Result<Converted> translate_file(const std::filesystem::path& source,
                                 const ConvertOptions& options);

}  // namespace pome::translate
