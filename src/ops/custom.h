// The op of custom layers: its meaning is an object, not a formula.
#pragma once

#include <span>
#include <vector>

#include "ir/literal.h"
#include "ops/op_def.h"

namespace pome::ops {

/// What a `pome.custom` op calls: bound to its parameter `layer` as the object behind a constant.
/// Both functions may be called from many threads at once and throw nothing.
class CustomFunction : public ir::HostObject {
 public:
  /// The shapes of the outputs, of known extents, for inputs of these shapes.
  virtual Result<std::vector<Shape>> output_shapes(std::span<const Shape> inputs) const = 0;
  /// Reads fp32 inputs, writes fp32 outputs of the shapes that output_shapes() gave.
  virtual Status evaluate(std::span<const TensorView> inputs, Outputs outputs) const = 0;
};

/// The constant for the parameter `layer`; `name` is what text shows of it.
ir::LiteralPtr custom_function(std::string name, std::shared_ptr<const CustomFunction> function);

/// Positions of the parameters.
struct CustomParam {
  enum { kX, kLayer };
};

}  // namespace pome::ops
