// What the importer makes of models as a whole.
#include <gtest/gtest.h>

#include "tests/import/neuralnetwork/test_model.h"

namespace pome::testing {
namespace {

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

TEST(ImportNeuralNetwork, APermutationMayMoveTheSequence) {
  for (const bool moves : {false, true}) {
    TestModel m;
    m.input("x", {3});
    m.output("y");
    auto* p = m.layer("p", "x", "y")->mutable_permute();
    for (const uint64_t a :
         moves ? std::vector<uint64_t>{3, 1, 2, 0} : std::vector<uint64_t>{0, 2, 1, 3})
      p->add_axis(a);
    EXPECT_EQ(import::moves_sequence(*m.model), moves);
    m.network->set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
    EXPECT_FALSE(import::moves_sequence(*m.model));
  }
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
