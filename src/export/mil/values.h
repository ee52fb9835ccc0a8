// Types and constants as messages of ML programs.
#pragma once

#include <cstddef>
#include <vector>

#include "format/weight_file.h"
#include "ir/literal.h"
#include "ir/type.h"

namespace CoreML::Specification::MILSpec {
class Value;
class ValueType;
}  // namespace CoreML::Specification::MILSpec

namespace pome::exporter {

/// Writes a type.
void write_type(const ir::Type& type, CoreML::Specification::MILSpec::ValueType& message);

/// Writes constants: tensors of 10 elements or more into the weight file where it can hold their
/// element type in that specification version, everything else in place.
class ConstantWriter {
 public:
  explicit ConstantWriter(int specification_version) : version_(specification_version) {}

  void write(const ir::Literal& literal, CoreML::Specification::MILSpec::Value& message);
  /// The weight file, empty when nothing went there; the writer is spent.
  std::vector<std::byte> finish() &&;

 private:
  bool belongs_in_file(const ir::Literal& literal) const;

  int version_;
  format::WeightWriter weights_;
};

}  // namespace pome::exporter
