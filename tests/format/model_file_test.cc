#include "format/model_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "format/proto/model.pb.h"
#include "format/recognise.h"
#include "format/weight_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_data.h"
#include "tests/support/wire.h"

namespace pome::format {
namespace {

namespace fs = std::filesystem;
namespace proto = CoreML::Specification;
using testing::as_bytes;
using testing::TemporaryFolder;
using namespace std::string_view_literals;

std::string identity(int version = 1) {
  proto::Model model;
  model.set_specificationversion(version);
  model.mutable_identity();
  return model.SerializeAsString();
}

constexpr std::string_view kManifest = R"({"fileFormatVersion": "1.0.0", "itemInfoEntries": {
  "A": {"author": "com.apple.CoreML", "name": "model.mlmodel", "path": "com.apple.CoreML/m"},
  "B": {"author": "com.apple.CoreML", "name": "weights", "path": "com.apple.CoreML/weights"}},
  "rootModelIdentifier": "A"})";

std::string weight_bytes() {
  WeightWriter writer;
  writer.add(BlobType::kInt8, 3, as_bytes("abc"));
  const std::vector<std::byte> file = std::move(writer).finish();
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

/// A good package at `name` of the folder.
fs::path write_good_package(const TemporaryFolder& folder, const std::string& name) {
  folder.write(name + "/Manifest.json", kManifest);
  folder.write(name + "/Data/com.apple.CoreML/m", identity(6));
  folder.write(name + "/Data/com.apple.CoreML/weights/weight.bin", weight_bytes());
  return folder.path() / name;
}

std::string load_error(const fs::path& path) {
  const auto file = ModelFile::load(path);
  return file ? "" : file.error().to_string();
}

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(ModelFile, LoadsAFile) {
  const TemporaryFolder folder;
  const auto file = ModelFile::load(folder.write("a.mlmodel", identity()));
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->type_name(), "identity");
  EXPECT_EQ(file->model().specificationversion(), 1);
  EXPECT_TRUE(std::ranges::equal(file->bytes(), as_bytes(identity())));
  EXPECT_FALSE(file->package());
  expect_contains(file->weights().open("@model_path/weights/weight.bin").error().to_string(),
                  "only an .mlpackage can hold");
}

TEST(ModelFile, ForeignFilesAreNamed) {
  const TemporaryFolder folder;
  const std::pair<std::string_view, std::string_view> cases[] = {
      {""sv, "the file is empty"},
      {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv, "PNG picture"},
      {"\xff\xd8\xff\xe0\0\x10JFIF"sv, "JPEG picture"},
      {"PK\x03\x04\x14\0\0\0"sv, "ZIP archive"},
      {"\x89HDF\r\n\x1a\n\0\0\0"sv, "HDF5"},
      {"\x1f\x8b\x08\0\0\0\0\0"sv, "gzip"},
      {"book\0\0\0\0mark\0\0\0\0"sv, "macOS bookmark"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"sv, "git lfs pull"},
      {"<!DOCTYPE html><html></html>"sv, "web page"},
      {"# Readme\nThis is no model.\n"sv, "text file"},
      {"{\"a\": 1}"sv, "text file"},
      {"\x18\0\0\0TFL3"sv, "TensorFlow Lite"},
  };
  for (const auto& [bytes, expected] : cases) {
    const auto file = ModelFile::load(folder.write("a.mlmodel", bytes));
    ASSERT_FALSE(file) << expected;
    EXPECT_EQ(file.error().code(), ErrorCode::kInvalidFormat);
    expect_contains(file.error().to_string(), expected);
    expect_contains(file.error().to_string(), "a.mlmodel: ");
  }
}

TEST(ModelFile, VersionAndTypeAreChecked) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes) {
    return ModelFile::load(folder.write("a.mlmodel", bytes)).error();
  };
  EXPECT_EQ(error(identity(0)).code(), ErrorCode::kInvalidModel);
  expect_contains(error(identity(-5)).message(), "version -5");
  EXPECT_EQ(error(identity(11)).code(), ErrorCode::kUnsupported);
  expect_contains(error(std::string("\x08\x04")).message(), "no type");
  EXPECT_TRUE(ModelFile::load(folder.write("a.mlmodel", identity(10))));
}

TEST(ModelFile, PartsOfPipelinesAreCheckedToo) {
  const auto nested = [](int levels, int innermost) {
    std::string bytes = identity(innermost);
    for (int i = 0; i < levels; ++i) {
      bytes = testing::wire_number(1, 1) + testing::wire_bytes(202, testing::wire_bytes(1, bytes));
    }
    return bytes;
  };
  const TemporaryFolder folder;
  EXPECT_EQ(load_error(folder.write("a", nested(16, 1))), "");
  expect_contains(load_error(folder.write("a", nested(17, 1))), "nested more than 16 deep");
  expect_contains(load_error(folder.write("a", nested(2, 0))),
                  "pipeline part 0 / pipeline part 0: the model has specification version 0");
}

