#include "format/save.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/file.h"
#include "format/proto/model.pb.h"
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

proto::Model with_metadata(bool reversed) {
  proto::Model model;
  model.set_specificationversion(1);
  model.mutable_identity();
  auto& map = *model.mutable_description()->mutable_metadata()->mutable_userdefined();
  for (int i = 0; i < 50; ++i) {
    const int key = reversed ? 49 - i : i;
    map["key" + std::to_string(key)] = "v";
  }
  return model;
}

std::string content(const fs::path& path) {
  const std::vector<std::byte> bytes = read_file(path, 1u << 30).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Every file below a folder by its relative name.
std::map<std::string, std::string> snapshot(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(folder).string()] = content(entry.path());
  return files;
}

TEST(Save, BytesDependOnTheContentAlone) {
  const auto a = serialize(with_metadata(false)).value();
  EXPECT_TRUE(a == serialize(with_metadata(true)).value());
  proto::Model again;
  ASSERT_TRUE(again.ParseFromArray(a.data(), static_cast<int>(a.size())));
  EXPECT_TRUE(a == serialize(again).value());
}

TEST(Save, PackagesAreDeterministicAndLoad) {
  const TemporaryFolder folder;
  const auto model = serialize(with_metadata(false)).value();
  WeightWriter writer;
  writer.add(BlobType::kInt8, 3, as_bytes("abc"));
  const std::vector<std::byte> weights = std::move(writer).finish();
  const WeightPart part{"weight.bin", weights};
  ASSERT_TRUE(write_package(folder.path() / "a.mlpackage", model, std::span(&part, 1)));
  ASSERT_TRUE(write_package(folder.path() / "b.mlpackage/", model, std::span(&part, 1)));
  const auto files = snapshot(folder.path() / "a.mlpackage");
  EXPECT_EQ(files, snapshot(folder.path() / "b.mlpackage"));
  EXPECT_EQ(files.size(), 3u);
  const auto file = ModelFile::load(folder.path() / "a.mlpackage");
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_TRUE(std::ranges::equal(file->bytes(), model));
  EXPECT_TRUE(file->weights().open("@model_path/weights/weight.bin"));
  // Another model has other identifiers.
  proto::Model other = with_metadata(false);
  other.set_specificationversion(2);
  ASSERT_TRUE(write_package(folder.path() / "c.mlpackage", serialize(other).value(), {}));
  EXPECT_NE(content(folder.path() / "c.mlpackage/Manifest.json"), files.at("Manifest.json"));
}

TEST(Save, CompiledFoldersLoadAndMove) {
  const TemporaryFolder folder;
  const auto model = serialize(with_metadata(false)).value();
  WeightWriter writer;
  const uint64_t at = writer.add(BlobType::kInt8, 3, as_bytes("abc"));
  const auto weights = std::move(writer).finish();
  const std::vector<WeightPart> parts = {{"weight.bin", weights}};
  ASSERT_TRUE(write_package(folder / "a.mlpackage", model, parts).ok());
  const ModelFile file = ModelFile::load(folder / "a.mlpackage").value();
  ASSERT_TRUE(write_compiled(file, folder / "a.mlmodelc", "program(1.0)").ok());
  EXPECT_EQ(content(folder / "a.mlmodelc" / "model.mil"), "program(1.0)");
  fs::create_directory(folder / "elsewhere");
  fs::rename(folder / "a.mlmodelc", folder / "elsewhere" / "b.mlmodelc");
  const ModelFile again = ModelFile::load(folder / "elsewhere" / "b.mlmodelc").value();
  EXPECT_TRUE(std::ranges::equal(again.bytes(), file.bytes()));
  const auto opened = again.weights().open("@model_path/weights/weight.bin").value();
  EXPECT_EQ(read_blob(opened->bytes(), at).value().elements, 3u);
  EXPECT_FALSE(write_compiled(file, folder / "elsewhere" / "b.mlmodelc", "").ok());
  EXPECT_EQ(content(folder / "elsewhere" / "b.mlmodelc" / "model.mil"), "program(1.0)");
}

