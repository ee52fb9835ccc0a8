// Blocks 1 and 2 of docs/adding-an-op.md, in a family of their own.
#include <cmath>

#include "ops/families.h"
#include "ops/infer.h"
#include "ops/reference/elements.h"
#include "tests/docs/softsign.h"

namespace pome::ops::docs {
namespace reference {
using pome::ops::reference::map_real;

#include "snippets/adding-an-op/reference"
}  // namespace reference
namespace {
#include "snippets/adding-an-op/definition"

constexpr OpDef kOps[] = {kSoftsign};
static_assert(is_well_formed(kOps));
}  // namespace
}  // namespace pome::ops::docs

namespace pome::docs {

std::span<const ops::OpDef> family() { return ops::docs::kOps; }

}  // namespace pome::docs
