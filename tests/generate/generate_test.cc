// What the classes consist of; that they compile is tests/generate/generated_code_test.sh.
#include "generate/generate.h"

#include <gtest/gtest.h>

namespace pome::generate {
namespace {

FeatureDescription feature(const std::string& name, FeatureType type) {
  FeatureDescription f;
  f.name = name;
  f.type = type;
  return f;
}

ModelInfo classifier() {
  ModelInfo info;
  info.runnable = true;
  info.availability = "iOS 11, macOS 10.13";
  ModelDescription& d = info.description;
  d.model_type = "neuralNetworkClassifier";
  d.metadata.short_description = "Tells cats from dogs.";
  d.inputs = {feature("image", FeatureType::kImage)};
  d.inputs[0].image = {224, 200, ColorLayout::kRgb, {}, {}, {}};
  d.inputs[0].short_description = "A pet.";
  d.outputs = {feature("classLabel", FeatureType::kString),
               feature("classLabelProbs", FeatureType::kDictionary),
               feature("scores", FeatureType::kMultiArray)};
  d.outputs[2].multi_array.shape = {1, 2};
  d.predicted_feature_name = "classLabel";
  d.class_labels = std::vector<std::string>{"cat", "guinea pig"};
  return info;
}

std::string text_of(const ModelInfo& info, GenerateOptions options = {}) {
  if (options.model_name.empty()) options.model_name = "CatDog.mlmodel";
  auto made = generate(info, options);
  EXPECT_TRUE(made.ok()) << made.error().to_string();
  return made.ok() ? made->files[0].text : "";
}

void expect_lines(const std::string& text, const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    EXPECT_NE(text.find(line + "\n"), std::string::npos) << line << "\nin\n" << text;
}

TEST(Generate, AClassInCpp) {
  expect_lines(
      text_of(classifier()),
      {
          "/// Tells cats from dogs.",
          "/// neuralNetworkClassifier, specification version 1 (iOS 11, macOS 10.13 or newer).",
          "class CatDog {",
          "    cat,",
          "    guinea_pig,  ///< \"guinea pig\"",
          "    /// A pet.",
          "    pome::Image image;",
          "    static constexpr std::int64_t image_width = 224;",
          "    static constexpr std::int64_t image_height = 200;",
          "    /// The predicted label, one of 2 labels: cat, guinea pig.",
          "    std::string classLabel;",
          "    pome::StringDictionary classLabelProbs;",
          "    pome::MultiArray scores;",
          "    static constexpr pome::MultiArrayDataType scores_type = "
          "pome::MultiArrayDataType::kFloat32;",
          "    std::span<const float> scores_values() const& {",
          "  pome::Result<Output> prediction(const Input& input,",
          "      const pome::Image& image, const pome::PredictionOptions& options = {}) const {",
          "  pome::Result<std::vector<Output>> predictions(std::span<const Input> inputs,",
      });
}

TEST(Generate, AClassInPython) {
  GenerateOptions options;
  options.language = Language::kPython;
  options.class_name = "Pets";
  expect_lines(text_of(classifier(), options),
               {
                   "class PetsLabel(enum.Enum):",
                   "    guinea_pig = \"guinea pig\"",
                   "class PetsInput:",
                   "    image: PIL.Image.Image",
                   "    image_width: ClassVar[int] = 224",
                   "class PetsOutput:",
                   "    classLabel: str",
                   "    classLabelProbs: dict[str, float]",
                   "    scores: npt.NDArray[np.float32]",
                   "    scores_shape: ClassVar[tuple[int, ...]] = (1, 2)",
                   "class Pets:",
               });
}

TEST(Generate, TheSameBytesEachTime) {
  for (const Language language : {Language::kCpp, Language::kPython}) {
    GenerateOptions options;
    options.language = language;
    EXPECT_EQ(text_of(classifier(), options), text_of(classifier(), options));
  }
}

TEST(Generate, ClassNamesOfFiles) {
  const std::pair<const char*, const char*> kCases[] = {
      {"CatDog.mlmodel", "CatDog"},    {"mobile-net v2.mlpackage", "mobile_net_v2"},
      {"3d.mlmodel", "Model3d"},       {"class.mlmodel", "classModel"},
      {"Input.mlmodel", "InputModel"}, {"\xf0\x9f\x90\xb6.mlmodel", "CoreMLModel"},
      {"a.b.mlmodel", "a_b"},          {"", "CoreMLModel"}};
  for (const auto& [file, name] : kCases) {
    GenerateOptions options;
    options.model_name = file;
    auto made = generate(classifier(), options);
    ASSERT_TRUE(made.ok()) << file;
    EXPECT_EQ(made->class_name, name);
    EXPECT_EQ(made->files[0].name, std::string(name) + ".h");
  }
}

/// Up to 1,000 labels are an enum.
TEST(Generate, ManyLabelsAreNoEnum) {
  ModelInfo info = classifier();
  for (const size_t count : {1000u, 1001u}) {
    std::vector<std::string> labels;
    for (size_t i = 0; i < count; ++i) labels.push_back("l" + std::to_string(i));
    info.description.class_labels = labels;
    EXPECT_EQ(text_of(info).find("enum class Label") != std::string::npos, count == 1000);
    EXPECT_NE(text_of(info).find(std::to_string(count) + " labels: l0, l1,"), std::string::npos);
  }
}

TEST(Generate, FlexibleInputsSayWhatTheyTake) {
  ModelInfo info = classifier();
  FeatureDescription x = feature("x", FeatureType::kMultiArray);
  x.multi_array.shape = {1, 3};
  x.multi_array.ranges = {{1, -1}, {3, 5}};
  x.optional = true;
  x.multi_array.default_value = 0.5;
  FeatureDescription y = feature("y", FeatureType::kMultiArray);
  y.multi_array.shape = {4};
  y.multi_array.enumerated = {{4}, {8}};
  FeatureDescription words = feature("words", FeatureType::kSequence);
  words.sequence_size = {2, 7};
  info.description.inputs = {x, y, words};
  const std::string text = text_of(info);
  for (const char* said :
       {"Extents: 1 or more, 3 to 5.", "Default shape: 1 x 3.",
        "left out: then every element is 0.5.", "Shapes: 4, 8.", "Elements: 2 to 7."}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\nin\n" << text;
  }
}

TEST(Generate, EmbeddingNamesEveryFile) {
  GenerateOptions options;
  options.model_name = "M.mlpackage";
  options.embed = EmbeddedFiles{"/p/a \"b\"\\model.mlmodel", {{"weights/weight.bin", "/p/w.bin"}}};
  auto made = generate(classifier(), options);
  ASSERT_TRUE(made.ok());
  ASSERT_EQ(made->files.size(), 2u);
  EXPECT_EQ(made->files[1].name, "M.s");
  expect_lines(made->files[1].text,
               {"pome_embedded_M_0_begin:", "\t.incbin \"/p/a \\042b\\042\\134model.mlmodel\"",
                "\t.incbin \"/p/w.bin\""});
  expect_lines(made->files[0].text,
               {"extern const unsigned char pome_embedded_M_1_begin[];",
                "  weights[\"weights/weight.bin\"].assign(blob_1.begin(), blob_1.end());"});
  options.embed->specification = "/p/line\nfeed";
  EXPECT_EQ(generate(classifier(), options).error().code(), ErrorCode::kUnsupported);
}

TEST(Generate, OtherFunctions) {
  ModelInfo info = classifier();
  FunctionDescription other;
  other.name = "other";
  other.inputs = {feature("n", FeatureType::kInt64)};
  info.description.functions = {other};
  GenerateOptions options;
  options.function_name = "other";
  const std::string text = text_of(info, options);
  expect_lines(text, {"    std::int64_t n = 0;", "    configuration.function_name = \"other\";"});
  EXPECT_EQ(text.find("enum class Label"), std::string::npos);
  options.function_name = "othe";
  auto made = generate(info, options);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code(), ErrorCode::kUnknownName);
  EXPECT_NE(made.error().message().find("Did you mean \"other\"?"), std::string::npos);
}

TEST(Generate, Refuses) {
  GenerateOptions options;
  options.class_name = "Cat Dog";
  EXPECT_EQ(generate(classifier(), options).error().code(), ErrorCode::kInvalidArgument);
  ModelInfo info = classifier();
  info.description.inputs[0].name = std::string(5000, 'x');
  EXPECT_EQ(generate(info, {}).error().code(), ErrorCode::kUnsupported);
  info.description.inputs.assign(10001, feature("x", FeatureType::kDouble));
  EXPECT_EQ(generate(info, {}).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace pome::generate
