// What an ML program does to its pictures first, in words: there it is ops.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ir/program.h"
#include "pome/model_description.h"

namespace pome::api {

/// Per picture input its name and the formula that the multiplications and additions of constants
/// behind it make, e.g. {"image", "red, green and blue x 0.0078431 - 1"}: followed as long as one
/// op alone reads the value.
std::vector<std::pair<std::string, std::string>> preprocessing_of(
    const ir::Function& function, const ModelDescription& description);

}  // namespace pome::api
