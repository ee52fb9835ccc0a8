// Positions of parameters, shapes and the reference kernel of attention.cc.
#pragma once

#include "ops/op_def.h"

namespace pome::ops {

enum AttentionParam { kAttentionQuery, kAttentionKey, kAttentionValue, kAttentionMask };

/// What scaled_dot_product_attention is made of; extents may be unknown.
struct AttentionShape {
  Shape batch;  // of query, key and value, broadcast
  int64_t targets = 0, sources = 0;
  int64_t features = 0, values = 0;
};

/// Errors: ranks below 3 or that differ, extents that do not go together, a mask that does not
/// broadcast to the products of query and key.
Result<AttentionShape> attention_shape(const Args& args);

namespace reference {

Status scaled_dot_product_attention(const Args& args, Outputs outputs);

}  // namespace reference
}  // namespace pome::ops
