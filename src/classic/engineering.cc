#include "classic/families.h"

namespace pome::classic {

std::span<const ModelTypeRow> engineering_types() { return {}; }

}  // namespace pome::classic