TEST(Save, CompiledFoldersStayInside) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "c.mlmodelc");
  ASSERT_TRUE(write_file_atomically(folder / "c.mlmodelc" / kCompiledMarker, "{}").ok());
  EXPECT_EQ(ModelFile::load(folder / "c.mlmodelc").error().code(), ErrorCode::kNotFound);
  fs::create_symlink("/etc/hostname", folder / "c.mlmodelc" / "model.mlmodel");
  EXPECT_EQ(ModelFile::load(folder / "c.mlmodelc").error().code(), ErrorCode::kInvalidModel);
}

TEST(WeightFiles, InMemoryAreFoundByPathAndByName) {
  WeightWriter writer;
  writer.add(BlobType::kInt8, 3, as_bytes("abc"));
  const auto bytes = std::move(writer).finish();
  for (const char* name : {"weights/weight.bin", "weight.bin"}) {
    const WeightFiles files({{name, MappedFile::holding(bytes)}});
    const auto file = files.open("@model_path/weights/weight.bin");
    ASSERT_TRUE(file.ok()) << name;
    EXPECT_TRUE(std::ranges::equal((*file)->bytes(), bytes));
    EXPECT_FALSE(files.open("@model_path/weights/other.bin").ok());
    EXPECT_FALSE(files.open("weights/weight.bin").ok());
  }
  const WeightFiles damaged({{"w.bin", MappedFile::holding({})}});
  EXPECT_FALSE(damaged.open("@model_path/w.bin").ok());
}

TEST(Save, OnlyPackagesAndEmptyFoldersAreReplaced) {
  const TemporaryFolder folder;
  const auto model = serialize(with_metadata(false)).value();
  const fs::path path = folder.path() / "a.mlpackage";
  fs::create_directory(path);
  ASSERT_TRUE(write_package(path, model, {}));
  folder.write("a.mlpackage/stale", "x");
  ASSERT_TRUE(write_package(path, model, {}));
  EXPECT_FALSE(fs::exists(path / "stale"));
  folder.write("home/letter.txt", "dear");
  EXPECT_FALSE(write_package(folder.path() / "home", model, {}));
  EXPECT_EQ(content(folder.path() / "home/letter.txt"), "dear");
  const fs::path file = folder.write("file", "x");
  EXPECT_FALSE(write_package(file, model, {}));
  EXPECT_EQ(content(file), "x");
}

TEST(Save, FailureLeavesNothingBehind) {
  const TemporaryFolder folder;
  const auto model = serialize(with_metadata(false)).value();
  const WeightPart part{"../escape", {}};
  EXPECT_FALSE(write_package(folder.path() / "a.mlpackage", model, std::span(&part, 1)));
  EXPECT_FALSE(write_package(folder.path() / "absent/a.mlpackage", model, {}));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Save, AnUnchangedModelKeepsItsBytes) {
  const fs::path superpoint = testing::test_data("models/mlpackage/superpoint.mlpackage");
  if (!fs::exists(superpoint)) GTEST_SKIP() << superpoint << " is not there";
  const TemporaryFolder folder;
  const auto file = ModelFile::load(superpoint);
  ASSERT_TRUE(file);
  ASSERT_TRUE(write_unchanged(*file, folder.path() / "a.mlpackage"));
  auto before = snapshot(superpoint);
  auto after = snapshot(folder.path() / "a.mlpackage");
  before.erase("Manifest.json");
  after.erase("Manifest.json");
  EXPECT_TRUE(before == after);
  EXPECT_FALSE(write_unchanged(*file, folder.path() / "a.mlmodel"));
  EXPECT_FALSE(write_unchanged(*file, folder.path() / "a.zip"));
}

}  // namespace
}  // namespace pome::format
