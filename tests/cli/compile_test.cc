// pome compile, and predictions out of what it keeps.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

class CompileVerb : public ::testing::Test {
 protected:
  void SetUp() override {
    write_doubling_model(folder_.path() / "m.mlmodel");
    write_negative_model(folder_.path() / "n.mlmodel");
    fs::copy_file(fs::path(POME_SOURCE_DIR) / "tests/data/pictures/rgb8.png",
                  folder_.path() / "b.png");
  }
  Ran run(const std::vector<std::string>& words) { return run_pome(folder_.path(), words); }
  size_t kept() const {
    size_t count = 0;
    if (!fs::exists(folder_.path() / "c")) return 0;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "c"))
      count += entry.path().extension() == ".model";
    return count;
  }
  TemporaryFolder folder_;
};

TEST_F(CompileVerb, FillsTheCacheThatPredictUses) {
  const Ran compiled = run({"compile", "n.mlmodel", "--cache-folder", "c", "--json"});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  const auto j = nlohmann::json::parse(compiled.out, nullptr, false);
  EXPECT_EQ(j["models"][0]["model"], "n.mlmodel");
  EXPECT_EQ(kept(), 1u);
  const auto predict = [&](const std::string& to) {
    return run({"predict", "n.mlmodel", "b.png", "--output", "negative=" + to, "--cache-folder",
                "c", "--quiet"});
  };
  const Ran out = predict("1.png");
  EXPECT_EQ(out.status, 0) << out.err;
  EXPECT_EQ(kept(), 1u);
  // What is damaged is said, and the answer is the same.
  for (const auto& entry : fs::directory_iterator(folder_.path() / "c"))
    if (entry.path().extension() == ".model") fs::resize_file(entry.path(), 50);
  const Ran again =
      run({"predict", "n.mlmodel", "b.png", "--output", "negative=2.png", "--cache-folder", "c"});
  EXPECT_EQ(again.status, 0);
  EXPECT_NE(again.err.find("note: a compiled network is ignored and made again"), std::string::npos)
      << again.err;
  const auto content = [&](const char* name) {
    std::ifstream file(folder_.path() / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_FALSE(content("1.png").empty());
  EXPECT_EQ(content("1.png"), content("2.png"));
}

TEST_F(CompileVerb, NoCacheKeepsNothing) {
  const Ran both = run(
      {"predict", "m.mlmodel", "--input", "features=[1,2,3]", "--no-cache", "--cache-folder", "c"});
  EXPECT_EQ(both.status, 2);
  const Ran ran = run_pome(folder_.path(),
                           {"predict", "m.mlmodel", "--input", "features=[1,2,3]", "--no-cache"},
                           {"XDG_CACHE_HOME=" + (folder_.path() / "c").string()});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_FALSE(fs::exists(folder_.path() / "c"));
}

TEST_F(CompileVerb, ErrorsAreThoseOfLoading) {
  EXPECT_EQ(run({"compile", "no.mlmodel", "--cache-folder", "c"}).status, 3);
}

}  // namespace
}  // namespace pome::testing
