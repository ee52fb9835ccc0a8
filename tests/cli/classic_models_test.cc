// Dictionaries, sequences and tables in, lists and entries out; what info says of models that are
// no networks.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "format/proto/model.pb.h"
#include "tests/cli/command.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;
namespace spec = CoreML::Specification;

spec::FeatureDescription text_feature(const char* name) {
  spec::FeatureDescription feature;
  feature.set_name(name);
  feature.mutable_type()->mutable_stringtype();
  return feature;
}

class ClassicModels : public ::testing::Test {
 protected:
  static const fs::path& folder() {
    static const TemporaryFolder made;
    static const bool filled = fill(made);
    (void)filled;
    return made.path();
  }
  static nlohmann::json json_of(const std::vector<std::string>& words) {
    const Ran ran = run_pome(folder(), words);
    EXPECT_EQ(ran.status, 0) << ran.err << ran.out;
    return nlohmann::json::parse(ran.out, nullptr, false);
  }
  static nlohmann::json outputs_of(const std::vector<std::string>& words, size_t i = 0) {
    return json_of(words)["predictions"][i]["outputs"];
  }

 private:
  static bool fill(const TemporaryFolder& to) {
    const fs::path models = POME_SOURCE_DIR "/tests/data/classic/engineering";
    for (const char* name : {"dict_vectorizer", "mapping_sequence", "mapping_text", "vectorizer",
                             "nested", "imputer_dictionary", "imputer_int64"})
      fs::copy_file(models / (std::string(name) + ".mlmodel"),
                    to.path() / (std::string(name) + ".mlmodel"));
    to.write("words.json", R"({"a": 1, "b": 2.5})");
    to.write("list.json", "[1, 2, -5]");
    to.write("words.csv", "x[a],x[b]\n1,2.5\n,3\n");
    to.write("rows.csv", "n,d,x[0],x[1],s[3],s[0]\n-3,0.5,7,8,1.5,2\n4,nan,0,0,,\n");

    spec::Model tagger;
    tagger.set_specificationversion(3);
    *tagger.mutable_description()->add_input() = text_feature("text");
    *tagger.mutable_description()->add_output() = text_feature("tags");
    tagger.mutable_description()->mutable_metadata()->set_author("nobody");
    tagger.mutable_wordtagger()->set_revision(2);
    tagger.mutable_wordtagger()->set_language("en\x1b[2J");
    tagger.mutable_wordtagger()->mutable_stringtags()->add_vector("NOUN");
    to.write("tagger.mlmodel", tagger.SerializeAsString());

    spec::Model link;
    link.set_specificationversion(4);
    *link.mutable_description()->add_input() = text_feature("x");
    auto* output = link.mutable_description()->add_output();
    output->set_name("y");
    output->mutable_type()->mutable_int64type();
    link.mutable_linkedmodel()
        ->mutable_linkedmodelfile()
        ->mutable_linkedmodelfilename()
        ->set_defaultvalue("mapping_text.mlmodelc");
    to.write("link.mlmodel", link.SerializeAsString());
    return true;
  }
};

