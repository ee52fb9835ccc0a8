// What the importer makes of models as a whole, and what it refuses.
#include <gtest/gtest.h>

#include <functional>

#include "format/proto/model.pb.h"
#include "import/description.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/support/evaluate.h"

namespace pome::testing {
namespace {

namespace spec = CoreML::Specification;

/// A model under construction: arrays and pictures in, arrays out.
struct TestModel {
  std::shared_ptr<spec::Model> model = std::make_shared<spec::Model>();
  spec::NeuralNetwork* network = model->mutable_neuralnetwork();

  explicit TestModel(int version = 1) { model->set_specificationversion(version); }

  spec::ArrayFeatureType* input(const std::string& name, const std::vector<int64_t>& shape) {
    auto* feature = model->mutable_description()->add_input();
    feature->set_name(name);
    auto* array = feature->mutable_type()->mutable_multiarraytype();
    array->set_datatype(spec::ArrayFeatureType::FLOAT32);
    for (const int64_t d : shape) array->add_shape(d);
    return array;
  }
  void picture(const std::string& name, int64_t size, spec::ImageFeatureType::ColorSpace color) {
    auto* feature = model->mutable_description()->add_input();
    feature->set_name(name);
    auto* image = feature->mutable_type()->mutable_imagetype();
    image->set_width(size);
    image->set_height(size);
    image->set_colorspace(color);
  }
  void output(const std::string& name) {
    auto* feature = model->mutable_description()->add_output();
    feature->set_name(name);
    feature->mutable_type()->mutable_multiarraytype()->set_datatype(
        spec::ArrayFeatureType::FLOAT32);
  }
  spec::NeuralNetworkLayer* layer(const std::string& name, const std::string& in,
                                  const std::string& out) {
    auto* l = network->add_layers();
    l->set_name(name);
    if (!in.empty()) l->add_input(in);
    l->add_output(out);
    return l;
  }

