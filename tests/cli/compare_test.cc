// pome compare: exit statuses, what it prints, and how it reads inputs and records.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

class CompareVerb : public ::testing::Test {
 protected:
  void SetUp() override { write_doubling_model(folder_.path() / "m.mlmodel"); }
  Ran run(std::vector<std::string> words) {
    words.insert(words.begin(), "compare");
    return run_pome(folder_.path(), words);
  }
  void predict_into(const std::string& values, const std::string& file) {
    const Ran ran = run_pome(folder_.path(), {"predict", "m.mlmodel", "--input",
                                              "features=" + values, "--output", file});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(CompareVerb, TheSameModelIsTheSame) {
  const Ran ran = run({"m.mlmodel", "m.mlmodel", "--random", "3,2"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out.rfind("same     y  equal\n", 0), 0u) << ran.out;
}

TEST_F(CompareVerb, OptionsMayComeFirst) {
  EXPECT_EQ(run({"--random", "3,2", "m.mlmodel", "m.mlmodel"}).status, 0);
  EXPECT_EQ(run({"--inputs", "features=[1,2,3]", "m.mlmodel", "m.mlmodel"}).status, 0);
}

/// 2 * 3e38 is beyond float32: that both are infinite there is not the same as agreeing.
TEST_F(CompareVerb, EqualityOfWhatIsNotFiniteIsSaid) {
  const std::vector<std::string> words = {"m.mlmodel", "m.mlmodel", "--inputs",
                                          "features=[3e38,1,2]"};
  const Ran ran = run(words);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out.rfind("same     y  equal, but 1 value is not finite in either; ", 0), 0u)
      << ran.out;
}

TEST_F(CompareVerb, ARecordThatDiffersIsStatusOne) {
  predict_into("[1,2,3]", "out.npz");
  EXPECT_EQ(run({"m.mlmodel", "out.npz", "--inputs", "features=[1,2,3]"}).status, 0);
  // y = 2 x + 1: 7 against 9 at the end, 9 being the largest.
  predict_into("[1,2,4]", "other.npz");
  const Ran ran = run({"m.mlmodel", "other.npz", "--inputs", "features=[1,2,3]", "--json"});
  EXPECT_EQ(ran.status, 1) << ran.err;
  const auto j = nlohmann::json::parse(ran.out, nullptr, false);
  EXPECT_EQ(j["within"], false);
  EXPECT_EQ(j["outputs"][0]["name"], "y");
  EXPECT_EQ(j["outputs"][0]["maxAbsolute"], 2.0);
  EXPECT_NEAR(j["outputs"][0]["maxRelative"].get<double>(), 2.0 / 9, 1e-7);
  EXPECT_EQ(j["firstDeparture"]["difference"]["maxAbsolute"], 2.0) << ran.out;
}

TEST_F(CompareVerb, ARecordNeedsItsInput) {
  predict_into("[1,2,3]", "out.npz");
  const Ran ran = run({"m.mlmodel", "out.npz"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_NE(ran.err.find("give the one that it was made with by --inputs"), std::string::npos)
      << ran.err;
}

TEST_F(CompareVerb, MissingReferencesAreNamed) {
  const Ran ran = run({"m.mlmodel", "no.mlmodel"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_NE(ran.err.find("no.mlmodel"), std::string::npos) << ran.err;
  EXPECT_EQ(run({"m.mlmodel", "m.mlmodel", "--random", "1,0"}).status, 3);
}

}  // namespace
}  // namespace pome::testing
