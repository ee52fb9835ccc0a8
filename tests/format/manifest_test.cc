#include <gtest/gtest.h>

#include <string>

#include "format/package.h"

namespace pome::format {
namespace {

/// A manifest whose pieces can be replaced.
struct Text {
  std::string version = R"("fileFormatVersion": "1.0.0",)";
  std::string path = "com.apple.CoreML/model.mlmodel";
  std::string more;
  std::string root = R"("rootModelIdentifier": "A")";

  std::string str() const {
    return "{" + version + R"("itemInfoEntries": {"A": {"name": "model.mlmodel", "path": ")" +
           path + "\"}" + more + "}," + root + "}";
  }
};

std::string error_of(const std::string& text) {
  const auto manifest = parse_manifest(text);
  return manifest ? "" : manifest.error().to_string();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Manifest, ReadsAndWrites) {
  Text text;
  text.more = R"(, "B": {"author": "com.apple.CoreML", "name": "weights", "path": "w"})";
  const auto manifest = parse_manifest(text.str());
  ASSERT_TRUE(manifest) << manifest.error().to_string();
  ASSERT_EQ(manifest->items.size(), 2u);
  EXPECT_EQ(manifest->items[manifest->root].path, "com.apple.CoreML/model.mlmodel");
  EXPECT_EQ(manifest->items[1].author, "com.apple.CoreML");
  const auto again = parse_manifest(manifest_text(*manifest));
  ASSERT_TRUE(again);
  EXPECT_EQ(manifest_text(*again), manifest_text(*manifest));
}

TEST(Manifest, TheRootMustNameAnItem) {
  Text text;
  text.root = R"("x": 1)";
  EXPECT_TRUE(contains(error_of(text.str()), "\"rootModelIdentifier\" is missing"));
  text.root = R"("rootModelIdentifier": "")";
  EXPECT_TRUE(contains(error_of(text.str()), "is empty"));
  text.root = R"("rootModelIdentifier": "B")";
  EXPECT_TRUE(contains(error_of(text.str()), "no item has that identifier"));
  text.root = R"("rootModelIdentifier": null)";
  EXPECT_TRUE(contains(error_of(text.str()), "JSON null, a string is expected"));
  text.root = R"("rootModelIdentifier": ["A"])";
  EXPECT_TRUE(contains(error_of(text.str()), "JSON array"));
}

TEST(Manifest, PathsMustStayInside) {
  Text text;
  for (const char* path : {"", "/etc/passwd", "../model.mlmodel", "a/../../b", "a//b", "./a", "..",
                           "a/..", "a\\u0000b"}) {
    text.path = path;
    EXPECT_TRUE(contains(error_of(text.str()), "the path")) << path;
  }
  for (const char* path : {"a", "a/b/c", "a..b/c", "...", "a/"}) {
    text.path = path;
    EXPECT_EQ(error_of(text.str()), "") << path;
  }
}

TEST(Manifest, DoubledKeysAndPathsAreRefused) {
  Text text;
  text.more = R"(, "A": {"path": "b"})";
  EXPECT_TRUE(contains(error_of(text.str()), "the key \"A\" stands twice"));
  text.more = R"(, "B": {"path": "com.apple.CoreML/model.mlmodel"})";
  EXPECT_TRUE(contains(error_of(text.str()), "have the same path"));
}

TEST(Manifest, WrongKindsAreNamed) {
  EXPECT_TRUE(contains(error_of(""), "not JSON"));
  EXPECT_TRUE(contains(error_of("{"), "not JSON"));
  EXPECT_TRUE(contains(error_of("\xff\xfe"), "not JSON"));
  EXPECT_TRUE(contains(error_of("[]"), "not a JSON object"));
  EXPECT_TRUE(contains(error_of("3"), "not a JSON object"));
  EXPECT_TRUE(contains(error_of(R"({"fileFormatVersion": "1.0.0"})"), "itemInfoEntries"));
  EXPECT_TRUE(contains(error_of(R"({"fileFormatVersion": "1.0.0", "itemInfoEntries": []})"),
                       "JSON array, an object is expected"));
  EXPECT_TRUE(
      contains(error_of(R"({"fileFormatVersion": "1.0.0", "itemInfoEntries": {"A": "model"}})"),
               "itemInfoEntries / \"A\": the entry is a JSON string"));
  Text text;
  text.version = R"("fileFormatVersion": "2.0.0",)";
  EXPECT_EQ(parse_manifest(text.str()).error().code(), ErrorCode::kUnsupported);
  text.version = R"("fileFormatVersion": 1,)";
  EXPECT_TRUE(contains(error_of(text.str()), "JSON number"));
}

TEST(Manifest, DeepNestingIsRefused) {
  EXPECT_FALSE(parse_manifest(std::string(100'000, '[')));
  EXPECT_FALSE(parse_manifest(std::string(100'000, '[') + std::string(100'000, ']')));
  Text text;
  text.more =
      ", \"B\": {\"path\": \"b\", \"x\": " + std::string(20, '[') + std::string(20, ']') + "}";
  EXPECT_TRUE(contains(error_of(text.str()), "nested"));
}

}  // namespace
}  // namespace pome::format
