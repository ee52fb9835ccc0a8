// Files that are not converted, and what is said of them.
#include <gtest/gtest.h>

#include <fstream>

#include "pome/convert.h"
#include "tests/convert/golden.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

struct Refusal {
  std::string file;
  ErrorCode code;
  /// All of these stand in the message.
  std::vector<std::string> said;
};

void PrintTo(const Refusal& refusal, std::ostream* to) { *to << refusal.file; }

void expect_said(const Error& error, const Refusal& refusal) {
  EXPECT_EQ(error.code(), refusal.code) << error.to_string();
  for (const std::string& text : refusal.said)
    EXPECT_NE(error.to_string().find(text), std::string::npos)
        << "\"" << text << "\" is not in: " << error.to_string();
}

class Refused : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refused, SaysWhatAndWhere) {
  const auto converted = translate::translate_file(keras_data(GetParam().file), as_arrays());
  ASSERT_FALSE(converted.ok());
  expect_said(converted.error(), GetParam());
}

constexpr auto kUnsupported = ErrorCode::kUnsupported;
constexpr auto kCorrupt = ErrorCode::kCorrupt;
constexpr auto kModel = ErrorCode::kInvalidModel;
constexpr auto kFormat = ErrorCode::kInvalidFormat;
constexpr auto kLimit = ErrorCode::kLimitExceeded;

INSTANTIATE_TEST_SUITE_P(
    Layers, Refused,
    ::testing::Values(
        Refusal{"keras3/lambda.keras",
                kUnsupported,
                {"block / double (Lambda)", "\"Lambda\" is not supported", "never run"}},
        Refusal{"keras3/lambda.h5", kUnsupported, {"block / double (Lambda)", "never run"}},
        Refusal{"keras2/lambda.h5", kUnsupported, {"block / double (Lambda)", "never run"}},
        Refusal{"keras3/lstm.keras", kUnsupported, {"memory (LSTM)", "\"LSTM\" is not supported"}},
        Refusal{"keras3/custom.keras", kUnsupported, {"swirl (Swirl)", "never run"}},
        Refusal{
            "keras3/custom_activation.keras", kUnsupported, {"d (Dense)", "wobble", "never run"}},
        Refusal{"keras3/quantized.keras", kUnsupported, {"d (Dense)", "quantized"}},
        // A class of another module that bears the name of one of Keras'.
        Refusal{
            "variants/impostor.keras", kUnsupported, {"mine (Dense)", "__main__", "never run"}}));

INSTANTIATE_TEST_SUITE_P(
    Weights, Refused,
    ::testing::Values(
        Refusal{"keras2/weights_only.h5", kUnsupported, {"weights alone", "model.save("}},
        Refusal{"keras3/only.weights.h5", kUnsupported, {"weights alone", "model.save("}},
        Refusal{"variants/no_weights.h5", kModel, {"no weights", "model.save("}},
        Refusal{"variants/no_weights.keras", kFormat, {"model.weights.h5"}},
        Refusal{"variants/npz.keras", kUnsupported, {"model.weights.npz", "code"}},
        Refusal{"variants/weight_missing.h5", kCorrupt, {"out/kernel:0", "not stored"}},
        Refusal{"variants/layer_missing.h5", kModel, {"is 1 in the file's weights and 2"}},
        Refusal{"variants/wrong_shape.h5", kModel, {"out (Dense)", "[35,3]", "[36,3]"}}));

INSTANTIATE_TEST_SUITE_P(
    Hostile, Refused,
    ::testing::Values(
        // Nothing outside the file is read.
        Refusal{"variants/external_link.h5", kCorrupt, {"not stored"}},
        Refusal{"variants/soft_link.h5", kCorrupt, {"not stored"}},
        Refusal{"variants/external_storage.h5", kCorrupt, {"lies in another file"}},
        Refusal{"variants/virtual.h5", kCorrupt, {"lies in another file"}},
        Refusal{"variants/cycle.h5", kCorrupt, {"contains itself"}},
        Refusal{"variants/huge.h5", kCorrupt, {"too many elements"}},
        Refusal{"variants/not_keras.h5", kFormat, {"model_config", "measurements"}},
        Refusal{"variants/slip.keras", kFormat, {"../evil.txt"}},
        Refusal{"variants/absolute.keras", kFormat, {"/tmp/evil.txt"}},
        Refusal{"variants/bomb.keras", kLimit, {"config.json", "4.19 MB"}},
        Refusal{"variants/no_config.zip", kFormat, {"config.json", "data.pkl"}}));

