// What the loop layer needs of the other layers of control flow. Internal to this folder.
#pragma once

#include <set>
#include <string>

#include "import/neuralnetwork/layers_control.h"

namespace pome::import {

/// Adds the names that the layers write, those of inner networks included.
void add_written(const LayerList& list, std::set<std::string>& names);

}  // namespace pome::import
