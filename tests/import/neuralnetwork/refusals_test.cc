// Networks that the importer refuses, and how it says so.
#include <gtest/gtest.h>

#include <functional>

#include "tests/import/neuralnetwork/test_model.h"

namespace pome::testing {
namespace {

/// x [3] -> an LSTM of 2 cells without biases -> y
spec::UniDirectionalLSTMLayerParams* add_lstm(TestModel& m) {
  m.input("x", {3});
  m.output("y");
  auto* p = m.layer("lstm", "x", "y")->mutable_unidirectionallstm();
  p->set_inputvectorsize(3);
  p->set_outputvectorsize(2);
  auto* w = p->mutable_weightparams();
  for (auto* gate : {w->mutable_inputgateweightmatrix(), w->mutable_forgetgateweightmatrix(),
                     w->mutable_blockinputweightmatrix(), w->mutable_outputgateweightmatrix()})
    for (int i = 0; i < 6; ++i) gate->add_floatvalue(0.1f);
  for (auto* gate :
       {w->mutable_inputgaterecursionmatrix(), w->mutable_forgetgaterecursionmatrix(),
        w->mutable_blockinputrecursionmatrix(), w->mutable_outputgaterecursionmatrix()})
    for (int i = 0; i < 4; ++i) gate->add_floatvalue(0.1f);
  return p;
}

TEST(ImportNeuralNetwork, AWeightOfTheWrongSizeIsToldWithBothSizes) {
  TestModel m;
  add_convolution(m, 27);
  EXPECT_EQ(error_of(m),
            "\"conv_3\" (convolution): weight has 27 values, shape [8,3,3,3] needs 216");
}

TEST(ImportNeuralNetwork, ALayerOfSomebodysOwnIsNamed) {
  TestModel m;
  m.input("x", {3});
  m.output("y");
  m.layer("own", "x", "y")->mutable_custom()->set_classname("Swirl");
  const auto imported = m.run();
  ASSERT_FALSE(imported.ok());
  EXPECT_EQ(imported.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(imported.error().to_string(),
            "\"own\" (custom): the layer is evaluated by code of its author's, class \"Swirl\"; "
            "register it in ModelConfiguration::custom_layers. Registered are none.");
}

struct Refusal {
  const char* name;
  std::function<void(TestModel&)> build;
  const char* message;  // a part of it
};

std::ostream& operator<<(std::ostream& out, const Refusal& r) { return out << r.name; }

class RefusedNetwork : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedNetwork, SaysWhy) {
  TestModel m;
  GetParam().build(m);
  const std::string error = error_of(m);
  EXPECT_NE(error.find(GetParam().message), std::string::npos) << error;
}

const Refusal kRefusals[] = {
    {"unknown_blob",
     [](TestModel& m) {
       m.input("image", {3});
       m.output("y");
       m.layer("a", "imagE", "y")->mutable_softmax();
     },
     "input \"imagE\" is neither an input of the model nor an output of an earlier layer. Did you "
     "mean \"image\"?"},
    {"no_kind",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("y");
       m.layer("a", "x", "y");
     },
     "the layer's kind is not set"},
    {"unknown_output",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("z");
       m.layer("a", "x", "y")->mutable_softmax();
     },
     "output \"z\" is no layer's output"},
    {"too_many_outputs",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("y");
       auto* l = m.layer("a", "x", "y");
       l->mutable_softmax();
       l->add_output("z");
     },
     "the layer has 2 outputs, its kind gives 1"},
    {"no_output",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("x");
       auto* l = m.layer("a", "x", "y");
       l->mutable_softmax();
       l->clear_output();
     },
     "the layer has no output"},
    {"rank_2_array",
     [](TestModel& m) {
       m.input("x", {3, 4});
       m.output("y");
       m.layer("a", "x", "y")->mutable_softmax();
     },
     "a network without exact shapes declares [C] or [C,H,W]"},
    {"two_forms",
     [](TestModel& m) {
       auto* p = add_convolution(m);
       p->mutable_weights()->set_float16value("ab");
     },
     "weight is given in 2 forms"},
    {"odd_halves",
     [](TestModel& m) {
       auto* p = add_convolution(m, 0);
       p->mutable_weights()->set_float16value(std::string(431, 'a'));
     },
     "weight has 431 bytes of halves, shape [8,3,3,3] needs 432"},
    {"nine_bits",
     [](TestModel& m) {
       auto* p = add_convolution(m, 0);
       p->mutable_weights()->set_rawvalue(std::string(243, 'a'));
       p->mutable_weights()->mutable_quantization()->set_numberofbits(9);
     },
     "weight is quantized to 9 bits, 1 to 8 are allowed"},
    {"short_table",
     [](TestModel& m) {
       auto* p = add_convolution(m, 0);
       p->mutable_weights()->set_rawvalue(std::string(54, 'a'));
       auto* q = p->mutable_weights()->mutable_quantization();
       q->set_numberofbits(2);
       for (int i = 0; i < 3; ++i) q->mutable_lookuptablequantization()->add_floatvalue(1);
     },
     "weight has a look-up table of 3 values, 2 bits need 4"},
    {"no_scale",
     [](TestModel& m) {
       auto* p = add_convolution(m, 0);
       p->mutable_weights()->set_rawvalue(std::string(216, 'a'));
       auto* q = p->mutable_weights()->mutable_quantization();
       q->set_numberofbits(8);
       q->mutable_linearquantization();
     },
     "weight is quantized with 0 scales, one or 8 (output channels) belong"},
    {"huge_channels",
     [](TestModel& m) { add_convolution(m)->set_outputchannels(uint64_t{1} << 62); },
     "outputChannels is 4611686018427387904, 1 to 2147483647 is allowed"},
    {"overflowing_shape",
     [](TestModel& m) {
       auto* p = add_convolution(m);
       p->set_outputchannels(2000000000);
       p->set_kernelchannels(2000000000);
       p->add_kernelsize(2000000000);
       p->add_kernelsize(2000000000);
     },
     "which is too large"},
    {"zero_stride",
     [](TestModel& m) {
       auto* p = add_convolution(m);
       p->add_stride(0);
       p->add_stride(1);
     },
     "stride is 0, 1 to 2147483647 is allowed"},
    {"three_strides",
     [](TestModel& m) {
       auto* p = add_convolution(m);
       for (int i = 0; i < 3; ++i) p->add_stride(1);
     },
     "stride has 3 entries, 2 (height, width) are expected"},
    {"groups_that_do_not_divide", [](TestModel& m) { add_convolution(m)->set_ngroups(3); },
     "outputChannels 8 is not a multiple of nGroups 3"},
    {"no_padding_type", [](TestModel& m) { add_convolution(m)->clear_valid(); },
     "neither valid nor same padding is set"},
    {"wrong_channels",
     [](TestModel& m) {
       m.input("x", {4});
       m.output("y");
       auto* p = m.layer("fc", "x", "y")->mutable_innerproduct();
       p->set_inputchannels(5);
       p->set_outputchannels(2);
     },
     "inputChannels is 5, the input has shape [1,4,1,1]"},
    {"preprocessing_without_picture",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("y");
       m.layer("a", "x", "y")->mutable_softmax();
       m.network->add_preprocessing()->mutable_scaler()->set_channelscale(2);
     },
     "has no image input to apply to"},
    {"mean_image_of_the_wrong_size",
     [](TestModel& m) {
       m.picture("x", 2, spec::ImageFeatureType::GRAYSCALE);
       m.output("y");
       m.layer("a", "x", "y")->mutable_softmax();
       m.network->add_preprocessing()->mutable_meanimage()->add_meanimage(1);
     },
     "the mean image has 1 values, a picture of shape [1,1,2,2] does not match"},
    {"lstm_with_short_weights",
     [](TestModel& m) {
       add_lstm(m)->mutable_weightparams()->mutable_outputgateweightmatrix()->clear_floatvalue();
     },
     "weight_ih has 0 values, shape [2,3] needs 6"},
    {"lstm_with_huge_sizes", [](TestModel& m) { add_lstm(m)->set_outputvectorsize(2000000000); },
     "weight_ih has 6 values, shape [2000000000,3] needs 6000000000"},
    {"lstm_of_size_0", [](TestModel& m) { add_lstm(m)->set_outputvectorsize(0); },
     "outputVectorSize is 0, 1 to 2147483647 is allowed"},
    {"lstm_of_another_input", [](TestModel& m) { add_lstm(m)->set_inputvectorsize(4); },
     "the input has shape [1,1,3,1,1], [Seq,Batch,4,1,1] is expected"},
    {"lstm_with_an_elu", [](TestModel& m) { add_lstm(m)->add_activations()->mutable_elu(); },
     "a recurrent layer's activation is one of linear, sigmoid"},
    {"lstm_with_a_long_state",
     [](TestModel& m) {
       add_lstm(m);
       m.input("h", {5});
       m.network->mutable_layers(0)->add_input("h");
     },
     "state input 1 has shape [1,5,1,1], [1,1,2,1,1] is expected"},
    {"one_direction",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("y");
       m.layer("both", "x", "y")->mutable_bidirectionallstm();
     },
     "weightParams has 0 entries, 2 (forward, backward) are expected"},
    {"embedding_with_a_short_table",
     [](TestModel& m) {
       m.input("x", {1});
       m.output("y");
       auto* p = m.layer("e", "x", "y")->mutable_embedding();
       p->set_inputdim(9);
       p->set_outputchannels(4);
       auto* w = p->mutable_weights();
       w->set_rawvalue(std::string(9, 'a'));
       w->mutable_quantization()->set_numberofbits(2);
       w->mutable_quantization()->mutable_lookuptablequantization()->add_floatvalue(1);
     },
     "weight has a look-up table of 1 values, 2 bits need 4"},
    {"embedding_of_a_vector",
     [](TestModel& m) {
       m.input("x", {2});
       m.output("y");
       auto* p = m.layer("e", "x", "y")->mutable_embedding();
       p->set_inputdim(9);
       p->set_outputchannels(4);
     },
     "the input has shape [1,2,1,1], a last extent of 1 three times"},
    {"too_many_boxes",
     [](TestModel& m) {
       m.input("x", {1, 3, 4});
       m.output("y");
       m.network->set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
       auto* l = m.layer("n", "x", "y");
       l->add_input("x");
       for (const char* name : {"s", "i", "c"}) l->add_output(name);
       l->mutable_nonmaximumsuppression()->set_maxboxes(uint64_t{1} << 40);
     },
     "maxBoxes is 1099511627776, 0 to 2147483647 is allowed"},
    {"random_of_many_axes",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("y");
       auto* p = m.layer("r", "", "y")->mutable_randomnormalstatic();
       for (int i = 0; i < 9; ++i) p->add_outputshape(1);
     },
     "outputShape has 9 axes, at most 8 are supported"},
    {"flat_volume",
     [](TestModel& m) {
       m.input("x", {3, 4, 5});
       m.output("y");
       m.network->set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
       m.layer("c", "x", "y")->mutable_convolution3d();
     },
     "the input has shape [3,4,5], [N,C,D,H,W] is expected"},
    {"permute_of_the_same_axis_twice",
     [](TestModel& m) {
       m.input("x", {3});
       m.output("y");
       auto* p = m.layer("p", "x", "y")->mutable_permute();
       for (const int a : {0, 1, 1, 3}) p->add_axis(static_cast<uint64_t>(a));
     },
     "axis is not an order of the four axes 0 to 3"},
};

INSTANTIATE_TEST_SUITE_P(All, RefusedNetwork, ::testing::ValuesIn(kRefusals),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace pome::testing
