// What the command does and prints when all is well.
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

const char* const kVerbs[] = {"info",    "predict", "convert",  "validate", "bench", "plan",
                              "compare", "compile", "generate", "app",      "demo"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Verbs : public ::testing::Test {
 protected:
  /// The files that README and the examples of --help name.
  static const fs::path& folder() {
    static const TemporaryFolder made;
    static const bool filled = fill(made.path());
    (void)filled;
    return made.path();
  }
  static nlohmann::json json_of(const std::vector<std::string>& words) {
    const Ran ran = run_pome(folder(), words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(lines_of(ran.out).size(), 1u);
    return nlohmann::json::parse(ran.out, nullptr, false);
  }

 private:
  static bool fill(const fs::path& to) {
    const fs::path source = POME_SOURCE_DIR;
    fs::copy_file(source / "examples/models/catdog.h5", to / "model.h5");
    fs::copy_file(source / "examples/pictures/dog.jpg", to / "photo.jpg");
    fs::copy_file(source / "examples/pictures/cat.jpg", to / "a.jpg");
    fs::copy_file(source / "tests/data/pictures/rgb8.png", to / "b.png");
    write_doubling_model(to / "array.mlmodel");
    write_model_with_escapes(to / "escapes.mlmodel");
    write_summing_model(to / "sums.mlmodel");
    const auto convert = [&](const char* model, const char* precision) {
      return run_pome(to, {"convert", "model.h5", "--class-labels", "cat,dog", "--preprocessing",
                           "mobilenet", "--precision", precision, "-o", model, "--quiet"})
                 .status == 0;
    };
    return convert("CatDog.mlmodel", "float32") && convert("CatDog.mlpackage", "float16");
  }
};

TEST_F(Verbs, VersionNamesCommitAndIsa) {
  const Ran ran = run_pome(folder(), {"--version"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out.rfind("pome 0.", 0), 0u) << ran.out;
  EXPECT_NE(ran.out.find("commit "), std::string::npos) << ran.out;
  const bool isa = ran.out.find("avx") != std::string::npos ||
                   ran.out.find("sse4") != std::string::npos ||
                   ran.out.find("neon") != std::string::npos;
  EXPECT_TRUE(isa) << ran.out;
}

TEST_F(Verbs, HelpListsThemInThisOrder) {
  std::vector<std::string> verbs;
  for (const std::string& line : lines_of(run_pome(folder(), {"--help"}).out))
    if (line.rfind("  ", 0) == 0) verbs.push_back(line.substr(2, line.find(' ', 2) - 2));
  EXPECT_EQ(verbs, std::vector<std::string>(std::begin(kVerbs), std::end(kVerbs)));
}

/// Every verb's help has two examples or more, and each works as pasted.
TEST_F(Verbs, ExamplesOfHelpWork) {
  for (const char* verb : kVerbs) {
    const Ran help = run_pome(folder(), {verb, "--help"});
    EXPECT_EQ(help.status, 0);
    std::vector<std::string> examples;
    for (const std::string& line : lines_of(help.out))
      if (line.rfind("  pome ", 0) == 0) examples.push_back(line);
    EXPECT_GE(examples.size(), 2u) << help.out;
    if (std::string_view(verb) == "app")
      continue;  // they run until stopped: tests/apps/http_test.py
    for (const std::string& example : examples) {
      const Ran ran = run_shell(folder(), example);
      EXPECT_EQ(ran.status, 0) << example << "\n" << ran.err;
    }
  }
}

TEST_F(Verbs, PredictPrintsALineAPicture) {
  const Ran ran = run_pome(folder(), {"predict", "CatDog.mlmodel", "photo.jpg", "a.jpg"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto lines = lines_of(ran.out);
  ASSERT_EQ(lines.size(), 2u) << ran.out;
  EXPECT_EQ(lines[0].rfind("photo.jpg  dog ", 0), 0u) << lines[0];
  EXPECT_EQ(lines[1].rfind("a.jpg  cat ", 0), 0u) << lines[1];
}

TEST_F(Verbs, PredictAsJson) {
  const auto j = json_of({"predict", "CatDog.mlmodel", "--json", "photo.jpg"});
  EXPECT_EQ(j["model"], "CatDog.mlmodel");
  ASSERT_EQ(j["predictions"].size(), 1u);
  const auto& p = j["predictions"][0];
  EXPECT_EQ(p["source"], "photo.jpg");
  EXPECT_EQ(p["outputs"]["classLabel"], "dog");
  EXPECT_GT(p["outputs"]["classLabelProbs"]["dog"].get<double>(), 0.5);
  EXPECT_TRUE(p["milliseconds"].is_number());
}

TEST_F(Verbs, TopLimitsTheLabels) {
  const Ran ran = run_pome(folder(), {"predict", "CatDog.mlmodel", "photo.jpg", "--top", "1"});
  EXPECT_NE(ran.out.find("dog"), std::string::npos);
  EXPECT_EQ(ran.out.find("cat"), std::string::npos) << ran.out;
}

TEST_F(Verbs, JsonFileInFullPrecision) {
  std::ofstream(folder() / "in.json") << "[0.1, -2.5, 16777216]";
  const auto j = json_of({"predict", "array.mlmodel", "--input", "features=@in.json", "--json"});
  const auto& y = j["predictions"][0]["outputs"]["y"];
  EXPECT_EQ(y["dataType"], "float32");
  EXPECT_EQ(y["shape"], nlohmann::json::array({3}));
  EXPECT_EQ(y["data"], nlohmann::json::parse("[1.2, -4.0, 33554432.0]"));
}

/// An image output is written as PNG, which is a picture to predict from: twice negative is the
/// fitted original.
TEST_F(Verbs, AnImageOutputIsWrittenAsPng) {
  write_negative_model(folder() / "negative.mlmodel");
  const auto run = [](const std::string& from, const std::string& to) {
    return run_pome(folder(), {"predict", "negative.mlmodel", from, "--output", "negative=" + to});
  };
  ASSERT_EQ(run("a.jpg", "once.png").status, 0) << run("a.jpg", "once.png").err;
  ASSERT_EQ(run("once.png", "twice.png").status, 0);
  ASSERT_EQ(run("twice.png", "thrice.png").status, 0);
  EXPECT_EQ(content_of(folder() / "once.png"), content_of(folder() / "thrice.png"));
  EXPECT_NE(content_of(folder() / "once.png"), content_of(folder() / "twice.png"));
  const auto wrong = run("a.jpg", "x.npy");
  EXPECT_EQ(wrong.status, 3);
  EXPECT_NE(wrong.err.find("negative=FILE.png"), std::string::npos) << wrong.err;
}

/// What --output writes as .npy and .npz is read again by --input.
TEST_F(Verbs, ArraysGoOutAndIn) {
  std::ofstream(folder() / "in.json") << "[1, 2, 3]";
  Ran ran =
      run_pome(folder(), {"predict", "array.mlmodel", "--input", "features=@in.json", "--output",
                          "y=y.npy", "--output", "all.npz", "--output", "y.json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(content_of(folder() / "y.npy").substr(1, 5), "NUMPY");
  EXPECT_EQ(nlohmann::json::parse(content_of(folder() / "y.json"))["y"]["data"],
            nlohmann::json::parse("[3.0, 5.0, 7.0]"));
  for (const char* word : {"features=y.npy", "features=all.npz"}) {
    const auto j = json_of({"predict", "array.mlmodel", "--input", word, "--json"});
    EXPECT_EQ(j["predictions"][0]["outputs"]["y"]["data"],
              nlohmann::json::parse("[7.0, 11.0, 15.0]"))
        << word;
  }
}

TEST_F(Verbs, NpzIsTheSameEachTime) {
  std::ofstream(folder() / "in.json") << "[1, 2, 3]";
  std::string first;
  for (int i = 0; i < 2; ++i) {
    const Ran ran = run_pome(folder(), {"predict", "array.mlmodel", "--input", "features=@in.json",
                                        "--output", "same.npz"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    if (i == 0) first = content_of(folder() / "same.npz");
  }
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(first, content_of(folder() / "same.npz"));
}

TEST_F(Verbs, TableIsOnePredictionARow) {
  std::ofstream(folder() / "rows.csv")
      << "features[2],\"features[0]\",features[1]\r\n3,1,2\r\n\"-1\",0.5,1e2\r\n";
  const auto j = json_of({"predict", "array.mlmodel", "--input", "rows.csv", "--json"});
  ASSERT_EQ(j["predictions"].size(), 2u);
  EXPECT_EQ(j["predictions"][0]["source"], "row 1");
  EXPECT_EQ(j["predictions"][0]["outputs"]["y"]["data"], nlohmann::json::parse("[3.0, 5.0, 7.0]"));
  EXPECT_EQ(j["predictions"][1]["outputs"]["y"]["data"],
            nlohmann::json::parse("[2.0, 201.0, -1.0]"));
}

TEST_F(Verbs, StatesAreShownAndKeptThroughACall) {
  const Ran info = run_pome(folder(), {"info", "sums.mlmodel"});
  EXPECT_NE(info.out.find("States\n  total  State of MultiArray (Float32, 3)"), std::string::npos)
      << info.out << info.err;
  const auto described = json_of({"info", "sums.mlmodel", "--json"});
  EXPECT_EQ(described["runnable"], true);
  EXPECT_EQ(described["states"][0]["shape"], nlohmann::json::parse("[3]"));
  std::ofstream(folder() / "sums.csv") << "features[0],features[1],features[2]\n1,2,3\n10,0,0\n";
  const auto j = json_of({"predict", "sums.mlmodel", "--input", "sums.csv", "--json"});
  ASSERT_EQ(j["predictions"].size(), 2u);
  EXPECT_EQ(j["predictions"][1]["outputs"]["y"]["data"], nlohmann::json::parse("[11.0, 2.0, 3.0]"));
  EXPECT_EQ(json_of({"bench", "sums.mlmodel", "--runs", "3", "--json"})["runs"], 3);
}

TEST_F(Verbs, ValidateIsSilentWhenAllIsWell) {
  const Ran ran = run_pome(folder(), {"validate", "CatDog.mlmodel"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out + ran.err, "");
}

TEST_F(Verbs, ColoursOnATerminalUnlessNoColor) {
  const std::vector<std::string> words = {"info", "array.mlmodel"};
  const char escape = '\x1b';
  EXPECT_NE(run_pome_on_terminal(folder(), words).out.find(escape), std::string::npos);
  EXPECT_EQ(run_pome_on_terminal(folder(), words, {"NO_COLOR=1"}).out.find(escape),
            std::string::npos);
  EXPECT_EQ(run_pome(folder(), words).out.find(escape), std::string::npos);
  EXPECT_NE(run_pome(folder(), {"info", "array.mlmodel", "--color=always"}).out.find(escape),
            std::string::npos);
}

/// A model's own text moves no cursor.
TEST_F(Verbs, EscapesOfAModelAreShownNotObeyed) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"info", "escapes.mlmodel"},
        {"plan", "escapes.mlmodel", "--why"},
        {"bench", "escapes.mlmodel", "--runs", "1", "--per-op"},
        {"predict", "escapes.mlmodel", "--input", "features=@in.json"},
        {"predict", "escapes.mlmodel"}}) {
    std::ofstream(folder() / "in.json") << "[1, 2, 3]";
    const Ran ran = run_pome(folder(), words);
    EXPECT_EQ((ran.out + ran.err).find('\x1b'), std::string::npos) << words[0];
  }
  EXPECT_NE(run_pome(folder(), {"info", "escapes.mlmodel"}).out.find("\\x1b[2Jnobody"),
            std::string::npos);
}

/// The answer of bash's completion to a line that ends in the word to be completed.
std::vector<std::string> completed(const fs::path& folder, const std::string& words) {
  const Ran ran = run_shell(folder, "eval \"$(pome --completion bash)\"; COMP_WORDS=(" + words +
                                        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _pome; "
                                        "printf '%s\\n' \"${COMPREPLY[@]}\"");
  EXPECT_EQ(ran.status, 0) << ran.err;
  return lines_of(ran.out);
}

TEST_F(Verbs, BashCompletes) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(completed(folder(), "pome pre"), Words{"predict"});
  EXPECT_EQ(completed(folder(), "pome predict M --crop-and-scale scale"),
            (Words{"scaleFill", "scaleFit"}));
  EXPECT_EQ(completed(folder(), "pome convert x --class"), Words{"--class-labels"});
  EXPECT_EQ(completed(folder(), "pome info Cat"), Words{""});  // left to the shell: files
}

/// Each verb and each of its flags is in every completion and in its man page.
TEST_F(Verbs, CompletionsAndManPagesNameEverything) {
  const TemporaryFolder share;
  ASSERT_EQ(run_pome(folder(), {"--write-share", share.path().string()}).status, 0);
  const std::string bash = content_of(share.path() / "bash-completion/completions/pome");
  const std::string zsh = content_of(share.path() / "zsh/site-functions/_pome");
  const std::string fish = content_of(share.path() / "fish/vendor_completions.d/pome.fish");
  const std::string all = content_of(share.path() / "man/man1/pome.1");
  int flags = 0;
  for (const std::string verb : kVerbs) {
    const std::string page = content_of(share.path() / ("man/man1/pome-" + verb + ".1"));
    for (const std::string* text : {&bash, &zsh, &fish, &all, &page})
      EXPECT_NE(text->find(verb), std::string::npos) << verb;
    for (const std::string& line : lines_of(run_pome(folder(), {verb, "--help"}).out)) {
      const size_t at = line.find("--");
      if (line.rfind("  -", 0) != 0 || at == std::string::npos) continue;
      const std::string flag = line.substr(at, line.find_first_of(" ,", at) - at);
      ++flags;
      EXPECT_NE(bash.find(flag), std::string::npos) << flag;
      EXPECT_NE(zsh.find(flag), std::string::npos) << flag;
      EXPECT_NE(fish.find("-l " + flag.substr(2)), std::string::npos) << flag;
      std::string roff;
      for (const char c : flag) roff += c == '-' ? "\\-" : std::string(1, c);
      EXPECT_NE(page.find(roff), std::string::npos) << flag << " in the page of " << verb;
    }
  }
  EXPECT_GT(flags, 40);
}

}  // namespace
}  // namespace pome::testing