  Result<import::ImportedModel> run(bool owned = true) const {
    auto description = import::read_description(*model);
    if (!description.ok()) return std::move(description).error();
    return import::import_neural_network(*model, owned ? model : nullptr, *description);
  }
};

std::string error_of(const TestModel& m) {
  const auto imported = m.run();
  return imported.ok() ? "no error" : imported.error().to_string();
}

/// x [3,8,8] -> a 3x3 convolution of 8 channels -> y
spec::ConvolutionLayerParams* add_convolution(TestModel& m, int weights = 216) {
  m.input("x", {3, 8, 8});
  m.output("y");
  auto* p = m.layer("conv_3", "x", "y")->mutable_convolution();
  p->set_outputchannels(8);
  p->set_kernelchannels(3);
  p->mutable_valid();
  for (int i = 0; i < weights; ++i) p->mutable_weights()->add_floatvalue(0.01f * i);
  return p;
}

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

Tensors x_of(const Shape& shape, float value = 1) {
  Tensors inputs;
  inputs.emplace("x",
                 tensor(shape, std::vector<float>(static_cast<size_t>(shape.elements()), value)));
  return inputs;
}

// ---- Refusals

TEST(ImportNeuralNetwork, AWeightOfTheWrongSizeIsToldWithBothSizes) {
  TestModel m;
  add_convolution(m, 27);
  EXPECT_EQ(error_of(m),
            "\"conv_3\" (convolution): weight has 27 values, shape [8,3,3,3] needs 216");
}

TEST(ImportNeuralNetwork, AnUnsupportedLayerIsNamed) {
  TestModel m;
  m.input("x", {3});
  m.output("y");
  m.layer("own", "x", "y")->mutable_custom();
  const auto imported = m.run();
  ASSERT_FALSE(imported.ok());
  EXPECT_EQ(imported.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(imported.error().to_string(),
            "\"own\" (custom): layer kind \"custom\" is not supported by this version of Pome");
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

// ---- What is made of the rest

TEST(ImportNeuralNetwork, FloatsStayWhereTheyAreInAnOwnedModel) {
  TestModel m;
  auto* p = add_convolution(m);
  const auto imported = m.run();
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  for (const auto& op : imported->program->function("main")->body.ops()) {
    if (op->kind() != "conv") continue;
    EXPECT_EQ(static_cast<const void*>(op->constant("weight")->bytes().data()),
              static_cast<const void*>(p->weights().floatvalue().data()));
    return;
  }
  FAIL() << "no conv";
}

TEST(ImportNeuralNetwork, WithoutAnOwnerTheProgramOutlivesTheModel) {
  Result<import::ImportedModel> imported = Error(ErrorCode::kInternal, "");
  {
    TestModel m;
    add_convolution(m);
    imported = m.run(false);
  }
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  const auto outputs = evaluate(*imported->program->function("main"), x_of({3, 8, 8}));
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  EXPECT_EQ(outputs->at("y").type.shape().to_string(), "[8,6,6]");
  EXPECT_NEAR(outputs->at("y").view().real(0), 0.01 * 26 * 27 / 2, 1e-4);
}

TEST(ImportNeuralNetwork, UnsetFieldsTakeTheFormatsDefaults) {
  TestModel m;
  m.input("x", {1, 4, 4});
  m.output("y");
  auto* pool = m.layer("pool", "x", "y")->mutable_pooling();  // 3 x 3, stride 1
  pool->set_type(spec::PoolingLayerParams::AVERAGE);
  pool->mutable_valid();
  const auto imported = m.run();
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  const auto outputs = evaluate(*imported->program->function("main"), x_of({1, 4, 4}, 2));
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  EXPECT_EQ(outputs->at("y").type.shape().to_string(), "[1,2,2]");
  EXPECT_EQ(outputs->at("y").view().real(0), 2);
}

TEST(ImportNeuralNetwork, ARangeOfSizesIsOneProgram) {
  TestModel m(3);
  auto* array = m.input("x", {1, 4, 4});
  for (const auto& [lower, upper] : {std::pair{1, 1}, {4, 9}, {4, -1}}) {
    auto* range = array->mutable_shaperange()->add_sizeranges();
    range->set_lowerbound(static_cast<uint64_t>(lower));
    range->set_upperbound(upper);
  }
  m.output("y");
  m.layer("r", "x", "r")->mutable_activation()->mutable_relu();
  auto* pool = m.layer("pool", "r", "y")->mutable_pooling();
  pool->mutable_valid();
  const auto imported = m.run();
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  const ir::Function& f = *imported->program->function("main");
  EXPECT_EQ(f.body.inputs()[0]->shape().to_string(), "[1,?,?]");
  for (const int64_t width : {4, 7}) {
    const auto outputs = evaluate(f, x_of({1, 5, width}));
    ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
    EXPECT_EQ(outputs->at("y").type.shape(), (Shape{1, 3, width - 2}));
  }
}

TEST(ImportNeuralNetwork, PreprocessingScalesFirstThenSubtractsTheMeanImage) {
  TestModel m;
  m.picture("x", 2, spec::ImageFeatureType::GRAYSCALE);
  m.output("y");
  m.layer("r", "x", "y")->mutable_activation()->mutable_relu();
  auto* scaler = m.network->add_preprocessing()->mutable_scaler();
  scaler->set_channelscale(0.5f);
  scaler->set_graybias(3);
  auto* mean = m.network->add_preprocessing()->mutable_meanimage();
  for (int i = 0; i < 4; ++i) mean->add_meanimage(static_cast<float>(i));
  const auto imported = m.run();
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  const auto outputs = evaluate(*imported->program->function("main"), x_of({1, 1, 2, 2}, 10));
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  EXPECT_EQ(outputs->at("y").type.shape().to_string(), "[1,2,2]");
  EXPECT_EQ(outputs->at("y").view().real(3), 10 * 0.5 + 3 - 3);
}

TEST(ImportNeuralNetwork, ALaterLayerMayWriteABlobAgain) {
  TestModel m;
  m.input("x", {2});
  m.output("x");
  m.layer("a", "x", "x")->mutable_activation()->mutable_linear()->set_alpha(3);
  m.layer("b", "x", "x")->mutable_activation()->mutable_linear()->set_alpha(5);
  const auto imported = m.run();
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  const auto outputs = evaluate(*imported->program->function("main"), x_of({2}));
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  EXPECT_EQ(outputs->at("x").view().real(1), 15);
}

/// A classifier of `labels` over x [3].
void make_classifier(TestModel& m, const std::vector<int64_t>& labels) {
  const auto description = m.model->description();
  m.model->clear_neuralnetwork();
  auto* classifier = m.model->mutable_neuralnetworkclassifier();
  auto* softmax = classifier->add_layers();
  softmax->set_name("soft");
  softmax->add_input("x");
  softmax->add_output("p");
  softmax->mutable_softmax();
  for (const int64_t l : labels) classifier->mutable_int64classlabels()->add_vector(l);
  auto* d = m.model->mutable_description();
  d->set_predictedfeaturename("label");
  d->set_predictedprobabilitiesname("p");
  auto* label = d->add_output();
  label->set_name("label");
  label->mutable_type()->mutable_int64type();
  auto* p = d->add_output();
  p->set_name("p");
  p->mutable_type()->mutable_dictionarytype()->mutable_int64keytype();
}

TEST(ImportNeuralNetwork, AClassifierEndsInClassify) {
  for (const char* name : {"", "p", "soft"}) {
    TestModel m;
    m.input("x", {3});
    make_classifier(m, {7, 8, 9});
    m.model->mutable_neuralnetworkclassifier()->set_labelprobabilitylayername(name);
    const auto imported = m.run();
    ASSERT_TRUE(imported.ok()) << imported.error().to_string();
    const ir::Block& body = imported->program->function("main")->body;
    ASSERT_EQ(body.outputs().size(), 2u);
    EXPECT_EQ(body.outputs()[0]->name(), "label");
    EXPECT_EQ(body.outputs()[1]->name(), "p");
    const ir::Op& op = *body.outputs()[0]->producer();
    EXPECT_EQ(op.kind(), "classify");
    EXPECT_EQ(op.constant("classes")->members()[2]->integer(), 9);
    EXPECT_EQ(op.input("probabilities")->shape().to_string(), "[3]");
  }
}

TEST(ImportNeuralNetwork, LabelsMustBeAsManyAsProbabilities) {
  TestModel m;
  m.input("x", {3});
  make_classifier(m, {7, 8});
  EXPECT_EQ(error_of(m),
            "classifier: the classifier has 2 labels, its probabilities have shape [1,3,1,1]");
}

}  // namespace
}  // namespace pome::testing
