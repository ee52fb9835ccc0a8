// Models, as text and as JSON.
#pragma once

#include <string>

#include "command.h"
#include "pome/inspect.h"

namespace pome::cli {

/// What `info` prints, and `convert` at its end.
void print_info(const ModelInfo& info, const Output& output, const std::string& path);
Json to_json(const ModelInfo& info);

}  // namespace pome::cli
