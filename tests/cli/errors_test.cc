// What the command says of files and words that it cannot use: the exit status, and the parts of
// the message that a person needs.
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

struct Case {
  const char* name;
  std::vector<std::string> words;
  int status;
  std::vector<std::string> says;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

std::string head_of(const fs::path& path, size_t bytes) {
  std::ifstream file(path, std::ios::binary);
  std::string text(bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(bytes));
  return text;
}

class Errors : public ::testing::TestWithParam<Case> {
 public:
  /// One folder with every file that the cases name.
  static const fs::path& folder() {
    static const TemporaryFolder made;
    static const bool filled = fill(made);
    (void)filled;
    return made.path();
  }

 private:
  static bool fill(const TemporaryFolder& to) {
    const fs::path source = POME_SOURCE_DIR;
    fs::create_directories(to.path() / "folder");
    to.write("empty.mlmodel", "");
    to.write("png.mlmodel", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
    to.write("lfs.mlmodel", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
    to.write("noise.mlmodel", "this is no model, it is a sentence");
    to.write("moving.gif", std::string("GIF89a\1\0\1\0\0\0\0;", 14));
    to.write("empty.jpg", "");
    to.write("cut.h5", head_of(source / "examples/models/catdog.h5", 100000));
    to.write("lists.json", "[[1, 2], [3]]");
    to.write("short.csv", "features[0],features[1]\n1\n");
    to.write("words.csv", "features[0]\nhello\n");
    to.write("names.csv", "feature\n1\n");
    to.write("no.npz", "this is no zip archive");
    to.write("no.npy", "this is no array");
    const auto weights = source / "tests/data/keras/keras2/weights_only.h5";
    fs::copy_file(weights, to.path() / "weights.h5");
    fs::copy_file(source / "tests/data/keras/keras2/lambda.h5", to.path() / "lambda.h5");
    fs::copy_file(source / "examples/models/catdog.h5", to.path() / "model.h5");
    fs::copy_file(source / "examples/pictures/dog.jpg", to.path() / "photo.jpg");
    write_doubling_model(to.path() / "array.mlmodel");
    write_two_pictures_model(to.path() / "two.mlmodel");
    write_custom_layer_model(to.path() / "custom.mlmodel");
    return run_pome(to.path(), {"convert", "model.h5", "--class-labels", "cat,dog", "-o",
                                "CatDog.mlmodel", "--quiet"})
               .status == 0;
  }
};

TEST_P(Errors, StatusAndMessage) {
  const Case& c = GetParam();
  const Ran ran = run_pome(folder(), c.words);
  EXPECT_EQ(ran.status, c.status) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err.rfind("pome: ", 0), 0u) << ran.err;
  for (const std::string& part : c.says)
    EXPECT_NE(ran.err.find(part), std::string::npos) << "lacks: " << part << "\n" << ran.err;
}

/// With --json the same is one JSON value on stdout, and nothing on stderr.
TEST_P(Errors, AsJson) {
  const Case& c = GetParam();
  std::vector<std::string> words = c.words;
  words.push_back("--json");
  const Ran ran = run_pome(folder(), words);
  EXPECT_EQ(ran.status, c.status) << ran.err;
  EXPECT_EQ(ran.err, "");
  const auto j = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(j.is_object() && j.contains("error")) << ran.out;
  EXPECT_TRUE(j["error"]["code"].is_string());
  EXPECT_TRUE(j["error"]["places"].is_array());
  std::string whole = j["error"]["message"];
  for (const auto& place : j["error"]["places"]) whole += "\n" + place.get<std::string>();
  for (const std::string& part : c.says)
    EXPECT_NE(whole.find(part), std::string::npos) << "lacks: " << part << "\n" << whole;
}

const Case kCases[] = {
    // Files that are no model.
    {"Folder", {"info", "folder"}, 3, {"folder", "Manifest.json", ".mlpackage"}},
    {"EmptyFile", {"info", "empty.mlmodel"}, 3, {"empty.mlmodel", "empty"}},
    {"PngNamedModel", {"predict", "png.mlmodel", "photo.jpg"}, 3, {"png.mlmodel", "PNG picture"}},
    {"LfsPointer", {"validate", "lfs.mlmodel"}, 3, {"git-lfs pointer", "git lfs pull"}},
    {"Noise", {"info", "noise.mlmodel"}, 3, {"noise.mlmodel"}},
    {"NoFile", {"info", "nothere.mlmodel"}, 3, {"nothere.mlmodel", "No such file"}},
    {"HdfAsModel", {"predict", "model.h5", "photo.jpg"}, 3, {"HDF5", "pome convert"}},
    {"PictureAsModel", {"plan", "photo.jpg"}, 3, {"photo.jpg", "JPEG picture"}},
    {"CustomLayer",
     {"predict", "custom.mlmodel"},
     4,
     {"mine", "custom", "\"Swirl\"", "Registered are none"}},
    // Files that are no source.
    {"TruncatedH5", {"convert", "cut.h5", "-o", "x.mlmodel"}, 3, {"cut.h5", "cut short", "100000"}},
    {"WeightsAlone",
     {"convert", "weights.h5", "-o", "x.mlmodel"},
     4,
     {"weights.h5", "weights", "model.save"}},
    {"EmptySource", {"convert", "empty.mlmodel", "-o", "x.mlmodel"}, 3, {"empty file", "Keras"}},
    {"FolderAsSource", {"convert", "folder", "-o", "x.mlmodel"}, 3, {"folder", "file"}},
    {"PictureAsSource", {"convert", "photo.jpg", "-o", "x.mlmodel"}, 3, {"JPEG picture", "Keras"}},
    {"Lambda", {"convert", "lambda.h5", "-o", "x.mlmodel"}, 4, {"Lambda", "not supported"}},
    {"LabelCount",
     {"convert", "model.h5", "--class-labels", "a,b,c", "-o", "x.mlmodel"},
     3,
     {"3 class labels", "2 values"}},
    {"NoLabelFile",
     {"convert", "model.h5", "--class-labels", "labels.txt", "-o", "x.mlmodel"},
     3,
     {"labels.txt", "cannot open"}},
    {"NoTargetFolder", {"convert", "model.h5", "-o", "nodir/x.mlmodel"}, 3, {"nodir/x.mlmodel"}},
    // Inputs.
    {"Gif", {"predict", "CatDog.mlmodel", "moving.gif"}, 3, {"moving.gif", "GIF", "JPEG or PNG"}},
    {"EmptyPicture", {"predict", "CatDog.mlmodel", "empty.jpg"}, 3, {"empty.jpg", "empty"}},
    {"NoPicture", {"predict", "CatDog.mlmodel", "nothere.jpg"}, 3, {"nothere.jpg", "No such file"}},
    {"FolderOfPictures", {"predict", "CatDog.mlmodel", "folder"}, 3, {"folder", "--recursive"}},
    {"PictureForArray",
     {"predict", "array.mlmodel", "photo.jpg"},
     3,
     {"no image input", "\"features\" MultiArray (Float32, 3)", "--input NAME=FILE.npy"}},
    {"NamedPictureForArray",
     {"predict", "array.mlmodel", "--input", "features=photo.jpg"},
     3,
     {"photo.jpg", "\"features\"", "MultiArray"}},
    {"TwoImageInputs",
     {"predict", "two.mlmodel", "photo.jpg"},
     3,
     {"2 image inputs", "\"left\" and \"right\"", "--input left=FILE"}},
    {"MissingInput",
     {"predict", "array.mlmodel"},
     2,
     {"array.mlmodel", "\"features\" is missing", "--input NAME=VALUE"}},
    {"OneOfTwoMissing",
     {"predict", "two.mlmodel", "--input", "left=photo.jpg"},
     2,
     {"\"right\" is missing"}},
    {"MisspeltInput",
     {"predict", "CatDog.mlmodel", "--input", "imgae=photo.jpg"},
     2,
     {"\"imgae\"", "Did you mean \"image\"?"}},
    {"WrongShape", {"predict", "array.mlmodel", "--input", "features=7"}, 3, {"features"}},
    {"UnevenLists",
     {"predict", "array.mlmodel", "--input", "features=@lists.json"},
     3,
     {"lists.json"}},
    {"NoNpy", {"predict", "array.mlmodel", "--input", "features=no.npy"}, 3, {"no .npy file"}},
    {"NoNpz", {"predict", "array.mlmodel", "--input", "no.npz"}, 3, {"no.npz"}},
    {"ShortRow", {"predict", "array.mlmodel", "--input", "short.csv"}, 3, {"1 fields", "has 2"}},
    {"NoNumber", {"predict", "array.mlmodel", "--input", "words.csv"}, 3, {"row 1", "\"hello\""}},
    {"NoColumn",
     {"predict", "array.mlmodel", "--input", "names.csv"},
     2,
     {"\"feature\"", "Did you mean \"features\"?"}},
    {"NoOutput",
     {"predict", "array.mlmodel", "--input", "features=@lists.json", "--output", "z=z.npy"},
     3,
     {"lists.json"}},
    {"MemoryLimit",
     {"predict", "CatDog.mlmodel", "photo.jpg", "--memory-limit", "1MB"},
     5,
     {"1.00 MB"}},
    // Words.
    {"Nothing", {}, 2, {"\"predict\"", "pome --help"}},
    {"UnknownVerb", {"predcit", "x"}, 2, {"\"predcit\"", "Did you mean \"predict\"?"}},
    {"UnknownFlag", {"predict", "x", "--tpo", "3"}, 2, {"\"--tpo\"", "Did you mean \"--top\"?"}},
    {"NoModel", {"info"}, 2, {"model is required", "pome info --help"}},
    {"BadChoice", {"info", "x", "--color", "pink"}, 2, {"pink", "always"}},
    {"BadSize", {"predict", "x", "--memory-limit", "5parsecs"}, 2, {"5parsecs", "512MB"}},
    {"BadBatch", {"convert", "x", "-o", "y.mlmodel", "--batch", "0"}, 2, {"\"0\"", "any"}},
    {"BadShape",
     {"convert", "x", "-o", "y.mlmodel", "--input-shape", "a=b"},
     2,
     {"NAME=1,224,224,3"}},
    {"BadTarget", {"convert", "x", "-o", "y.txt"}, 2, {"y.txt", ".mlpackage"}},
    {"BadInputWord", {"predict", "x", "--input", "x"}, 2, {"NAME=VALUE"}},
    {"BadOutputWord", {"predict", "x", "--output", "x"}, 2, {"FILE.npz"}},
};

INSTANTIATE_TEST_SUITE_P(Command, Errors, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace pome::testing
