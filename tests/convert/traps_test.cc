// What other converters, and Keras itself between its versions, get silently wrong: one test for
// each. The values are Keras' own (tools/goldens/keras*_models.py).
#include <gtest/gtest.h>

#include <set>

#include "tests/convert/golden.h"

namespace pome::testing {
namespace {

/// The model gives Keras' values for the named outputs (for all when none is named).
void expect_outputs(const std::string& model, const std::set<std::string>& outputs = {}) {
  const auto path = keras_data(model);
  auto golden_path = path;
  Golden golden = read_golden(golden_path.replace_extension(".golden"));
  std::set<std::string> found;
  for (const GoldenTensor& output : golden.outputs) found.insert(output.name);
  for (const std::string& name : outputs) EXPECT_TRUE(found.contains(name)) << name;
  EXPECT_EQ(compare_with_keras(path, golden, outputs), "") << model;
}

/// The model means the same as another, whose golden it shares.
void expect_same(const std::string& model, const std::string& golden) {
  EXPECT_EQ(compare_with_keras(keras_data(model), read_golden(keras_data(golden)), {}), "")
      << model;
}

int count_ops(const std::string& model, const std::string& kind) {
  const auto converted = translate::translate_file(keras_data(model), as_arrays());
  EXPECT_TRUE(converted.ok());
  int n = 0;
  for (const auto& op : converted->program->function("main")->body.ops()) n += op->kind() == kind;
  return n;
}

// ---- Activations.

TEST(KerasTrap, ReluKeepsSlopeThresholdAndMaximum) {
  expect_outputs("keras3/activation_layers.keras",
                 {"relu_max", "relu_slope", "relu_threshold", "relu_all"});
  expect_outputs("keras2/activation_layers.h5", {"relu_all", "relu_threshold"});
}

TEST(KerasTrap, Relu6IsOneOp) {
  expect_outputs("keras3/activation_layers.keras", {"relu_6", "function"});
  EXPECT_EQ(count_ops("keras2/nested_sequential.h5", "relu6"), 1);
}

TEST(KerasTrap, HardSigmoidHasTwoMeanings) {
  expect_outputs("keras3/activations.keras", {"act_hard_sigmoid"});
  expect_outputs("keras2/activations.h5", {"act_hard_sigmoid"});
  expect_outputs("keras2/activation_layers.h5", {"dense_hard_sigmoid"});
  expect_outputs("keras1/activations.h5", {"act_hard_sigmoid"});
}

TEST(KerasTrap, GeluByNameIsExact) {
  expect_outputs("keras3/activations.keras", {"act_gelu"});
  expect_outputs("keras2/activations.h5", {"act_gelu"});
}

TEST(KerasTrap, LeakyReluSlopeIsNegativeSlopeOrAlphaOrThreeTenths) {
  expect_outputs("keras3/activation_layers.keras", {"leaky", "leaky_01"});
  expect_outputs("keras2/activation_layers.h5", {"leaky", "leaky_01"});
  expect_outputs("keras1/activations.h5", {"leaky"});
}

TEST(KerasTrap, LogSoftmaxOfKeras2IsWrittenAsLogSoftmaxV2) {
  expect_outputs("keras2/activations.h5", {"log_softmax"});
}

TEST(KerasTrap, SoftmaxRunsOverAnyAxisAndSeveral) {
  expect_outputs("keras3/activation_layers.h5", {"softmax_1", "softmax_2"});
  expect_outputs("keras3/softmax_axes.keras");
}

TEST(KerasTrap, SharedAxesOfPreluAreLeftOutByKeras1) {
  expect_outputs("keras1/activations.h5", {"prelu", "prelu_channels"});
}

TEST(KerasTrap, ActivationsAreNamesFunctionsOrLayers) {
  expect_outputs("keras3/activation_layers.keras", {"dense_layer", "conv_softmax", "conv_glu"});
  expect_outputs("keras2/activation_layers.h5", {"conv_layer"});
}

// ---- Convolutions, pooling, normalisation.

TEST(KerasTrap, SamePaddingIsHeavierBelowAndRight) {
  expect_outputs("keras3/conv2d.keras", {"same_s2", "even_s2", "even"});
}

TEST(KerasTrap, AveragePoolingLeavesThePaddingOut) {
  expect_outputs("keras3/pooling.keras", {"avg_same", "avg_even"});
  expect_outputs("keras2/picture_layers.h5", {"avg"});
}

TEST(KerasTrap, TransposedConvolutionKeepsItsOutputPaddingAndDilation) {
  expect_outputs("keras3/conv2d_transpose.keras", {"out_0", "out_1", "out_valid", "gaps"});
  expect_outputs("keras2/convolutions.h5", {"transpose_dilated", "transpose_dilated_same"});
}

TEST(KerasTrap, BatchNormalizationHasItsOwnEpsilonAndMayLackScaleOrCenter) {
  expect_outputs("keras3/batch_normalization.keras",
                 {"no_scale", "no_center", "bare", "axis_1", "axis_2", "flat"});
}

TEST(KerasTrap, RunningStdOfKeras1IsTheVariance) { expect_outputs("keras1/channels_last.h5"); }

TEST(KerasTrap, UpSamplingOfOldKerasSamplesFromTheCorner) {
  expect_outputs("keras224/layers.h5", {"up_bilinear"});
  expect_outputs("keras3/spatial.keras", {"up_bilinear", "up_bilinear_2"});
}

TEST(KerasTrap, ResizingHasHalfPixelCentres) {
  expect_outputs("keras3/preprocessing.keras", {"resize", "resize_down", "nearest", "crop_resize"});
}

TEST(KerasTrap, UpSamplingFactorsMayBeUnequal) {
  expect_outputs("keras3/spatial.h5", {"up_32", "up_bilinear"});
}

// ---- Orders of axes and of weights.

TEST(KerasTrap, FlattenTakesChannelsInnermost) {
  expect_outputs("keras3/flatten_dense.keras",
                 {"flatten", "after_flatten", "after_dropout", "reshape_any", "two"});
}

TEST(KerasTrap, FlattenIntoDenseMovesNothing) {
  // The kernel's rows are permuted instead: the one transpose is the border's.
  EXPECT_EQ(count_ops("keras3/sequential.keras", "transpose"), 1);
}

TEST(KerasTrap, FlattenOfChannelsFirstMovesThemLast) {
  expect_outputs("keras3/channels_first.keras", {"dense", "flat"});
}

TEST(KerasTrap, FlattenOfKeras1TakesElementsAsTheyLie) {
  expect_outputs("keras1/channels_first.h5", {"dense"});
}

TEST(KerasTrap, LayersOfKeras1MayLeaveTheAxisOrderOut) {
  // ZeroPadding2D and UpSampling2D of a dim_ordering="th" model say nothing.
  expect_outputs("keras1/channels_first.h5", {"gap", "atrous"});
}

TEST(KerasTrap, KernelsOfKeras1AreTurned) {
  expect_outputs("keras1/channels_first.h5");
  expect_outputs("keras1/separable.h5");
}

TEST(KerasTrap, KernelsTrainedByTheanoAreFlipped) { expect_outputs("keras224/theano.h5"); }

TEST(KerasTrap, NestedWeightsPutTrainableOnesFirst) {
  expect_outputs("keras3/nested_frozen.h5");
  expect_outputs("keras2/nested_frozen.h5");
  expect_outputs("keras224/nested_frozen.h5");
}

TEST(KerasTrap, NestedFrozenModelsKeepTheirOrder) {
  expect_outputs("keras3/nested_frozen_whole.h5");
  expect_outputs("keras2/nested_frozen_whole.h5");
  expect_outputs("keras2/nested_thawed.h5");
}

TEST(KerasTrap, WeightGroupsOfArchivesGoByClassAndNumber) {
  // "conv2d", "conv2d_1" in Keras 3; "conv2d", "conv2d_2", "conv2d_4" in TensorFlow 2.12, below
  // _layer_checkpoint_dependencies.
  expect_outputs("keras3/conv2d.keras");
  expect_outputs("keras2/convolutions.keras");
}

TEST(KerasTrap, NestedArchivesNestTheirGroups) {
  expect_outputs("keras3/nested.keras");
  expect_outputs("keras2/nested.keras");
}

TEST(KerasTrap, CallsOfNestedModelsCountFromOneInKeras2) {
  expect_outputs("keras2/nested.h5");
  expect_outputs("keras224/nested.h5");
  expect_outputs("keras1/nested.h5");
  expect_outputs("keras3/nested.h5");
}

TEST(KerasTrap, SharedLayersKeepOneSetOfWeights) {
  expect_outputs("keras3/shared.keras");
  expect_outputs("keras3/shared.h5");
  expect_outputs("keras2/shared.h5");
}

TEST(KerasTrap, WeightsAreMatchedByOrderWhereNamesDiffer) {
  expect_same("variants/other_names.h5", "keras224/sequential.golden");
}

TEST(KerasTrap, LongAttributesAreSplit) { expect_outputs("keras3/chunked.h5"); }

TEST(KerasTrap, AttributesAreBytesOrText) {
  expect_same("variants/bytes_attributes.h5", "keras224/sequential.golden");
  expect_same("variants/str_attributes.h5", "keras224/sequential.golden");
}

TEST(KerasTrap, NoVersionMeansKeras1) {
  expect_same("variants/no_version.h5", "keras1/sequential.golden");
}

TEST(KerasTrap, WeightsMayBeCompressedOrDouble) {
  expect_same("variants/gzip_weights.h5", "keras224/sequential.golden");
  expect_same("variants/float64_weights.h5", "keras224/sequential.golden");
}

TEST(KerasTrap, OptimizerStateIsNotRead) {
  expect_same("variants/with_optimizer.h5", "keras224/sequential.golden");
}

TEST(KerasTrap, Bfloat16WeightsAreOpaque) { expect_outputs("keras3/bfloat16.keras"); }

// ---- Graphs.

TEST(KerasTrap, OperatorsAreLayers) {
  expect_outputs("keras3/operators.keras");
  expect_outputs("keras2/operators.h5");
}

TEST(KerasTrap, OperatorsOfHdf5FilesShareTheNamesOfLayers) {
  // Add with a constant 3.0, without a module to tell it from the layer: MobileNetV3, which Keras
  // itself cannot load.
  expect_outputs("keras3/hard_swish_network.h5");
}

TEST(KerasTrap, OneOutputMayBeListedTwice) { expect_outputs("keras3/repeated_output.h5"); }

TEST(KerasTrap, ModelsMayTakeAndGiveDictionaries) { expect_outputs("keras3/dictionaries.keras"); }

TEST(KerasTrap, SequentialWithoutInputStatesItsShapeElsewhere) {
  expect_outputs("keras3/sequential.keras");
  expect_outputs("keras3/sequential.h5");
  expect_outputs("keras2/sequential.keras");
}

TEST(KerasTrap, SequentialConfigurationIsAListInKeras1) { expect_outputs("keras1/sequential.h5"); }

TEST(KerasTrap, TeachableMachinesNestSequentialInSequential) {
  expect_outputs("keras2/nested_sequential.h5");
}

TEST(KerasTrap, RandomLayersDoNothing) {
  expect_outputs("keras3/identities.keras");
  expect_outputs("keras2/random_layers.h5");
}

TEST(KerasTrap, MergesPutOnesBehindTheBatch) {
  expect_outputs("keras3/merges.keras", {"mul_broadcast", "add_broadcast", "add_13"});
}

TEST(KerasTrap, LayersThatOldConvertersLack) {
  expect_outputs("keras3/merges.h5", {"sub", "min", "dot_2", "dot_cosine"});
  expect_outputs("keras3/preprocessing.h5", {"rescale", "given", "invert"});
  expect_outputs("keras3/normalization_adapted.keras");
}

}  // namespace
}  // namespace pome::testing
