// pome generate, pome --help and the other shells' completions.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/command.h"
#include "tests/cli/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class Generate : public ::testing::Test {
 protected:
  Generate() { write_doubling_model(folder_ / "Double It.mlmodel"); }
  Ran run(std::vector<std::string> words) const {
    words.insert(words.begin(), "generate");
    return run_pome(folder_.path(), words);
  }
  bool has(const std::string& name) const { return fs::exists(folder_ / name); }

  TemporaryFolder folder_;
};

TEST_F(Generate, WritesTheClassAndSaysWhere) {
  const Ran ran = run({"Double It.mlmodel", "--lang", "cpp", "-o", "made/here"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "made/here/Double_It.h\n");
  EXPECT_EQ(ran.err, "");
  EXPECT_TRUE(has("made/here/Double_It.h"));
}

TEST_F(Generate, AsJson) {
  const Ran ran =
      run({"Double It.mlmodel", "--lang", "python", "-o", ".", "--class-name", "Twice", "--json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  EXPECT_EQ(json["className"], "Twice");
  EXPECT_EQ(json["files"], nlohmann::json::array({"./Twice.py"}));
  EXPECT_TRUE(has("Twice.py"));
}

TEST_F(Generate, EmbedsPackagesByAbsolutePaths) {
  fs::copy_file(fs::path(POME_SOURCE_DIR) / "examples/models/catdog.h5", folder_ / "net.h5");
  ASSERT_EQ(run_pome(folder_.path(), {"convert", "net.h5", "-o", "N.mlpackage", "--quiet"}).status,
            0);
  const Ran ran = run({"N.mlpackage/", "-o", ".", "--embed", "--quiet"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  std::ifstream file(folder_ / "N.s");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string package = fs::canonical(folder_ / "N.mlpackage").string();
  EXPECT_NE(text.str().find(".incbin \"" + package + "/Data/"), std::string::npos) << text.str();
  EXPECT_NE(text.str().find("weight.bin\""), std::string::npos) << text.str();
  EXPECT_TRUE(has("N.h"));
}

TEST_F(Generate, RefusesWhatCannotBeMeant) {
  const std::string model = "Double It.mlmodel";
  const std::tuple<std::vector<std::string>, int, const char*> kCases[] = {
      {{model}, 2, "--output is required"},
      {{model, "-o", ".", "--lang", "swift"}, 2, "cpp"},
      {{model, "-o", ".", "--class-name", "two words"}, 2, "cannot name a class"},
      {{model, "-o", ".", "--class-name", "class"}, 2, "cannot name a class"},
      {{model, "-o", ".", "--lang", "python", "--embed"}, 2, "--lang cpp"},
      {{model, "-o", ".", "--function", "man"}, 2, "Did you mean \"main\"?"},
      {{"absent.mlmodel", "-o", "."}, 3, "absent.mlmodel"},
      {{model, "-o", "Double It.mlmodel/x"}, 3, "cannot make the folder"},
  };
  for (const auto& [words, status, said] : kCases) {
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, status) << ran.err;
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_FALSE(has("Double_It.h"));
}

/// A class is made of a model that cannot be run here too; it is said.
TEST_F(Generate, NotesWhatCannotRun) {
  write_custom_layer_model(folder_ / "Custom.mlmodel");
  const Ran ran = run({"Custom.mlmodel", "-o", "."});
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.err.find("Swirl"), std::string::npos) << ran.err;
  EXPECT_TRUE(has("Custom.h"));
}

/// 80 columns; 24 rows, one of which is the prompt.
TEST(Help, FitsAScreenAndBeginsWithThree) {
  const Ran ran = run_pome(fs::temp_directory_path(), {"--help"});
  EXPECT_EQ(ran.status, 0);
  const auto lines = lines_of(ran.out);
  EXPECT_LE(lines.size(), 23u);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 80u) << line;
  ASSERT_GT(lines.size(), 6u);
  EXPECT_EQ(lines[2], "Start here:");
  EXPECT_EQ(lines[3].rfind("  info ", 0), 0u) << lines[3];
  EXPECT_EQ(lines[4].rfind("  predict ", 0), 0u) << lines[4];
  EXPECT_EQ(lines[5].rfind("  convert ", 0), 0u) << lines[5];
  EXPECT_EQ(lines[6], "");
}

/// fish itself, with the installed script.
TEST(Completion, InFish) {
  const TemporaryFolder folder;
  if (run_shell(folder.path(), "command -v fish").status != 0) GTEST_SKIP() << "fish is not there";
  const auto completed = [&](const std::string& line) {
    const Ran ran = run_shell(folder.path(),
                              "pome --completion fish > pome.fish && HOME=$PWD fish --no-config -c "
                              "'source pome.fish; complete -C \"" +
                                  line + "\"'");
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.out;
  };
  EXPECT_EQ(completed("pome pred").rfind("predict\t", 0), 0u) << completed("pome pred");
  EXPECT_EQ(completed("pome generate m --class-n").rfind("--class-name\t", 0), 0u);
  EXPECT_NE(completed("pome generate m --lang ").find("python"), std::string::npos);
  EXPECT_EQ(completed("pome info m --class-n"), "");
}

/// zsh itself, in a terminal of its own: what stands in the line after Tab.
TEST(Completion, InZsh) {
  const TemporaryFolder folder;
  if (run_shell(folder.path(), "command -v zsh").status != 0) GTEST_SKIP() << "zsh is not there";
  ASSERT_EQ(run_shell(folder.path(), "pome --completion zsh > _pome && zsh -n _pome").status, 0);
  const auto completed = [&](const std::string& line) {
    const Ran ran = run_shell(folder.path(), "HOME=$PWD TERM=vt100 zsh -f " POME_SOURCE_DIR
                                             "/tests/cli/complete.zsh $PWD '" +
                                                 line + "'");
    EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
    return ran.out;
  };
  EXPECT_EQ(completed("pome pred"), "pome predict \n");
  EXPECT_EQ(completed("pome generate m --class-n"), "pome generate m --class-name \n");
  EXPECT_EQ(completed("pome generate m --lang py"), "pome generate m --lang python \n");
  EXPECT_EQ(completed("pome info m --class-n"), "pome info m --class-n\n");
  // A file where a model is expected.
  EXPECT_EQ(run_shell(folder.path(), "touch net.mlmodel").status, 0);
  EXPECT_EQ(completed("pome info net"), "pome info net.mlmodel \n");
}

/// groff has nothing to complain about.
TEST(Manual, IsCleanRoff) {
  const TemporaryFolder folder;
  if (run_shell(folder.path(), "command -v groff").status != 0)
    GTEST_SKIP() << "groff is not there";
  const Ran ran =
      run_shell(folder.path(),
                "pome --write-share . && for page in man/man1/*.1; do groff -man -Tutf8 "
                "-ww -P-cbou $page > page.txt && grep -q '^NAME' page.txt || exit 1; done");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "");
}

}  // namespace
}  // namespace pome::testing