TEST_F(ClassicModels, DictionariesOnTheCommandLine) {
  const nlohmann::json want = {1.0, 2.5, 0.0};
  const char* model = "dict_vectorizer.mlmodel";
  EXPECT_EQ(
      outputs_of({"predict", model, "--input", R"(x={"a": 1, "b": 2.5})", "--json"})["y"]["data"],
      want);
  EXPECT_EQ(outputs_of({"predict", model, "--input", "x=@words.json", "--json"})["y"]["data"],
            want);
  EXPECT_EQ(outputs_of({"predict", model, "--input", "words.csv", "--json"})["y"]["data"], want);
  EXPECT_EQ(outputs_of({"predict", model, "--input", "words.csv", "--json"}, 1)["y"]["data"],
            nlohmann::json({0.0, 3.0, 0.0}));
  const Ran shown = run_pome(
      folder(), {"predict", "imputer_dictionary.mlmodel", "--input", R"(x={"z\u001b": 6})"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_NE(shown.out.find("y: z\\x1b 6  b 2  a 1"), std::string::npos) << shown.out;
}

TEST_F(ClassicModels, SequencesOnTheCommandLine) {
  const nlohmann::json want = {"one", "many", "minus five"};
  const char* model = "mapping_sequence.mlmodel";
  EXPECT_EQ(outputs_of({"predict", model, "--input", "x=[1, 2, -5]", "--json"})["y"], want);
  EXPECT_EQ(outputs_of({"predict", model, "--input", "x=@list.json", "--json"})["y"], want);
  const Ran shown = run_pome(folder(), {"predict", model, "--input", "x=[1, 2]"});
  EXPECT_NE(shown.out.find("y: one, many"), std::string::npos) << shown.out;
}

TEST_F(ClassicModels, RowsOfATableWithEntries) {
  const std::vector<std::string> words = {
      "predict", "vectorizer.mlmodel", "--input", "rows.csv", "--input", "s={}", "--json"};
  EXPECT_EQ(outputs_of(words)["y"]["data"],
            nlohmann::json({7.0, 8.0, -3.0, 2.0, 0.0, 0.0, 1.5, 0.5}));
  EXPECT_EQ(outputs_of(words, 1)["y"]["data"],
            nlohmann::json({0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, nullptr}));
}

TEST_F(ClassicModels, WholeNumbersStayExact) {
  EXPECT_EQ(outputs_of({"predict", "imputer_int64.mlmodel", "--input", "x=4611686018427387907",
                        "--json"})["y"],
            4611686018427387907);
}

TEST_F(ClassicModels, WordsThatDoNotFit) {
  const auto says = [&](const char* model, const char* input, std::vector<std::string> words) {
    const Ran ran = run_pome(folder(), {"predict", model, "--input", input});
    EXPECT_NE(ran.status, 0) << input;
    EXPECT_GE(ran.status, 2) << input;
    EXPECT_LE(ran.status, 3) << input;
    for (const std::string& word : words)
      EXPECT_NE(ran.err.find(word), std::string::npos) << word << " is not in " << ran.err;
  };
  says("dict_vectorizer.mlmodel", "x={\"a\": \"b\"}", {"\"a\"", "no number", "Dictionary"});
  says("dict_vectorizer.mlmodel", "x={\"a\"", {"no JSON", "Dictionary (String -> Double)"});
  says("mapping_sequence.mlmodel", "x=[\"one\"]", {"string", "Sequence (Int64)"});
  says("mapping_sequence.mlmodel", "x=@words.json", {"words.json", "object", "Sequence (Int64)"});
}

TEST_F(ClassicModels, InfoShowsThePartsOfAPipeline) {
  const Ran shown = run_pome(folder(), {"info", "nested.mlmodel"});
  EXPECT_NE(shown.out.find("Parts\n"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("1  arrayFeatureExtractor  elements 1"), std::string::npos) << shown.out;
  const nlohmann::json info = json_of({"info", "nested.mlmodel", "--json"});
  ASSERT_EQ(info["parts"].size(), 2u);
  EXPECT_EQ(info["parts"][0]["type"], "pipeline");
  EXPECT_EQ(info["parts"][0]["parts"][1]["type"], "scaler");
  EXPECT_EQ(info["parts"][1]["facts"]["elements"], "1");
  EXPECT_EQ(info["operations"]["pipeline"], 1);
  EXPECT_EQ(info["runnable"], true);
}

TEST_F(ClassicModels, InfoShowsWhatIsReadableOfApplesTypes) {
  const nlohmann::json info = json_of({"info", "tagger.mlmodel", "--json"});
  EXPECT_EQ(info["runnable"], false);
  const std::string reason = info["reason"].get<std::string>();
  for (const char* word :
       {"wordTagger", "Apple's systems only", "revision 2", "not published", "Instead, train"})
    EXPECT_NE(reason.find(word), std::string::npos) << word << " is not in " << reason;
  EXPECT_EQ(info["facts"]["revision"], "2");
  EXPECT_EQ(info["facts"]["tags"], "1: NOUN");
  EXPECT_EQ(info["metadata"]["author"], "nobody");
  const Ran shown = run_pome(folder(), {"info", "tagger.mlmodel"});
  EXPECT_EQ(shown.out.find('\x1b'), std::string::npos);
  EXPECT_NE(shown.out.find("en\\x1b[2J"), std::string::npos) << shown.out;
  const Ran refused = run_pome(folder(), {"predict", "tagger.mlmodel", "--input", "text=a"});
  EXPECT_EQ(refused.status, 4) << refused.err;
}

TEST_F(ClassicModels, LinkedModelsComeFromTheFolderThatIsGiven) {
  EXPECT_EQ(outputs_of({"predict", "link.mlmodel", "--linked-models", ".", "--input", "x=two",
                        "--json"})["y"],
            2);
  const Ran refused = run_pome(folder(), {"predict", "link.mlmodel", "--input", "x=two"});
  EXPECT_NE(refused.status, 0);
  EXPECT_NE(refused.err.find("--linked-models"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace pome::testing