TEST(ModelFile, WhatIsNoFileIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(ModelFile::load(folder.path() / "absent").error().code(), ErrorCode::kNotFound);
  const fs::path fifo = folder.path() / "fifo.mlmodel";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  expect_contains(load_error(fifo), "a regular file was expected");
  expect_contains(load_error("/dev/zero"), "a regular file was expected");
}

TEST(ModelFile, LoadsAPackage) {
  const TemporaryFolder folder;
  const fs::path path = write_good_package(folder, "a.mlpackage");
  const auto file = ModelFile::load(path);
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(file->model().specificationversion(), 6);
  const auto weights = file->weights().open("@model_path/weights/weight.bin");
  ASSERT_TRUE(weights) << weights.error().to_string();
  EXPECT_EQ(read_blob((*weights)->bytes(), 64)->elements, 3u);
  EXPECT_TRUE(ModelFile::load(path.string() + "/"));
  // Other folders in the reference: the last component counts.
  EXPECT_TRUE(file->weights().open("@model_path/elsewhere/weight.bin"));
}

TEST(ModelFile, WeightReferencesStayInside) {
  const TemporaryFolder folder;
  const auto file = ModelFile::load(write_good_package(folder, "a.mlpackage"));
  ASSERT_TRUE(file);
  folder.write("outside.bin", weight_bytes());
  fs::create_symlink(folder.path() / "outside.bin",
                     folder.path() / "a.mlpackage/Data/com.apple.CoreML/weights/link.bin");
  ASSERT_EQ(
      ::mkfifo((folder.path() / "a.mlpackage/Data/com.apple.CoreML/weights/fifo").c_str(), 0600),
      0);
  for (const char* reference : {"weights/weight.bin", "/etc/passwd", "@model_path//etc/passwd",
                                "@model_path/../../../outside.bin", "@model_path/weights/link.bin",
                                "@model_path/", "@model_path/weights/absent.bin",
                                "@model_path/weights", "@model_path/weights/fifo", "@model_path/m"})
    EXPECT_FALSE(file->weights().open(reference)) << reference;
}

TEST(ModelFile, PackagesThatLeaveThemselvesAreRefused) {
  const TemporaryFolder folder;
  const fs::path outside = folder.write("outside", identity(6));
  const fs::path path = write_good_package(folder, "a.mlpackage");
  const fs::path model = path / "Data/com.apple.CoreML/m";
  fs::remove(model);
  expect_contains(load_error(path), "which it does not contain");
  fs::create_symlink(outside, model);
  expect_contains(load_error(path), "a link that leaves the package");
  fs::remove(model);
  ASSERT_EQ(::mkfifo(model.c_str(), 0600), 0);
  expect_contains(load_error(path), "a regular file was expected");
  fs::remove(model);
  fs::create_directory(model);
  expect_contains(load_error(path), "a file was expected");
  fs::remove(path / "Manifest.json");
  fs::create_symlink(folder.write("Manifest.json", kManifest), path / "Manifest.json");
  expect_contains(load_error(path), "a link that leaves the package");
}

TEST(ModelFile, ForeignFoldersAreNamed) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "empty.mlpackage");
  expect_contains(load_error(folder.path() / "empty.mlpackage"), "it has no Manifest.json");
  folder.write("a.mlmodelc/coremldata.bin", "x");
  EXPECT_EQ(ModelFile::load(folder.path() / "a.mlmodelc").error().code(), ErrorCode::kUnsupported);
  folder.write("tf/saved_model.pb", "x");
  expect_contains(load_error(folder.path() / "tf"), "TensorFlow SavedModel");
  folder.write("half/Data/com.apple.CoreML/model.mlmodel", identity());
  expect_contains(load_error(folder.path() / "half"), "copy the whole folder again");
}

TEST(ModelFile, RealModelsLoad) {
  const fs::path root = testing::test_data("models");
  if (!fs::exists(root)) GTEST_SKIP() << root << " is not there";
  int loaded = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / "mlmodel")) {
    if (!entry.is_regular_file() || entry.path().extension() != ".mlmodel") continue;
    const bool bad = entry.path().parent_path().filename() == "bad";
    EXPECT_EQ(ModelFile::load(entry.path()).ok(), !bad) << entry.path();
    ++loaded;
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "mlpackage"))
    EXPECT_EQ(load_error(entry.path()), "");
  EXPECT_GT(loaded, 0);
}

TEST(Recognise, SaysNothingOfModels) {
  EXPECT_EQ(recognise(as_bytes(identity())), "");
  EXPECT_EQ(recognise({}), "");
}

}  // namespace
}  // namespace pome::format