TEST(Refusals, MemoryLimitHolds) {
  ConvertOptions options = as_arrays();
  options.memory_limit = 1 << 20;
  const auto converted = translate::translate_file(keras_data("variants/gzip_bomb.h5"), options);
  ASSERT_FALSE(converted.ok());
  expect_said(converted.error(), {"", kLimit, {"memory limit of 1.05 MB"}});
}

TEST(Refusals, TruncatedHdf5SaysHowMuchIsMissing) {
  const TemporaryFolder folder;
  std::string bytes;
  {
    std::ifstream in(keras_data("keras2/nested.h5"), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto path = folder.write("cut.h5", std::string_view(bytes).substr(0, 5000));
  const auto converted = translate::translate_file(path, as_arrays());
  ASSERT_FALSE(converted.ok());
  expect_said(converted.error(),
              {"", kCorrupt, {"cut.h5", "cut short", "5000", std::to_string(bytes.size())}});
}

TEST(Refusals, OtherFilesAreNamed) {
  const TemporaryFolder folder;
  const std::pair<std::string, std::string> files[] = {
      {std::string("\x89PNG\r\n\x1a\n....", 12), "a PNG picture"},
      {std::string("\xff\xd8\xff\xe0", 4), "a JPEG picture"},
      {"GIF89a", "a GIF picture"},
      {"", "an empty file"},
      {"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"},
      {"{\"class_name\": \"Sequential\"}", "an architecture without weights"},
      {"just some text", "of an unknown kind"},
  };
  for (const auto& [content, said] : files) {
    const auto converted = translate::translate_file(folder.write("model.h5", content), {});
    ASSERT_FALSE(converted.ok());
    expect_said(converted.error(), {"", kFormat, {"model.h5", said, ".keras"}});
  }
}

TEST(Refusals, FoldersAreNamed) {
  const TemporaryFolder folder;
  folder.write("saved/saved_model.pb", "x");
  const auto saved = translate::translate_file(folder.path() / "saved", {});
  ASSERT_FALSE(saved.ok());
  expect_said(saved.error(), {"", kFormat, {"SavedModel", "model.save(\"model.keras\")"}});
  const auto plain = translate::translate_file(folder.path(), {});
  ASSERT_FALSE(plain.ok());
  expect_said(plain.error(), {"", kFormat, {"a folder"}});
}

TEST(Refusals, MissingFileAndFifo) {
  const TemporaryFolder folder;
  const auto missing = translate::translate_file(folder.path() / "no.h5", {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  const auto fifo = translate::translate_file("/dev/null", {});
  ASSERT_FALSE(fifo.ok());
  expect_said(fifo.error(), {"", ErrorCode::kIo, {"not a regular file"}});
}

TEST(Refusals, OptionsThatDoNotFit) {
  ConvertOptions options;
  options.from = "onnx";
  const auto path = keras_data("keras3/binary.keras");
  const auto other = translate::translate_file(path, options);
  ASSERT_FALSE(other.ok());
  expect_said(other.error(), {"", kUnsupported, {"\"onnx\"", "keras is"}});
  options = {};
  options.batch = 0;
  const auto batch = translate::translate_file(path, options);
  ASSERT_FALSE(batch.ok());
  expect_said(batch.error(), {"", ErrorCode::kInvalidArgument, {"batch is 0"}});
  const auto suffix = convert(path, "model.onnx");
  ASSERT_FALSE(suffix.ok());
  expect_said(suffix.error(), {"", ErrorCode::kInvalidArgument, {".mlmodel", ".onnx"}});
}

TEST(Refusals, NothingIsLeftBehind) {
  const TemporaryFolder folder;
  for (const char* name : {"m.mlmodel", "m.mlpackage"})
    EXPECT_FALSE(convert(keras_data("keras3/lambda.keras"), folder.path() / name).ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace pome::testing
