#include "passes/permutation.h"

namespace pome::passes {

std::optional<Permutation> transpose_perm(const ir::Op& op) {
  if (op.kind() != "transpose" || op.input("x") == nullptr) return std::nullopt;
  const ir::Literal* perm = op.constant("perm");
  if (perm == nullptr || perm->size() > Shape::kMaxRank) return std::nullopt;
  Permutation p;
  for (int64_t axis : perm->to_ints()) p.push_back(axis < 0 ? axis + perm->size() : axis);
  return p;
}

bool is_identity(const Permutation& p) {
  for (int i = 0; i < p.rank(); ++i)
    if (p[i] != i) return false;
  return true;
}

Permutation then(const Permutation& first, const Permutation& second) {
  Permutation p = second;
  for (int64_t& axis : p) axis = first[static_cast<int>(axis)];
  return p;
}

Permutation inverse(const Permutation& p) {
  Permutation q = p;
  for (int i = 0; i < p.rank(); ++i) q[static_cast<int>(p[i])] = i;
  return q;
}

Shape permuted(const Shape& shape, const Permutation& p) {
  Shape out = p;
  for (int64_t& axis : out) axis = shape[static_cast<int>(axis)];
  return out;
}

}  // namespace pome::passes
