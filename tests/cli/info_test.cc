// pome info: the page, the list of ops, the graph, and the keys that scripts read.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

class InfoVerb : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path source = POME_SOURCE_DIR;
    std::filesystem::copy_file(source / "examples/models/catdog.h5", folder_.path() / "m.h5");
    for (const char* model : {"m.mlmodel", "m.mlpackage"}) {
      const Ran ran =
          convert({"--preprocessing", "mobilenet", "-o", model, "--precision", "float16"});
      ASSERT_EQ(ran.status, 0) << ran.err;
    }
    write_doubling_model(folder_.path() / "array.mlmodel");
    write_trees_model(folder_.path() / "trees.mlmodel");
    write_prices_model(folder_.path() / "prices.mlmodel");
    write_gray_model(folder_.path() / "gray.mlmodel");
  }
  Ran run(const std::vector<std::string>& words) {
    std::vector<std::string> all = {"info"};
    all.insert(all.end(), words.begin(), words.end());
    return run_pome(folder_.path(), all);
  }
  Ran convert(const std::vector<std::string>& words) {
    std::vector<std::string> all = {"convert", "m.h5", "--class-labels", "cat,dog", "--quiet"};
    all.insert(all.end(), words.begin(), words.end());
    return run_pome(folder_.path(), all);
  }
  /// What `info` prints has this.
  void expect_page(const std::string& model, const std::vector<std::string>& lines) {
    const Ran ran = run({model});
    EXPECT_EQ(ran.status, 0) << ran.err;
    for (const std::string& line : lines)
      EXPECT_NE(ran.out.find(line + "\n"), std::string::npos) << line << "\n" << ran.out;
  }
  nlohmann::json json_of(const std::string& model) {
    const Ran ran = run({model, "--json", "--layers"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return nlohmann::json::parse(ran.out, nullptr, false);
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(InfoVerb, ThePageTellsPreprocessingAndWeights) {
  const Ran ran = run({"m.mlmodel"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  // MobileNet's: x / 127.5 - 1.
  EXPECT_NE(ran.out.find("preprocessing   image: red, green and blue x 0.007843138 - 1"),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("weights         Float16 548,602\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("conv          27 ops  530,376 Float32, 2.12 MB"), std::string::npos)
      << ran.out;
}

/// The same numbers as a neural network's message states, out of the program's ops: one scale for
/// all, a bias for each channel, and both, with blue first.
TEST_F(InfoVerb, AProgramsPreprocessingIsReadOffItsOps) {
  for (const std::string preset : {"mobilenet", "vgg", "torch"}) {
    for (const char* suffix : {".mlmodel", ".mlpackage"}) {
      const Ran ran = convert({"--preprocessing", preset, "-o", preset + suffix});
      ASSERT_EQ(ran.status, 0) << ran.err;
    }
    const auto network = json_of(preset + ".mlmodel");
    const auto program = json_of(preset + ".mlpackage");
    EXPECT_EQ(network["preprocessing"][0]["input"], "image");
    EXPECT_EQ(network["preprocessing"], program["preprocessing"]);
  }
  expect_page("vgg.mlpackage",
              {"  preprocessing   image: red - 123.68, green - 116.779, blue - 103.939"});
}

TEST_F(InfoVerb, ThePageOfTrees) {
  const std::string cut = std::string(120, 'j') + "... (3.00 kB)";
  expect_page(
      "trees.mlmodel",
      {"  trees           2", "  nodes           6", "  leaves          4", "  depth           2",
       "  features used   2", "  and 48 more, the last is n59; all are Double (--json lists them)",
       "\nMetadata (--json has all of it)", "  com.example.a.key.that.is.longer.than.most.x  short",
       "  json                                          " + cut});
}

TEST_F(InfoVerb, ThePageOfALinearModel) {
  expect_page("prices.mlmodel",
              {"  weights         1 x 3", "  coefficients    rooms 2.5, age -1, distance 0.25",
               "  intercept       7"});
}

TEST_F(InfoVerb, GrayPicturesHaveNoColours) {
  expect_page("gray.mlmodel", {"  preprocessing   gray values x 0.5 - 3"});
}

TEST_F(InfoVerb, ThePageOfFunctions) {
  const std::string model = POME_SOURCE_DIR "/tests/data/typed/two_functions.mlpackage";
  expect_page(model, {"  functions       project (the default), distance",
                      "\nInputs\n  x  MultiArray (Float32, 3 x 4)",
                      "\nInputs of function distance\n  p  MultiArray (Float32, 4)"});
  const auto json = json_of(model);
  EXPECT_EQ(json["defaultFunctionName"], "project");
  EXPECT_EQ(json["functions"].size(), 2u);
  EXPECT_EQ(json["computePrecision"], "Float32");
  EXPECT_EQ(json["isUpdatable"], "0");
}

TEST_F(InfoVerb, LayersAreALineEach) {
  const Ran ran = run({"m.mlpackage", "--layers"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto j = json_of("m.mlpackage");
  const auto lines = std::count(ran.out.begin(), ran.out.end(), '\n');
  EXPECT_EQ(static_cast<size_t>(lines), j["layers"].size());
  EXPECT_EQ(j["layers"].back()["kind"], "classify");
  size_t weights = 0;
  for (const auto& op : j["layers"]) weights += op.value("weights", size_t{0});
  EXPECT_GE(weights, 548600u);  // what the .h5 holds, and the parameters of the norms
}

TEST_F(InfoVerb, TheGraphNamesEachOp) {
  const Ran ran = run({"array.mlmodel", "--dot"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out.rfind("digraph model {", 0), 0u);
  EXPECT_NE(ran.out.find("in_0 -> op_0;"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("-> out_0;"), std::string::npos) << ran.out;
}

/// The keys and the way of writing values as in the metadata.json of a model that Apple's compiler
/// compiled: "Float16", "[1, 10]", "0", "Ios16.mul".
TEST_F(InfoVerb, JsonHasTheKeysOfCoremlc) {
  const auto program = json_of("m.mlpackage");
  EXPECT_EQ(program["metadataOutputVersion"], "3.0");
  EXPECT_EQ(program["modelType"]["name"], "MLModelType_mlProgram");
  EXPECT_EQ(program["storagePrecision"], "Float16");
  EXPECT_EQ(program["generatedClassName"], "m");
  EXPECT_EQ(program["availability"]["iOS"], "15.0");
  EXPECT_EQ(program["availability"]["macOS"], "12.0");
  EXPECT_EQ(program["availability"]["watchOS"], "8.0");
  EXPECT_EQ(program["mlProgramOperationTypeHistogram"]["Ios15.conv"], 27);
  EXPECT_EQ(program["inputSchema"][0]["type"], "Image");
  EXPECT_EQ(program["inputSchema"][0]["colorspace"], "RGB");
  EXPECT_EQ(program["inputSchema"][0]["height"], "224");
  const auto network = json_of("array.mlmodel");
  const auto& y = network["outputSchema"][0];
  EXPECT_EQ(y["name"], "y");
  EXPECT_EQ(y["type"], "MultiArray");
  EXPECT_EQ(y["dataType"], "Float32");
  EXPECT_EQ(y["shape"], "[]");  // the file declares none
  EXPECT_EQ(network["inputSchema"][0]["shape"], "[3]");
  EXPECT_EQ(network["inputSchema"][0]["formattedType"], "MultiArray (Float32 3)");
  EXPECT_EQ(y["isOptional"], "0");
  EXPECT_EQ(y["hasShapeFlexibility"], "0");
  EXPECT_FALSE(network.contains("mlProgramOperationTypeHistogram"));
}

TEST_F(InfoVerb, ListAndGraphExcludeEachOther) {
  const Ran both = run({"m.mlmodel", "--layers", "--dot"});
  EXPECT_EQ(both.status, 2);
}

}  // namespace
}  // namespace pome::testing
