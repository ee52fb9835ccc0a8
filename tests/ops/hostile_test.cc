// Attributes and indices that no honest model has: an Error that names both values, nothing worse.
#include <gtest/gtest.h>

#include "ops/families.h"
#include "ops/sample.h"

namespace pome::ops {
namespace {

struct Case {
  const char* op;
  const char* line;
  const char* message;  // a part of the error
  ir::Opset opset = ir::Opset::kIos15;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.op << " " << c.line; }

std::string outcome(const OpDef& def, std::string_view line) {
  const auto sample = make_sample(def, line);
  if (!sample.ok()) return sample.error().message();
  const auto outputs = run_reference(def, *sample);
  return outputs.ok() ? "no error" : outputs.error().message();
}

class Hostile : public testing::TestWithParam<Case> {};

TEST_P(Hostile, IsAnError) {
  const OpDef* def = find(GetParam().op, GetParam().opset);
  ASSERT_NE(def, nullptr);
  EXPECT_NE(outcome(*def, GetParam().line).find(GetParam().message), std::string::npos)
      << outcome(*def, GetParam().line);
}

constexpr auto k17 = ir::Opset::kIos17;
constexpr auto kIos18 = ir::Opset::kIos18;
const Case kCases[] = {
    {"add", "x=fp32[2,3] y=fp32[4]",
     "x has shape [2,3] and y has shape [4], these do not broadcast"},
    {"cast", "x=fp32[2] dtype=\"int8\"", "is \"int8\", one of bool, fp16, fp32, int32 is expected"},
    {"cast", "x=fp32[2] dtype=\"string\"", "is \"string\"", k17},
    {"reshape", "x=fp32[2,3] shape=[4,2]", "x of shape [2,3] cannot be reshaped to [4,2]"},
    {"reshape", "x=fp32[2,3] shape=[-1,-1]", "cannot be reshaped to [-1,-1]"},
    {"reshape", "x=fp32[2,3] shape=[-1,4]", "cannot be reshaped to [-1,4]"},
    {"reshape", "x=fp32[2,3] shape=[-2,3]", "cannot be reshaped to [-2,3]"},
    {"reshape", "x=fp32[2,3] shape=[2,3,0]", "cannot be reshaped to [2,3,0]"},
    {"reshape", "x=fp32[2,3] shape=run:[2147483647,2147483647,2147483647,-1]",
     "cannot be reshaped"},
    {"reshape", "x=fp32[2] shape=[1,1,1,1,1,1,1,1,2]", "has 9 elements, at most 8"},
    {"expand_dims", "x=fp32[2] axes=[0,0]", "is [0,0], the tensor has rank 3"},
    {"expand_dims", "x=fp32[2] axes=[2]", "is [2], the tensor has rank 2"},
    {"expand_dims", "x=fp32[2] axes=[0,1,2,3,4,5,6,7]", "at most 8 axes"},
    {"squeeze", "x=fp32[2,1] axes=[2]", "is [2], the tensor has rank 2"},
    {"transpose", "x=fp32[2,3] perm=[0]", "is [0], x has rank 2"},
    {"transpose", "x=fp32[2,3] perm=[1,1]", "different axes"},
    {"slice_by_index", "x=fp32[4] begin=[0] end=[2] stride=[0]", "is 0 for axis 0"},
    {"slice_by_index", "x=fp32[4] begin=[0,1] end=[2,2]", "has 2 elements, x has rank 1"},
    {"slice_by_index", "x=fp32[4] begin=[4] end=[0] squeeze_mask=[true]",
     "asks for index 4 of axis 0, which has 4 elements"},
    {"slice_by_index", "x=fp32[4] begin=run:[-5] end=[0] squeeze_mask=[true]", "index -5"},
    {"slice_by_size", "x=fp32[4] begin=[3] size=[2]", "is 3 for axis 0 of 4 elements, of which 2"},
    {"slice_by_size", "x=fp32[4] begin=run:[-2147483648] size=[1]", "for axis 0 of 4 elements"},
    {"slice_by_size", "x=fp32[4] begin=[0] size=run:[-2]", "is -2 for axis 0"},
    {"flatten2d", "x=fp32[4] axis=2", "is 2, x has rank 1"},
    {"reverse_sequence", "x=fp32[2,3] lengths=int32[3] seq_axis=1",
     "has shape [3], axis 0 of x has 2"},
    {"sliding_windows", "x=fp32[4] axis=0 size=5", "is 5 with stride 1 for axis 0"},
    {"sliding_windows", "x=fp32[4] axis=0 size=2 stride=0", "with stride 0"},
    {"depth_to_space", "x=fp32[1,3,2,2] block_size=2", "is not divisible by 4"},
    {"depth_to_space", "x=fp32[1,3,2,2] block_size=0", "is 0, 1 to 65535"},
    {"depth_to_space", "x=fp32[4,2,2] block_size=2", "has shape [4,2,2], rank 4"},
    {"space_to_depth", "x=fp32[1,3,2,3] block_size=2", "axis 3 of x of shape [1,3,2,3]"},
    {"space_to_batch", "x=fp32[1,1,2,2] block_shape=[2,2] paddings=[[0,1],[0,0]]",
     "padded to 3 is not divisible by 2"},
    {"space_to_batch", "x=fp32[1,1,2,2] block_shape=[2,2] paddings=[[-2,0],[0,0]]", "holds -2"},
    {"batch_to_space", "x=fp32[4,1,2,2] block_shape=[2,2] crops=[[3,2],[0,0]]",
     "removes 5 of the 4"},
    {"concat", "values=(fp32[2,3],fp32[3,3]) axis=1",
     "values[1] has shape [3,3], values[0] has [2,3]"},
    {"concat", "values=(fp32[2,3],fp32[2,4]) axis=1 interleave=true", "values[1] has shape [2,4]"},
    {"concat", "values=(fp32[2,3],fp16[2,3]) axis=1", "must have the same element type"},
    {"concat", "values=(fp32[],fp32[1]) axis=0", "values[1] has shape [1]"},
    {"concat", "values=(fp32[],fp32[]) axis=1", "axis"},
    {"concat", "values=() axis=1", "\"values\" is missing"},
    {"stack", "values=(fp32[2],fp32[3]) axis=0", "equal shapes"},
    {"split", "x=fp32[5] num_splits=2 axis=0", "does not divide into 2 equal parts"},
    {"split", "x=fp32[5] split_sizes=[2,2] axis=0", "parts of 4 elements in all"},
    {"split", "x=fp32[5] split_sizes=[-1,6] axis=0", "holds -1"},
    {"split", "x=fp32[5] num_splits=2147483647 axis=0", "is 2147483647, 1 to 65536 parts"},
    {"split", "x=fp32[5] axis=0", "is missing, and so is \"split_sizes\""},
    {"pad", "x=fp32[3] pad=[1,-1]", "numbers of at least 0"},
    {"pad", "x=fp32[3] pad=[1,1,1,1]", "has 4 elements, x has rank 1"},
    {"pad", "x=fp32[3] pad=[1]", "has 1 elements"},
    {"pad", "x=fp32[3] pad=[3,0] mode=\"reflect\"", "less than the extent"},
    {"pad", "x=fp32[3] pad=run:[0,3] mode=\"reflect\"", "less than the extent"},
    {"pad", "x=fp32[0] pad=[1,0] mode=\"replicate\"", "less than the extent"},
    {"pad", "x=fp32[3] pad=[1,0] mode=\"wrap\"", "is \"wrap\""},
    {"tile", "x=fp32[3] reps=[-1]", "numbers of at least 0"},
    {"tile", "x=fp32[3] reps=[1,1]", "has 2 elements, x has rank 1"},
    {"tile", "x=fp32[3,3,3] reps=[2147483647,2147483647,2147483647]", "cannot be allocated"},
    {"gather", "x=fp32[3] indices=run:[3]", "indices[0] is 3, the gathered axis has 3 elements"},
    {"gather", "x=fp32[3] indices=run:[0,-4]", "indices[1] is -4"},
    {"gather", "x=fp32[3] indices=run:[7] validate_indices=true", "indices[0] is 7", k17},
    {"gather", "x=fp32[0] indices=run:[0]", "the gathered axis has 0 elements", k17},
    {"gather", "x=fp32[3,2] indices=int32[2,2] axis=1 batch_dims=1",
     "first 1 extents must be equal", k17},
    {"gather", "x=fp32[3,2] indices=int32[2,2] axis=0 batch_dims=1", "is 1, 0 to 0 is expected",
     k17},
    {"gather_along_axis", "x=fp32[3,2] indices=int32[3,3] axis=0", "may differ on axis 0 alone"},
    {"gather_along_axis", "x=fp32[3,2] indices=run:[[5,5]] axis=0", "indices[0] is 5"},
    {"gather_nd", "x=fp32[3,2] indices=int32[1,3]", "longer than x's rank"},
    {"gather_nd", "x=fp32[3,2] indices=run:[[0,2]]", "indices[1] is 2"},
    {"fill", "shape=[2,-1]", "is [2,-1], extents of at least 0"},
    {"fill", "shape=run:[2147483647,2147483647,2147483647]", "cannot be allocated"},
    {"select", "cond=bool[2] a=fp32[3] b=fp32[3]", "these do not broadcast"},
    {"topk", "x=fp32[3] k=4", "is 4, axis 0 of x has 3 elements"},
    {"topk", "x=fp32[3] k=run:-2", "is -2", k17},
    {"topk", "x=fp32[] k=1", "rank 0"},
    {"one_hot", "indices=int32[2] one_hot_vector_size=-1", "is -1, at least 0"},
    {"one_hot", "indices=int32[2] one_hot_vector_size=run:-1", "is -1, at least 0"},
    {"band_part", "x=fp32[3]", "at least rank 2"},
    {"range_1d", "end=3 start=0 step=0", "no finite range"},
    {"range_1d", "end=run:inf start=0.0 step=1.0", "no finite range"},
    {"range_1d", "end=1e30 start=0.0 step=1e-30", "no finite range"},
    {"reduce_sum", "x=fp32[3] axes=[1]", "is [1], the tensor has rank 1"},
    {"reduce_sum", "x=fp32[3,3] axes=[0,-2]", "different axes"},
    {"reduce_argmax", "x=fp32[2,0] axis=1", "has no elements"},
    {"reduce_argmax", "x=fp32[2] output_dtype=\"fp32\"", "is \"fp32\"", k17},
    {"scatter", "data=fp32[3] indices=run:[3] updates=fp32[1]", "indices[0] is 3"},
    {"scatter", "data=fp32[3] indices=run:[0] updates=fp32[2]",
     "updates of shape [1] are expected"},
    {"scatter", "data=fp32[3] indices=run:[0] updates=fp32[1] mode=\"pow\"", "is \"pow\""},
    {"scatter_along_axis", "data=fp32[3,2] indices=int32[1,3] updates=fp32[1,3]",
     "updates of shape [1,2] are expected"},
    {"scatter_along_axis", "data=fp32[3,2] indices=int32[1,3] updates=fp32[1,2]",
     "may differ on axis 0 alone"},
    {"scatter_nd", "data=fp32[3] indices=int32[1,2] updates=fp32[1]", "data has rank 1"},
    {"scatter_nd", "data=fp32[3,2] indices=run:[[2,-3]] updates=fp32[1]", "indices[1] is -3"},
    {"constexpr_lut_to_dense", "indices=const:uint8[1] lut=const:fp32[3] shape=[2]",
     "has shape [3], a vector of 2, 4, 16, 64 or 256", ir::Opset::kIos16},
    {"constexpr_lut_to_dense", "indices=const:uint8[1] lut=const:fp32[4] shape=[5]",
     "has shape [1], the dense shape [5] needs a vector of 2", ir::Opset::kIos16},
    {"constexpr_lut_to_dense",
     "indices=const:uint8[1] lut=const:fp32[4] shape=[2147483647,2147483647,2147483647]",
     "extents of at least 0", ir::Opset::kIos16},
    {"constexpr_sparse_to_dense", "nonzero_data=const:fp32[2] mask=uint8:[1] shape=[8]",
     "has shape [2], the mask has 1 ones", ir::Opset::kIos16},
    {"constexpr_lut_to_dense", "indices=const:uint2[2] lut=const:fp32[1,5,1]",
     "has shape [1,5,1], 4 entries of at least one value", kIos18},
    {"constexpr_lut_to_dense", "indices=const:uint2[2] lut=const:fp32[1,4,0] vector_axis=0",
     "has shape [1,4,0], 4 entries of at least one value", kIos18},
    {"constexpr_lut_to_dense", "indices=const:uint1[6] lut=const:fp32[4,2,1]",
     "has shape [4,2,1], two axes more than [6] are expected", kIos18},
    {"constexpr_lut_to_dense", "indices=const:uint1[6] lut=const:fp32[0,2,1]",
     "has shape [0,2,1], two axes more than [6] are expected", kIos18},
    {"constexpr_lut_to_dense", "indices=const:uint1[6] lut=const:fp32[1,2,3]",
     "\"vector_axis\" is missing", kIos18},
    {"constexpr_lut_to_dense", "indices=const:uint1[6] lut=const:fp32[1,2,3] vector_axis=1",
     "is 1, the tensor has rank 1", kIos18},
    {"constexpr_lut_to_dense",
     "indices=const:uint1[0,2147483647,2147483647,3] lut=const:fp32[1,1,1,1,2,1] vector_axis=0",
     "too many for indices", kIos18},
    {"constexpr_lut_to_sparse",
     "indices_mask=uint1:[1,0,1] indices_nonzero_data=const:uint1[3] lut=const:fp32[1,2,1]",
     "has shape [3], the mask has 2 ones", kIos18},
    {"constexpr_sparse_to_dense", "nonzero_data=const:fp32[2] mask=uint1:[1,0]",
     "has shape [2], the mask has 1 ones", kIos18},
    {"constexpr_sparse_to_dense", "nonzero_data=const:fp32[1,1] mask=uint1:[1,0]",
     "has shape [1,1], a vector for a mask of shape [2]", kIos18},
    {"constexpr_blockwise_shift_scale", "data=const:int8[4] scale=const:fp32[3]",
     "has shape [3], as many axes as [4] are expected", kIos18},
    {"constexpr_blockwise_shift_scale", "data=const:int8[4] scale=const:fp32[0]",
     "has shape [0], as many axes as [4] are expected", kIos18},
    {"constexpr_blockwise_shift_scale", "data=int8:4 scale=2.0", "has shape [], as many axes",
     kIos18},
    {"constexpr_blockwise_shift_scale",
     "data=const:int8[4] scale=const:fp32[2] offset=const:int8[1]",
     "has shape [1], that of scale, [2]", kIos18},
    {"constexpr_blockwise_shift_scale",
     "data=const:int8[4] scale=const:fp32[2] offset=const:int4[2]",
     "is int4, a float or the type of the data, int8", kIos18},
    {"constexpr_sparse_blockwise_shift_scale",
     "data_mask=uint1:[1,0] nonzero_data=const:int8[1] scale=const:fp32[3]",
     "has shape [3], as many axes as [2]", kIos18},
    {"quantize", "input=fp32[2,3] scale=[1.0,2.0] output_dtype=\"int8\"",
     "\"axis\" is missing, scale has shape [2]", k17},
    {"quantize", "input=fp32[2,3] scale=[1.0,2.0] axis=1 output_dtype=\"int8\"",
     "\"scale\" has shape [2], expected [3]", k17},
    {"quantize", "input=fp32[2,3] scale=[1.0,2.0] axis=2 output_dtype=\"int8\"",
     "is 2, the tensor has rank 2", k17},
    {"quantize", "input=fp32[2] scale=1.0 zero_point=int8:1 output_dtype=\"uint8\"",
     "is int8, output_dtype is \"uint8\"", k17},
    {"quantize", "input=fp32[2] scale=1.0 output_dtype=\"int32\"", "is \"int32\"", k17},
    {"dequantize", "input=int8[2] scale=1.0 zero_point=int8:[1,2]",
     "has shape [2], that of scale, []", k17},
    {"scaled_dot_product_attention", "query=fp32[3,4] key=fp32[5,4] value=fp32[5,4]",
     "\"query\" has shape [3,4]", kIos18},
    {"scaled_dot_product_attention", "query=fp32[2,3,4] key=fp32[2,5,3] value=fp32[2,5,4]",
     "the last extents must be equal", kIos18},
    {"scaled_dot_product_attention", "query=fp32[2,3,4] key=fp32[2,5,4] value=fp32[2,6,4]",
     "the last but one must be equal", kIos18},
    {"scaled_dot_product_attention", "query=fp32[2,3,4] key=fp32[3,5,4] value=fp32[2,5,4]",
     "the batches must broadcast", kIos18},
    {"scaled_dot_product_attention", "query=fp32[2,3,0] key=fp32[2,5,0] value=fp32[2,5,4]",
     "at least one feature", kIos18},
    {"scaled_dot_product_attention",
     "query=fp32[2,3,4] key=fp32[2,5,4] value=fp32[2,5,4] attn_mask=bool[4,5]",
     "one that broadcasts to [2,3,5]", kIos18},
    {"slice_update", "x=fp32[4] update=fp32[3] begin=[1] end=[3]",
     "has shape [3], the part of x that it replaces has [2]", kIos18},
    {"slice_update", "x=fp32[4] update=fp32[2] begin=run:[1] end=run:[4]",
     "has shape [2], the part of x that it replaces has [3]", kIos18},
    {"slice_update", "x=fp32[4] update=fp32[1] begin=[4] end=[0] squeeze_mask=[true]",
     "asks for index 4", kIos18},
    {"constexpr_affine_dequantize",
     "quantized_data=const:int8[2,3] zero_point=int8:0 scale=const:fp32[2] axis=1",
     "has shape [2], a scalar or a vector of 3", ir::Opset::kIos16},
    {"lstm",
     "x=fp32[2,1,3] initial_h=fp32[1,2] initial_c=fp32[1,2] weight_ih=const:fp32[8,4] "
     "weight_hh=const:fp32[8,2]",
     "\"weight_ih\" has shape [8,4], expected [8,3]"},
    {"lstm",
     "x=fp32[2,1,3] initial_h=fp32[1,2] initial_c=fp32[1,2] weight_ih=const:fp32[8,3] "
     "weight_hh=const:fp32[8,2] direction=\"bidirectional\"",
     "\"initial_h\" has shape [1,2], expected [1,4]"},
    {"lstm",
     "x=fp32[2,3,3] initial_h=fp32[2,2] initial_c=fp32[3,2] weight_ih=const:fp32[8,3] "
     "weight_hh=const:fp32[8,2]",
     "\"initial_h\" has shape [2,2], expected [3,2]"},
    {"lstm",
     "x=fp32[2,1,3] initial_h=fp32[1,4] initial_c=fp32[1,4] weight_ih=const:fp32[8,3] "
     "weight_hh=const:fp32[8,2] direction=\"bidirectional\"",
     "\"weight_ih_back\" is missing"},
    {"lstm",
     "x=fp32[2,1,3] initial_h=fp32[1,2] initial_c=fp32[1,2] weight_ih=const:fp32[8,3] "
     "weight_hh=const:fp32[8,2] activation=\"elu\"",
     "\"activation\" is \"elu\", one of sigmoid"},
    {"lstm",
     "x=fp32[2,1,3] initial_h=fp32[1,2] initial_c=fp32[1,2] weight_ih=const:fp32[8,3] "
     "weight_hh=const:fp32[8,2] clip=-1.0",
     "at least 0 is expected"},
    {"lstm",
     "x=fp32[2,1,3] initial_h=fp32[1,0] initial_c=fp32[1,0] weight_ih=const:fp32[0,3] "
     "weight_hh=const:fp32[0,0]",
     "a hidden size of 1 to 2^28"},
    {"gru",
     "x=fp32[2,1,3] initial_h=fp32[1,2] weight_ih=const:fp32[6,3] weight_hh=const:fp32[6,2] "
     "direction=\"bidirectional\"",
     "expected one of \"forward\" and \"reverse\""},
    {"pome.gru",
     "x=fp32[2,1,3] initial_h=fp32[1,2] weight_ih=const:fp32[6,3] weight_hh=const:fp32[6,2] "
     "alpha=[0.5]",
     "\"alpha\" has shape [1], expected [2]"},
    {"rnn", "x=fp32[2,3] initial_h=fp32[1,2] weight_ih=const:fp32[2,3] weight_hh=const:fp32[2,2]",
     "\"x\" has shape [2,3], expected rank 3"},
    {"random_uniform", "shape=[2,-1] seed=1", "is [2,-1], extents of at least 0"},
    {"random_uniform", "shape=[2] low=2.0 high=1.0 seed=1", "at most \"high\", 1"},
    {"random_normal", "shape=run:[2147483647,2147483647,2147483647] seed=1", "cannot be allocated"},
    {"random_normal", "shape=[2] stddev=-1.0 seed=1", "at least 0 is expected"},
    {"random_bernoulli", "shape=[2] prob=1.5 seed=1", "0 to 1 is expected"},
    {"random_categorical", "x=fp32[2,0] size=1 seed=1", "at least one position"},
    {"random_categorical", "x=fp32[2,3] size=-1 seed=1", "is -1, expected a value from 0"},
    {"non_maximum_suppression",
     "boxes=fp32[1,5,4] scores=fp32[1,6,2] iou_threshold=0.5 score_threshold=0.5 max_boxes=3",
     "boxes has shape [1,5,4] and scores [1,6,2]"},
    {"non_maximum_suppression",
     "boxes=fp32[1,5,4] scores=fp32[1,5,2] iou_threshold=0.5 score_threshold=0.5 max_boxes=-1",
     "is -1, expected a value from 0"},
    {"non_maximum_suppression",
     "boxes=fp32[9,5,4] scores=fp32[9,5,2] iou_threshold=0.5 score_threshold=0.5 "
     "max_boxes=1073741823",
     "cannot be allocated"},
    {"pome.non_maximum_suppression",
     "boxes=fp32[1,5,4] scores=fp32[1,5,2] iou_threshold=0.5 score_threshold=0.5 max_boxes=run:-1",
     "is -1, expected a value from 0"},
    {"constexpr_cast", "source_val=const:fp16[2] output_dtype=\"fp16\"", "is \"fp16\"",
     ir::Opset::kIos16},
};

INSTANTIATE_TEST_SUITE_P(Ops, Hostile, testing::ValuesIn(kCases));

/// From ios17 on an unvalidated index outside is undefined but must be safe: the nearest end.
TEST(Gather, IndicesOutsideAreSafeFromIos17On) {
  const OpDef* def = find("gather", ir::Opset::kIos17);
  const auto sample = make_sample(*def, "x=run:[10,11,12] indices=run:[2147483647,-2147483648,-1]");
  ASSERT_TRUE(sample.ok()) << sample.error().to_string();
  const auto y = run_reference(*def, *sample);
  ASSERT_TRUE(y.ok()) << y.error().to_string();
  EXPECT_EQ((*y)[0].view().integer(0), 12);
  EXPECT_EQ((*y)[0].view().integer(1), 10);
  EXPECT_EQ((*y)[0].view().integer(2), 12);
}

TEST(SampleLine, ErrorsSayWhere) {
  const OpDef* def = find("exp", ir::Opset::kIos15);
  for (const auto& [line, message] : std::vector<std::pair<std::string, std::string>>{
           {"x", "\"param=\" is expected at"},
           {"x=fp32[2", "\"]\" is expected at"},
           {"x=fp32[2]{1}", "\"lo..hi}\" is expected"},
           {"x=[1,[2]]", "is expected at"},
           {"x=\"a", "a closing quote is expected"},
           {"x=run:[[1.0],[2.0,3.0]]", "rows of equal length"},
           {"x=zz", "a number is expected at"}}) {
    const auto sample = make_sample(*def, line);
    ASSERT_FALSE(sample.ok()) << line;
    EXPECT_NE(sample.error().message().find(message), std::string::npos)
        << line << ": " << sample.error().message();
  }
}

}  // namespace
}  // namespace pome::ops
