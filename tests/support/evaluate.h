// Runs a function of a program op by op with the references: the slow oracle of every test that
// runs whole networks.
#pragma once

#include <map>
#include <span>
#include <string>

#include "ops/evaluate.h"

namespace pome::testing {

using Tensors = std::map<std::string, ops::OwnedTensor>;

/// Computes a function's outputs from its inputs, both by name. A classifier gives its
/// probabilities under the name of the `classify` op's second output, and nothing for the label.
/// Errors: what the ops return, with their places; an op with blocks (control flow).
Result<Tensors> evaluate(const ir::Function& function, const Tensors& inputs);

/// An fp32 tensor with those values. Requires values.size() == shape.elements().
ops::OwnedTensor tensor(const Shape& shape, std::span<const float> values);
/// An fp32 tensor with values from lo..hi that follow from the seed.
ops::OwnedTensor random_tensor(const Shape& shape, uint64_t seed, double lo = -1, double hi = 1);

/// "" when both have the same shape and |got - want| <= abs + rel * |want| everywhere; otherwise
/// the worst element in words.
std::string difference(const ops::TensorView& got, const ops::TensorView& want, double abs,
                       double rel);

}  // namespace pome::testing
