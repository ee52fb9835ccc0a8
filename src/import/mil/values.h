// Types and constants of ML programs.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "format/model_file.h"
#include "format/weight_file.h"
#include "ir/literal.h"
#include "ir/type.h"
#include "pome/result.h"

namespace CoreML::Specification::MILSpec {
class Value;
class ValueType;
}  // namespace CoreML::Specification::MILSpec

namespace pome::import {

/// A name from a file as a place of an error: as it is when it is harmless, else quoted and
/// escaped.
std::string place_text(const std::string& name);

/// Weight files, each mapped once.
class WeightCache {
 public:
  explicit WeightCache(const format::WeightFiles& files) : files_(files) {}
  Result<std::shared_ptr<const MappedFile>> open(const std::string& reference);

 private:
  format::WeightFiles files_;
  std::map<std::string, std::shared_ptr<const MappedFile>> opened_;
};

/// Reads a type. Unknown extents stay unknown. Recursion is bounded by the scan of the file.
/// Errors: no type, an unknown element type, rank over 8 or other than the number of extents,
/// extents that overflow, a variable rank.
Result<ir::Type> read_type(const CoreML::Specification::MILSpec::ValueType& message);

/// Reads a constant: a tensor in place or in a weight file, a list, tuple or dictionary in place.
/// Errors: element counts or element types that differ (both are named), values out of range, and
/// those of weight files.
Result<ir::LiteralPtr> read_value(const CoreML::Specification::MILSpec::Value& message,
                                  WeightCache& weights);

}  // namespace pome::import
