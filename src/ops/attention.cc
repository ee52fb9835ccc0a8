// scaled_dot_product_attention.
#include "ops/attention.h"

#include <string>

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

constexpr std::string_view kOutputs[] = {"output"};
constexpr ParamDef kParams[] = {{"query", kFloats, kRequired, 'T', {}},
                                {"key", kFloats, kRequired, 'T', {}},
                                {"value", kFloats, kRequired, 'T', {}},
                                {"attn_mask", kFloats | kBools, kOptional, 0, {}}};

Error mismatch(const Args& args, int param, int other, const std::string& what) {
  return param_error(args, param,
                     "has shape " + args.shape(param).to_string() + ", \"" +
                         std::string(args.def().params[static_cast<size_t>(other)].name) + "\" " +
                         args.shape(other).to_string() + ": " + what);
}

/// The mask goes with what query and key make, [batch.., targets, sources].
Status check_mask(const Args& args, const AttentionShape& a) {
  if (!args.has(kAttentionMask)) return {};
  Shape products = a.batch;
  products.push_back(a.targets);
  products.push_back(a.sources);
  const Shape& mask = args.shape(kAttentionMask);
  bool fits = mask.rank() <= products.rank();
  for (int i = 1; fits && i <= mask.rank(); ++i)
    fits = mask.at(-i) == 1 || extents_agree(mask.at(-i), products.at(-i));
  if (fits) return {};
  return unexpected_shape(args, kAttentionMask, "one that broadcasts to " + products.to_string());
}

Status infer_attention(const Args& args, Inferred& out) {
  POME_ASSIGN(const AttentionShape a, attention_shape(args));
  Shape y = a.batch;
  y.push_back(a.targets);
  y.push_back(a.values);
  return set_output(args, out, args.dtype(kAttentionQuery), y);
}

constexpr std::string_view kSamples[] = {
    "query=fp32[2,3,4] key=fp32[2,5,4] value=fp32[2,5,6]",
    "query=fp32[2,3,4,8]{-3..3} key=fp32[2,3,5,8]{-3..3} value=fp32[2,3,5,8] "
    "attn_mask=fp32[4,5]{-2..2}",
    "query=fp32[2,1,4,8]{-3..3} key=fp32[1,3,5,8]{-3..3} value=fp32[2,3,5,2] "
    "attn_mask=run:[[true,false,true,true,false]]",
    "query=fp32[1,2,3] key=fp32[1,4,3] value=fp32[1,4,2] "
    "attn_mask=run:[[[0.0,-inf,0.0,-inf],[-inf,1.0,-1e9,0.5]]]",
    "query=fp32[2,2,3] key=fp32[2,4,3] value=fp32[2,4,2] attn_mask=fp16[2,1,4]",
    "query=fp16[2,3,4] key=fp16[2,5,4] value=fp16[2,5,6]",
    "query=fp32[1,2,1]{80..90} key=fp32[1,3,1]{-90..90} value=fp32[1,3,1]",
    "query=fp32[2,0,4] key=fp32[2,5,4] value=fp32[2,5,6]"};

constexpr OpDef kOps[] = {
    {.name = "scaled_dot_product_attention",
     .since = ir::Opset::kIos18,
     .doc = "y = softmax(query * key^T / sqrt(features) + attn_mask) * value, the softmax over "
            "the sources. query is [batch.., targets, features], key [batch.., sources, "
            "features], value [batch.., sources, values], with batches that broadcast; attn_mask "
            "broadcasts to [batch.., targets, sources]. A mask of bools is 0 where it holds and "
            "-infinity elsewhere; where it leaves nothing to look at, the result is NaN.",
     .params = kParams,
     .outputs = kOutputs,
     .infer = infer_attention,
     .reference = reference::scaled_dot_product_attention,
     .samples = kSamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

Result<AttentionShape> attention_shape(const Args& args) {
  const Shape& query = args.shape(kAttentionQuery);
  POME_TRY(check_rank(args, kAttentionQuery, 3, Shape::kMaxRank));
  for (const int p : {kAttentionKey, kAttentionValue})
    POME_TRY(check_rank(args, p, query.rank(), query.rank()));
  const Shape& key = args.shape(kAttentionKey);
  const Shape& value = args.shape(kAttentionValue);
  if (!extents_agree(query.back(), key.back()))
    return mismatch(args, kAttentionKey, kAttentionQuery, "the last extents must be equal");
  if (!extents_agree(key.at(-2), value.at(-2)))
    return mismatch(args, kAttentionValue, kAttentionKey, "the last but one must be equal");
  if (query.back() == 0)
    return unexpected_shape(args, kAttentionQuery, "one of at least one feature (the last extent)");
  const auto pair = broadcast(batch_of(query), batch_of(key));
  if (!pair) return mismatch(args, kAttentionKey, kAttentionQuery, "the batches must broadcast");
  const auto batch = broadcast(*pair, batch_of(value));
  if (!batch) return mismatch(args, kAttentionValue, kAttentionQuery, "the batches must broadcast");
  AttentionShape a{.batch = *batch, .targets = query.at(-2), .values = value.back()};
  a.sources = known_extent(key.at(-2), value.at(-2));
  a.features = known_extent(query.back(), key.back());
  POME_TRY(check_mask(args, a));
  return a;
}

std::span<const OpDef> attention_ops() { return kOps; }

}  // namespace pome::ops
