// The element types of ML programs under their three names.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "format/weight_file.h"

namespace pome::format {

/// One element type.
struct MilType {
  /// Of MILSpec::DataType.
  int number;
  /// As MIL text writes it: "fp16", "int4", ...
  std::string_view name;
  /// As weight files number it; types that none can hold have none.
  std::optional<BlobType> blob;
};

/// All of them.
std::span<const MilType> mil_types();
/// Null when there is none of that number or name.
const MilType* mil_type(int number);
const MilType* mil_type(std::string_view name);

}  // namespace pome::format
