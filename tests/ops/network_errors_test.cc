// What the network families refuse, and that the message names both values.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ops/sample.h"

namespace pome::ops {
namespace {

struct Refused {
  std::string_view op;
  std::string_view line;
  /// Parts of the message.
  std::vector<std::string> parts;
  ir::Opset opset = ir::Opset::kIos15;
};

class NetworkErrors : public testing::TestWithParam<Refused> {};

TEST_P(NetworkErrors, NameBothValues) {
  const Refused& c = GetParam();
  SCOPED_TRACE(std::string(c.op) + " " + std::string(c.line));
  const OpDef* def = find(c.op, c.opset);
  ASSERT_NE(def, nullptr);
  const Result<Sample> sample = make_sample(*def, c.line);
  ASSERT_FALSE(sample.ok()) << "accepted";
  const std::string text = sample.error().to_string();
  for (const std::string& part : c.parts)
    EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in: " << text;
}

const Refused kConv[] = {
    {"conv", "x=fp32[3,8] weight=const:fp32[4,3,3]", {"\"x\"", "[3,8]", "rank 3 to 5"}},
    {"conv", "x=fp32[1,3,8] weight=const:fp32[4,3,3,3]", {"\"weight\"", "[4,3,3,3]", "rank 3"}},
    {"conv", "x=fp32[1,3,8,8] weight=const:fp32[4,2,3,3]", {"3 channels", "[4,2,3,3]", "takes 2"}},
    {"conv", "x=fp32[1,4,8,8] weight=const:fp32[5,2,3,3] groups=2", {"5 output", "2 groups"}},
    {"conv", "x=fp32[1,4,8,8] weight=const:fp32[5,4,3,3] groups=0", {"\"groups\" is 0", "from 1"}},
    {"conv", "x=fp32[1,4,8,8] weight=const:fp32[5,4,3,3] groups=-4", {"\"groups\" is -4"}},
    {"conv",
     "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] bias=const:fp32[3]",
     {"\"bias\"", "[3]", "[4]"}},
    {"conv",
     "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] strides=[0,1]",
     {"stride is 0", "spatial dimension 0"}},
    {"conv", "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] strides=[1]", {"1 values", "expected 2"}},
    {"conv",
     "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] dilations=[1,-2]",
     {"dilation is -2", "spatial dimension 1"}},
    {"conv",
     "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] pad_type=\"custom\" pad=[1,1,1]",
     {"pad has 3 values", "expected 4"}},
    {"conv",
     "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] pad_type=\"custom\" pad=[1,-1,1,1]",
     {"padding after is -1"}},
    {"conv", "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] pad_type=\"full\"", {"\"full\"", "same"}},
    {"conv",
     "x=fp32[1,3,4,8] weight=const:fp32[4,3,3,3] dilations=[2,1]",
     {"window of 5", "input of 4"}},
    {"conv", "x=fp32[1,3,0,8] weight=const:fp32[4,3,1,1]", {"input of 0"}},
    {"conv", "x=fp32[1,3,8,8] weight=const:fp32[4,3,0,3]", {"kernel size is 0"}},
    {"conv", "x=fp32[1,3,8,8] weight=const:fp32[0,3,1,1]", {"[0,3,1,1]", "at least one channel"}},
    {"conv", "x=fp32[1,3,8,8] weight=const:fp16[4,3,3,3]", {"fp32", "fp16", "same element type"}},
    {"conv", "x=fp32[1,3,8,8] weight=const:fp32[4,3,3,3] bias=fp32[4]", {"\"bias\"", "constant"}},
    {"conv_transpose", "x=fp32[1,3,4,4] weight=const:fp32[2,3,2,2]", {"3 channels", "takes 2"}},
    {"conv_transpose",
     "x=fp32[1,3,4,4] weight=const:fp32[3,2,2,2] groups=2",
     {"3 input channels", "2 groups"}},
    {"conv_transpose",
     "x=fp32[1,3,4,4] weight=const:fp32[3,2,2,2] output_shape=[1,2,5]",
     {"\"output_shape\"", "[3]", "[4]"}},
    {"conv_transpose",
     "x=fp32[1,3,4,4] weight=const:fp32[3,2,2,2] output_shape=[1,3,5,5]",
     {"1 and 3", "2 channels"}},
    {"conv_transpose",
     "x=fp32[1,3,4,4] weight=const:fp32[3,2,2,2] output_shape=[1,2,9,5]",
     {"extent is 9", "1 to 6"}},
    {"conv_transpose",
     "x=fp32[1,3,1,4] weight=const:fp32[3,2,2,2] pad_type=\"custom\" pad=[1,1,0,0]",
     {"extent is 0"}},
};
INSTANTIATE_TEST_SUITE_P(Conv, NetworkErrors, testing::ValuesIn(kConv));

const Refused kPool[] = {
    {"max_pool", "x=fp32[1,3] kernel_sizes=[2] pad_type=\"valid\"", {"[1,3]", "rank 3 to 5"}},
    {"max_pool", "x=fp32[1,3,8,8] kernel_sizes=[2] pad_type=\"valid\"", {"[1]", "[2]"}},
    {"max_pool", "x=fp32[1,3,8,8] kernel_sizes=[2,0] pad_type=\"valid\"", {"kernel size is 0"}},
    {"max_pool",
     "x=fp32[1,3,8,8] kernel_sizes=[2,9] pad_type=\"valid\"",
     {"window of 9", "input of 8"}},
    {"max_pool", "x=fp32[1,3,8,8] kernel_sizes=[2,2]", {"\"pad_type\" is missing"}},
    {"avg_pool",
     "x=fp32[1,3,8,8] kernel_sizes=[2,2] pad_type=\"custom\" pad=[0,1,0,0] ceil_mode=true",
     {"[0,1,0,0]", "(0)", "(1)"}},
    {"avg_pool",
     "x=fp32[1,3,8,8] kernel_sizes=[2,2] strides=[2,2,2] pad_type=\"valid\"",
     {"3 values", "expected 2"}},
    {"l2_pool",
     "x=int32[1,3,8,8] kernel_sizes=[2,2] pad_type=\"valid\"",
     {"int32", "fp16 or fp32"}},
};
INSTANTIATE_TEST_SUITE_P(Pool, NetworkErrors, testing::ValuesIn(kPool));

const Refused kLinear[] = {
    {"linear", "x=fp32[2,3] weight=const:fp32[4,5]", {"3 features", "[4,5]", "takes 5"}},
    {"linear", "x=fp32[2,3] weight=const:fp32[4,3,1]", {"[4,3,1]", "rank 2"}},
    {"linear", "x=fp32[] weight=const:fp32[4,3]", {"[]", "rank 1"}},
    {"linear", "x=fp32[2,3] weight=const:fp32[4,3] bias=const:fp32[3]", {"[3]", "[4]"}},
    {"linear", "x=fp32[2,3] weight=fp32[4,3]", {"\"weight\"", "constexpr"}},
    {"matmul", "x=fp32[2,3] y=fp32[4,5]", {"[2,3]", "[4,5]", "3 columns", "4 rows"}},
    {"matmul", "x=fp32[2,3] y=fp32[3,5] transpose_y=true", {"(transposed)", "5 rows"}},
    {"matmul", "x=fp32[2,4,3] y=fp32[3,3,5]", {"[2,4,3]", "[3,3,5]", "broadcast"}},
    {"matmul", "x=fp32[] y=fp32[3]", {"\"x\"", "rank 1"}},
    {"einsum", "values=(fp32[3,4],fp32[4,5]) equation=\"ij,jk->ik\"", {"ij,jk->ik", "nchw"}},
    {"einsum",
     "values=(fp32[3,4,5],fp32[4,4,2]) equation=\"chw,whr->chr\"",
     {"[3,4,5]", "[4,4,2]", "chw,whr->chr"}},
    {"einsum", "values=(fp32[3,4,5],fp32[5,3,2]) equation=\"chw,whr->chr\"", {"[5,3,2]"}},
    {"einsum", "values=(fp32[3,4,5]) equation=\"chw,whr->chr\"", {"1 tensors", "expected 2"}},
    {"einsum", "values=(fp32[2,3,4,5],fp32[3,5,4,2]) equation=\"nchw,nwhu->nchu\"", {"[2,3,4,5]"}},
};
INSTANTIATE_TEST_SUITE_P(Linear, NetworkErrors, testing::ValuesIn(kLinear));

const Refused kNormalization[] = {
    {"batch_norm", "x=fp32[2,3] mean=const:fp32[3] variance=const:fp32[3]", {"[2,3]", "rank 3"}},
    {"batch_norm",
     "x=fp32[2,3,4] mean=const:fp32[4] variance=const:fp32[3]",
     {"\"mean\"", "[4]", "[3]"}},
    {"batch_norm",
     "x=fp32[2,3,4] mean=const:fp32[3] variance=const:fp32[3] epsilon=[1e-3,1e-3]",
     {"\"epsilon\"", "[2]", "scalar"}},
    {"instance_norm", "x=fp32[2,3,4] gamma=const:fp32[2]", {"\"gamma\"", "[2]", "[3]"}},
    {"layer_norm", "x=fp32[2,3,4] axes=[3]", {"\"axes\"", "[3]", "rank 3"}},
    {"layer_norm", "x=fp32[2,3,4] axes=[1,-2]", {"[1,-2]", "different axes"}},
    {"layer_norm", "x=fp32[2,3,4] axes=[2] gamma=const:fp32[3]", {"\"gamma\"", "[3]", "[4]"}},
    {"l2_norm", "x=fp32[2,3]", {"[2,3]", "rank 3 or more"}},
    {"local_response_norm", "x=fp32[1,3,4] size=0", {"\"size\" is 0", "from 1"}},
};
INSTANTIATE_TEST_SUITE_P(Normalization, NetworkErrors, testing::ValuesIn(kNormalization));

const Refused kActivation[] = {
    {"softmax", "x=fp32[2,3] axis=2", {"\"axis\" is 2", "rank 2"}},
    {"softmax", "x=fp32[]", {"\"axis\" is -1", "rank 0"}},
    {"gelu", "x=fp32[2,3] mode=\"FAST\"", {"\"FAST\"", "\"EXACT\""}},
    {"prelu", "x=fp32[2,3,4] alpha=const:fp32[1]", {"\"alpha\"", "[1]", "[3]"}},
    {"softplus_parametric",
     "x=fp32[2,3,4] alpha=const:fp32[3] beta=const:fp32[4]",
     {"\"beta\"", "[4]", "[3]"}},
    {"elu", "x=fp32[2,3] alpha=[0.5,0.5]", {"\"alpha\"", "[2]", "scalar"}},
    {"elu", "x=fp32[2,3]", {"\"alpha\" is missing"}},
    {"relu", "x=int32[2,3]", {"int32", "fp16 or fp32"}},
};
INSTANTIATE_TEST_SUITE_P(Activation, NetworkErrors, testing::ValuesIn(kActivation));

const Refused kImage[] = {
    {"resize_bilinear", "x=fp32[4,5] target_size_height=2", {"[4,5]", "rank 3 or more"}},
    {"resize_bilinear", "x=fp32[1,4,5] target_size_height=0", {"is 0", "from 1"}},
    {"resize_bilinear", "x=fp32[1,4,5] sampling_mode=\"CORNERS\"", {"\"CORNERS\"", "\"DEFAULT\""}},
    {"resize_nearest_neighbor",
     "x=fp32[1,0,5] target_size_height=2 target_size_width=2",
     {"[1,0,5]", "at least one cell"}},
    {"upsample_bilinear", "x=fp32[1,4,5] scale_factor_height=0.1", {"0.1", "x's 4"}},
    {"upsample_bilinear", "x=fp32[1,4,5] scale_factor_height=-2", {"-2", "x's 4"}},
    {"upsample_bilinear", "x=fp32[1,4,5] scale_factor_height=nan", {"nan", "x's 4"}},
    {"upsample_bilinear",
     "x=fp32[1,4,5] align_corners=true half_pixel_centers=true",
     {"align_corners", "half_pixel_centers"},
     ir::Opset::kIos16},
    {"upsample_nearest_neighbor", "x=fp32[1,4,5] scale_factor_width=1e10", {"x's 5"}},
    {"crop", "x=fp32[1,4,5] crop_height=[2,2] crop_width=[0,0]", {"[2,2]", "4 cells"}},
    {"crop", "x=fp32[1,4,5] crop_height=[-1,2] crop_width=[0,0]", {"[-1,2]", "negative"}},
    {"crop", "x=fp32[1,4,5] crop_height=[1] crop_width=[0,0]", {"[1]", "two amounts"}},
    {"crop_resize", "x=fp32[1,1,4,5] roi=fp32[2,4]", {"[2,4]", "[N,1,4,1,1]"}},
    {"crop_resize", "x=fp32[1,1,4,5] roi=fp32[2,1,6,1,1]", {"[2,1,6,1,1]"}},
    {"crop_resize", "x=fp32[1,1,4,5] roi=fp32[2,1,4,1,1] box_coordinate_mode=\"XYXY\"", {"XYXY"}},
    {"crop_resize", "x=fp32[1,4,5] roi=fp32[2,1,4,1,1]", {"[1,4,5]", "rank 4"}},
    {"crop_resize", "x=fp32[1,1,4,5] boxes=fp32[2,4]", {"2 boxes", "1 images"}, ir::Opset::kIos17},
    {"crop_resize",
     "x=fp32[1,1,4,5] boxes=fp32[2,4] box_indices=run:[0]",
     {"[1]", "[2]"},
     ir::Opset::kIos17},
    {"crop_resize",
     "x=fp32[1,1,4,5] boxes=uint16[1,4] normalized_coordinates=true",
     {"uint16", "fp16 or fp32"},
     ir::Opset::kIos17},
    {"resize",
     "x=fp32[2,3] shape=[1,2,3] resized_dims=uint32:1",
     {"[3]", "rank 2"},
     ir::Opset::kIos17},
    {"resize", "x=fp32[2,3] shape=[2] resized_dims=uint32:2", {"is 2", "[1]"}, ir::Opset::kIos17},
    {"resize",
     "x=fp32[2,3] shape=[2,-1] resized_dims=uint32:1",
     {"[2,-1]", "from 0"},
     ir::Opset::kIos17},
    {"resize",
     "x=fp32[2,3] shape=[2,4] resized_dims=uint32:1 interpolation_mode=\"CUBIC\"",
     {"CUBIC", "LINEAR"},
     ir::Opset::kIos17},
    {"resample",
     "x=fp32[2,1,4,5] coordinates=fp32[1,3,3,2] sampling_mode=\"bilinear\" "
     "padding_mode=\"border\" padding_value=0.0 coordinates_mode=\"unnormalized\" "
     "align_corners=true",
     {"[1,3,3,2]", "[2,H,W,2]"}},
    {"affine",
     "x=fp32[2,1,4,5] transform_matrix=fp32[3,6] output_height=2 output_width=2 "
     "sampling_mode=\"bilinear\" padding_mode=\"constant\" padding_value=0.0 "
     "coordinates_mode=\"normalized_minus_one_to_one\" align_corners=true",
     {"[3,6]", "[2,6]"}},
};
INSTANTIATE_TEST_SUITE_P(Image, NetworkErrors, testing::ValuesIn(kImage));

/// Values that are only known while running.
TEST(NetworkRunErrors, CropResizeNamesAnImageThatIsNotThere) {
  const OpDef* roi = find("crop_resize", ir::Opset::kIos15);
  const auto sample =
      make_sample(*roi, "x=fp32[2,1,4,5] roi=run:[[[[[2.0]],[[0.0]],[[0.0]],[[1.0]],[[1.0]]]]]");
  ASSERT_TRUE(sample.ok()) << sample.error().to_string();
  const auto outputs = run_reference(*roi, *sample);
  ASSERT_FALSE(outputs.ok());
  EXPECT_NE(outputs.error().to_string().find("names image 2"), std::string::npos);
  EXPECT_NE(outputs.error().to_string().find("2 images"), std::string::npos);

  const OpDef* boxes = find("crop_resize", ir::Opset::kIos17);
  const auto negative = make_sample(*boxes, "x=fp32[2,1,4,5] boxes=fp32[1,4] box_indices=run:[-1]");
  ASSERT_TRUE(negative.ok()) << negative.error().to_string();
  EXPECT_FALSE(run_reference(*boxes, *negative).ok());
}

/// Positions that are no numbers, or too large for an integer, read nothing they must not.
TEST(NetworkRunErrors, WildPositionsStayInside) {
  const OpDef* def = find("resample", ir::Opset::kIos15);
  for (const char* padding : {"constant", "border", "reflection", "symmetric"}) {
    for (const char* sampling : {"bilinear", "nearest"}) {
      const std::string line =
          "x=fp32[1,1,4,5] coordinates=run:[[[[nan,inf],[-inf,1e30],[-1e30,0.0]]]] "
          "sampling_mode=\"" +
          std::string(sampling) + "\" padding_mode=\"" + padding +
          "\" padding_value=7.0 coordinates_mode=\"unnormalized\" align_corners=true";
      const auto sample = make_sample(*def, line);
      ASSERT_TRUE(sample.ok()) << sample.error().to_string();
      const auto outputs = run_reference(*def, *sample);
      ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
      for (int64_t i = 0; i < 3; ++i) {
        const double v = (*outputs)[0].view().real(i);
        if (std::string(padding) == "constant") {
          EXPECT_EQ(v, 7.0) << line << " element " << i;
        } else {
          EXPECT_LE(std::abs(v), 1.0) << line << " element " << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pome::ops
