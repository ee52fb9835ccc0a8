// What an exported neural network says of itself: labels, preprocessing, versions, bytes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/export/built_network.h"
#include "tests/support/temporary_folder.h"

namespace pome {
namespace {

using ops::Arg;
using testing::BuiltNetwork;
using testing::read_back;
using testing::through_bytes;
namespace spec = CoreML::Specification;

/// picture -> conv -> mean -> linear -> softmax -> cat or dog
struct Classifier : BuiltNetwork {
  explicit Classifier(ColorLayout color = ColorLayout::kRgb) {
    ir::Value* x = image("image", 8, color);
    x = b.add("conv", "conv",
              {{"x", x},
               {"weight", weights({4, x->shape()[1], 3, 3})},
               {"bias", weights({4})},
               {"pad_type", "same"}});
    x = b.add("relu", "relu", {{"x", x}});
    x = b.add("reduce_mean", "mean", {{"x", x}, {"axes", Arg::ints({2, 3})}, {"keep_dims", false}});
    x = b.add("linear", "fc", {{"x", x}, {"weight", weights({2, 4})}, {"bias", weights({2})}});
    x = b.add("softmax", "softmax", {{"x", x}, {"axis", -1}});
    std::vector<ir::LiteralPtr> labels = {ir::Literal::string("cat"), ir::Literal::string("dog")};
    const ir::Type type = ir::Type::list(ir::Type::scalar(ir::DType::kString), 2);
    ir::Value* classes = b.constant(ir::Literal::aggregate(type, std::move(labels)), "classes");
    ir::Op* op = b.add_op("classify", "classify", {{"probabilities", x}, {"classes", classes}});
    if (op == nullptr) return;
    op->output(0)->set_name("classLabel");
    op->output(1)->set_name("classLabelProbs");
    main->body.outputs() = {op->output(0), op->output(1)};
    description.predicted_feature_name = "classLabel";
    description.predicted_probabilities_name = "classLabelProbs";
    description.class_labels = std::vector<std::string>{"cat", "dog"};
    FeatureDescription label;
    label.name = "classLabel";
    label.type = FeatureType::kString;
    FeatureDescription dictionary;
    dictionary.name = "classLabelProbs";
    dictionary.type = FeatureType::kDictionary;
    description.outputs = {label, dictionary};
    description.metadata.author = "Somebody";
    description.metadata.license = "0BSD";
    description.metadata.short_description = "Tells cats from dogs";
    description.metadata.version = "1.5";
    description.metadata.user_defined = {{"b", "2"}, {"a", "1"}};
  }
};

ops::ImagePreprocessing mobilenet(bool bgr = false) {
  ops::ImagePreprocessing p;
  p.feature = "image";
  p.channel_scale = 2 / 255.f;
  p.red_bias = -1;
  p.green_bias = -0.5f;
  p.blue_bias = -0.25f;
  p.bgr = bgr;
  return p;
}

ops::OwnedTensor photo() { return testing::random_tensor({1, 3, 8, 8}, 5, 0, 255); }

testing::Tensors with_photo() {
  testing::Tensors inputs;
  inputs.emplace("image", photo());
  return inputs;
}

TEST(ExportNeuralNetwork, AClassifierIsOfTheFirstVersionAndGivesTheSameProbabilities) {
  const Classifier c;
  ASSERT_TRUE(c.b.ok()) << c.b.status().error().to_string();
  const auto exported =
      exporter::to_neuralnetwork({c.program, c.description, {mobilenet()}, false});
  ASSERT_TRUE(exported.ok()) << exported.error().to_string();
  EXPECT_EQ(exported->model->specificationversion(), 1);
  EXPECT_TRUE(exported->weights.empty());
  const auto file = through_bytes(*exported);
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  EXPECT_EQ(file->type_name(), "neuralNetworkClassifier");
  const auto again = read_back(*file);
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(std::get<std::vector<std::string>>(*again->description.class_labels),
            (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(again->description.metadata.user_defined, c.description.metadata.user_defined);

  // The same network with the preprocessing as ops.
  Classifier direct;
  ir::Value* image = direct.main->body.inputs()[0].get();
  const ir::Op& conv = *image->users().front();
  ops::Builder front(*direct.main, direct.main->body, &conv);
  ir::Value* prepared = ops::apply(front, mobilenet(), image);
  const_cast<ir::Op&>(conv).replace_input(image, prepared);
  const auto want = testing::evaluate(*direct.main, with_photo());
  const auto got = testing::evaluate(*again->program->function("main"), with_photo());
  ASSERT_TRUE(want.ok()) << want.error().to_string();
  ASSERT_TRUE(got.ok()) << got.error().to_string();
  EXPECT_EQ(
      testing::difference(
          got->at("classLabelProbs").view(),
          testing::tensor({2}, std::span(want->at("classLabelProbs").data.as<float>(), 2)).view(),
          1e-6, 1e-6),
      "");
}

TEST(ExportNeuralNetwork, BlueBiasGoesToTheFirstChannelOfBgr) {
  const Classifier c(ColorLayout::kBgr);
  const auto exported =
      exporter::to_neuralnetwork({c.program, c.description, {mobilenet(true)}, false});
  ASSERT_TRUE(exported.ok()) << exported.error().to_string();
  const auto again = read_back(through_bytes(*exported).value());
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  for (const auto& op : again->program->function("main")->body.ops()) {
    if (op->name() != "image_biased") continue;
    EXPECT_EQ(op->constant("y")->to_floats(), (std::vector<float>{-0.25f, -0.5f, -1}));
    return;
  }
  FAIL() << "no bias was read back";
}

TEST(ExportNeuralNetwork, HalvesNeedTheSecondVersionAndKeepWeightsToThreeDigits) {
  const Classifier c;
  const auto exported = exporter::to_neuralnetwork({c.program, c.description, {}, true});
  ASSERT_TRUE(exported.ok()) << exported.error().to_string();
  EXPECT_EQ(exported->model->specificationversion(), 2);
  const auto& conv = exported->model->neuralnetworkclassifier().layers(0).convolution();
  EXPECT_EQ(conv.weights().float16value().size(), 4u * 3 * 3 * 3 * 2);
  EXPECT_TRUE(conv.weights().floatvalue().empty());
  const auto again = read_back(through_bytes(*exported).value());
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  const auto want = testing::evaluate(*c.main, with_photo());
  const auto got = testing::evaluate(*again->program->function("main"), with_photo());
  ASSERT_TRUE(want.ok() && got.ok());
  EXPECT_NEAR(got->at("classLabelProbs").view().real(0), want->at("classLabelProbs").view().real(0),
              2e-2);
}

TEST(ExportNeuralNetwork, AWeightThatNoHalfHoldsStaysAFloat) {
  BuiltNetwork n;
  const std::vector<float> large = {1e5f, 2, 3, 4};
  ir::Value* weight = n.b.constant(
      ir::Literal::copy(ir::Type::tensor(ir::DType::kFp32, {2, 2}), std::span<const float>(large)),
      "w");
  ir::Value* x = n.batched(n.input("x", {2}));
  n.output_unbatched(n.b.add("linear", "fc", {{"x", x}, {"weight", weight}}));
  const auto exported = exporter::to_neuralnetwork({n.program, n.description, {}, true});
  ASSERT_TRUE(exported.ok()) << exported.error().to_string();
  const auto& p = exported->model->neuralnetwork().layers(0).innerproduct();
  EXPECT_EQ(p.weights().floatvalue(0), 1e5f);
}

TEST(ExportNeuralNetwork, TheSameRequestGivesTheSameBytes) {
  std::array<std::string, 2> bytes;
  for (std::string& b : bytes) {
    const Classifier c;
    const auto exported = exporter::to_neuralnetwork({c.program, c.description, {}, false});
    ASSERT_TRUE(exported.ok());
    const testing::TemporaryFolder folder;
    const auto path = folder.path() / "c.mlmodel";
    ASSERT_TRUE(exporter::save(*exported, path));
    std::ifstream in(path, std::ios::binary);
    b.assign(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_FALSE(bytes[0].empty());
  EXPECT_EQ(bytes[0], bytes[1]);
}

TEST(ExportNeuralNetwork, OneValueMayBeTwoOutputsAndAnInput) {
  BuiltNetwork n;
  ir::Value* x = n.input("x", {3});
  ir::Value* four = n.b.add("expand_dims", "four", {{"x", x}, {"axes", Arg::ints({0, 2, 3})}});
  ir::Value* r = n.b.add("relu", "r", {{"x", four}});
  n.output(n.b.add("squeeze", "p", {{"x", r}, {"axes", Arg::ints({0, 2, 3})}}), "p");
  n.output(n.b.add("squeeze", "q", {{"x", r}, {"axes", Arg::ints({0, 2, 3})}}), "q");
  n.output(n.b.add("squeeze", "s", {{"x", four}, {"axes", Arg::ints({0, 2, 3})}}), "s");
  const auto exported = exporter::to_neuralnetwork({n.program, n.description, {}, false});
  ASSERT_TRUE(exported.ok()) << exported.error().to_string();
  EXPECT_EQ(exported->model->specificationversion(), 1);
  const auto again = read_back(through_bytes(*exported).value());
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  testing::Tensors inputs;
  inputs.emplace("x", testing::tensor({3}, std::array<float, 3>{-1, 0.5f, 2}));
  const auto got = testing::evaluate(*again->program->function("main"), inputs);
  ASSERT_TRUE(got.ok()) << got.error().to_string();
  for (const char* name : {"p", "q"}) {
    EXPECT_EQ(got->at(name).view().real(0), 0) << name;
    EXPECT_EQ(got->at(name).view().real(2), 2) << name;
  }
  EXPECT_EQ(got->at("s").view().real(0), -1);
}

TEST(ExportNeuralNetwork, AnOpThatNoLayerSaysIsNamed) {
  BuiltNetwork n;
  ir::Value* x = n.input("x", {2, 4});
  n.output(n.b.add("cumsum", "running", {{"x", x}, {"axis", 0}}));
  const auto exported = exporter::to_neuralnetwork({n.program, n.description, {}, false});
  ASSERT_FALSE(exported.ok());
  EXPECT_EQ(exported.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(exported.error().to_string().find("running (cumsum)"), std::string::npos)
      << exported.error().to_string();
}

TEST(ExportNeuralNetwork, CoremltoolsShowsWhatWasMeant) {
  const char* python = std::getenv("POME_COREMLTOOLS_PYTHON");
  if (python == nullptr) GTEST_SKIP() << "POME_COREMLTOOLS_PYTHON names no Python with coremltools";
  for (const bool float16 : {false, true}) {
    const Classifier c;
    const auto exported = exporter::to_neuralnetwork({c.program, c.description, {}, float16});
    ASSERT_TRUE(exported.ok());
    const testing::TemporaryFolder folder;
    const auto path = folder.path() / "c.mlmodel";
    ASSERT_TRUE(exporter::save(*exported, path));
    const ModelMetadata& m = c.description.metadata;
    const nlohmann::json expected = {
        {"specificationVersion", float16 ? 2 : 1},
        {"inputs", {{"image", "image RGB 8x8"}}},
        {"outputs", {{"classLabel", "stringType"}, {"classLabelProbs", "dictionaryType"}}},
        {"labels", {"cat", "dog"}},
        {"metadata",
         {{"author", m.author},
          {"license", m.license},
          {"shortDescription", m.short_description},
          {"versionString", m.version},
          {"userDefined", m.user_defined}}},
        {"weights", nullptr}};
    const auto json = folder.write("expected.json", expected.dump());
    const std::string command = std::string(python) +
                                " " POME_SOURCE_DIR "/tools/check_with_coremltools.py " +
                                path.string() + " " + json.string() + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0);
  }
}

}  // namespace
}  // namespace pome
