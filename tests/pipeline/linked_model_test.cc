// Models in files of their own: found below the caller's folder, never outside, never in a loop.
#include <gtest/gtest.h>

#include "tests/pipeline/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

spec::Model link_to(const std::string& file, const std::string& output = "y") {
  spec::Model model = model_with({{"x", number()}}, {{output, number()}});
  model.set_specificationversion(4);
  auto* link = model.mutable_linkedmodel()->mutable_linkedmodelfile();
  link->mutable_linkedmodelfilename()->set_defaultvalue(file);
  link->mutable_linkedmodelsearchpath()->set_defaultvalue("/somewhere/else");
  return model;
}

spec::Model doubling() { return scaler("x", number(), "y", number(), 0, 2); }

class LinkedModel : public ::testing::Test {
 protected:
  LinkedModel() {
    folder_.write("models/double.mlmodel", doubling().SerializeAsString());
    folder_.write("outside.mlmodel", doubling().SerializeAsString());
    configuration_.linked_model_search_path = folder_.path() / "models";
  }
  std::string refused(const spec::Model& model) const { return refusal(model, configuration_); }

  TemporaryFolder folder_;
  ModelConfiguration configuration_;
};

TEST_F(LinkedModel, IsFoundByItsNameAndByThatOfItsCompiledForm) {
  for (const char* name : {"double.mlmodel", "double.mlmodelc", "double"}) {
    const auto p = load(link_to(name), configuration_);
    ASSERT_TRUE(p.ok()) << p.error().to_string();
    EXPECT_EQ((*p)->predict({{"x", 4.0}}, {}).value()["y"].number(), 8);
    EXPECT_EQ((*p)->description().model_type, "linkedModel");
  }
}

TEST_F(LinkedModel, IsAPartLikeOthers) {
  const auto p =
      load(pipeline_of(model_with({{"x", number()}}, {{"z", number()}}),
                       {link_to("double.mlmodelc"), scaler("y", number(), "z", number(), 1, 1)}),
           configuration_);
  ASSERT_TRUE(p.ok()) << p.error().to_string();
  EXPECT_EQ((*p)->predict({{"x", 4.0}}, {}).value()["z"].number(), 9);
}

TEST_F(LinkedModel, NeedsASearchPath) {
  EXPECT_TRUE(says(refusal(link_to("double.mlmodel")), {"double.mlmodel", "linked_model_search"}));
}

TEST_F(LinkedModel, NeverLeavesTheFolder) {
  fs::create_symlink(folder_.path() / "outside.mlmodel",
                     folder_.path() / "models" / "link.mlmodel");
  for (const std::string& name :
       {std::string("../outside.mlmodel"), (folder_.path() / "outside.mlmodel").string(),
        std::string("link.mlmodel"), std::string("a/../../outside.mlmodel"), std::string()}) {
    SCOPED_TRACE(name);
    const auto p = load(link_to(name), configuration_);
    ASSERT_FALSE(p.ok());
    EXPECT_EQ(p.error().code(), ErrorCode::kInvalidModel) << p.error().to_string();
  }
}

TEST_F(LinkedModel, ThatIsNotThereIsNamed) {
  EXPECT_TRUE(says(refused(link_to("no\x1b[2Jne.mlmodelc")),
                   {"no\\x1b[2Jne.mlmodel", "no\\x1b[2Jne.mlpackage", "models"}));
}

TEST_F(LinkedModel, LoopsAreFound) {
  folder_.write("models/a.mlmodel", link_to("b.mlmodel").SerializeAsString());
  folder_.write("models/b.mlmodel", link_to("a.mlmodel").SerializeAsString());
  folder_.write("models/self.mlmodel", link_to("self.mlmodel").SerializeAsString());
  EXPECT_TRUE(says(refused(link_to("a.mlmodel")), {"loop", "a.mlmodel", "b.mlmodel"}));
  EXPECT_TRUE(says(refused(link_to("self.mlmodel")), {"loop", "self.mlmodel"}));
  // Through a pipeline, too.
  folder_.write("models/p.mlmodel", pipeline_of(model_with({{"x", number()}}, {{"y", number()}}),
                                                {link_to("p.mlmodel")})
                                        .SerializeAsString());
  EXPECT_TRUE(says(refused(link_to("p.mlmodel")), {"loop", "p.mlmodel"}));
}

TEST_F(LinkedModel, ManyLinksAreOverTheLimit) {
  // Each level doubles: four times ten links would be ten thousand files.
  spec::Model outer = model_with({{"x", number()}}, {{"y", number()}});
  for (int level = 0; level < 4; ++level) {
    spec::Model many = model_with({{"x", number()}}, {{"y", number()}});
    const std::string next =
        level == 3 ? "double.mlmodel" : "level" + std::to_string(level + 1) + ".mlmodel";
    for (int i = 0; i < 10; ++i) *many.mutable_pipeline()->add_models() = link_to(next);
    folder_.write("models/level" + std::to_string(level) + ".mlmodel", many.SerializeAsString());
  }
  const auto p = load(link_to("level0.mlmodel"), configuration_);
  ASSERT_FALSE(p.ok());
  EXPECT_EQ(p.error().code(), ErrorCode::kLimitExceeded) << p.error().to_string();
}

TEST_F(LinkedModel, FeaturesMustFit) {
  EXPECT_TRUE(says(refused(link_to("double.mlmodel", "z")), {"\"z\"", "\"y\""}));
}

}  // namespace
}  // namespace pome::testing
