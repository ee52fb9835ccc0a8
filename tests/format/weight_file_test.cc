#include "format/weight_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "base/file.h"
#include "tests/support/test_data.h"

namespace pome::format {
namespace {

std::vector<std::byte> ramp(size_t n) {
  std::vector<std::byte> bytes(n);
  for (size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 1);
  return bytes;
}

template <typename T>
void put(std::vector<std::byte>& file, size_t offset, T value) {
  std::memcpy(file.data() + offset, &value, sizeof(T));
}

/// A file with one blob of 24 bytes, whose record is at 64.
std::vector<std::byte> one_blob(BlobType type, uint64_t elements) {
  WeightWriter writer;
  writer.add(type, elements, ramp(24));
  return std::move(writer).finish();
}

TEST(WeightFile, BlobsComeBackAsWritten) {
  WeightWriter writer;
  EXPECT_TRUE(writer.empty());
  struct Case {
    BlobType type;
    uint64_t elements;
    size_t bytes;
  };
  const Case cases[] = {{BlobType::kFloat32, 6, 24}, {BlobType::kFloat16, 12, 24},
                        {BlobType::kInt8, 5, 5},     {BlobType::kUint1, 13, 2},
                        {BlobType::kUint3, 7, 3},    {BlobType::kInt4, 65, 33},
                        {BlobType::kUint6, 4, 3},    {BlobType::kInt32, 0, 0}};
  std::vector<uint64_t> offsets;
  for (const Case& c : cases) offsets.push_back(writer.add(c.type, c.elements, ramp(c.bytes)));
  EXPECT_FALSE(writer.empty());
  const std::vector<std::byte> file = std::move(writer).finish();
  ASSERT_TRUE(check_weight_header(file));
  for (size_t i = 0; i < std::size(cases); ++i) {
    const auto blob = read_blob(file, offsets[i]);
    ASSERT_TRUE(blob) << blob.error().to_string();
    EXPECT_EQ(blob->type, cases[i].type);
    EXPECT_EQ(blob->elements, cases[i].elements);
    const std::vector<std::byte> expected = ramp(cases[i].bytes);
    EXPECT_TRUE(std::ranges::equal(blob->bytes, expected)) << i;
  }
}

TEST(WeightFile, LayoutIsThatOfStorageVersion2) {
  std::vector<std::byte> file = one_blob(BlobType::kUint3, 63);
  ASSERT_EQ(file.size(), 64u + 64u + 24u);  // ends with the data, without padding
  uint32_t words[4];
  std::memcpy(words, file.data(), 8);
  EXPECT_EQ(words[0], 1u);
  EXPECT_EQ(words[1], 2u);
  std::memcpy(words, file.data() + 64, 8);
  EXPECT_EQ(words[0], 0xDEADBEEFu);
  EXPECT_EQ(words[1], 12u);
  uint64_t longs[3];
  std::memcpy(longs, file.data() + 72, sizeof(longs));
  EXPECT_EQ(longs[0], 24u);
  EXPECT_EQ(longs[1], 128u);
  EXPECT_EQ(longs[2], 24u * 8 - 63 * 3);
}

TEST(WeightFile, HeadersAreChecked) {
  EXPECT_FALSE(check_weight_header({}));
  EXPECT_FALSE(check_weight_header(std::vector<std::byte>(63)));
  std::vector<std::byte> file = one_blob(BlobType::kFloat32, 6);
  put<uint32_t>(file, 4, 1);
  EXPECT_EQ(check_weight_header(file).error().code(), ErrorCode::kUnsupported);
}

TEST(WeightFile, OffsetsAndSizesThatWrapAreRefused) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  const std::vector<std::byte> good = one_blob(BlobType::kInt8, 24);
  for (const uint64_t offset : {uint64_t{0}, uint64_t{1}, uint64_t{63}, uint64_t{89}, uint64_t{152},
                                kMax, kMax - 63, kMax - 64, uint64_t{1} << 63})
    EXPECT_FALSE(read_blob(good, offset)) << offset;
  for (const uint64_t bad : {kMax, kMax - 127, uint64_t{0xFFFFFFFFFFFFFF80}, uint64_t{25}}) {
    std::vector<std::byte> file = good;
    put<uint64_t>(file, 72, bad);  // size
    EXPECT_EQ(read_blob(file, 64).error().code(), ErrorCode::kCorrupt) << bad;
  }
  for (const uint64_t bad : {kMax, kMax - 23, uint64_t{129}}) {
    std::vector<std::byte> file = good;
    put<uint64_t>(file, 80, bad);  // data offset
    EXPECT_EQ(read_blob(file, 64).error().code(), ErrorCode::kCorrupt) << bad;
  }
}

TEST(WeightFile, RecordsAreChecked) {
  const std::vector<std::byte> good = one_blob(BlobType::kFloat32, 6);
  std::vector<std::byte> file = good;
  put<uint32_t>(file, 64, 0xDEADBEEE);
  EXPECT_NE(read_blob(file, 64).error().to_string().find("blob at 64"), std::string::npos);
  for (const uint32_t type : {0u, 18u, 0xffffffffu}) {
    file = good;
    put<uint32_t>(file, 68, type);
    EXPECT_EQ(read_blob(file, 64).error().code(), ErrorCode::kUnsupported);
  }
  file = good;
  put<uint64_t>(file, 72, 23);  // no whole number of floats
  EXPECT_FALSE(read_blob(file, 64));
}

TEST(WeightFile, PaddingCountsForSubByteTypesOnly) {
  std::vector<std::byte> file = one_blob(BlobType::kFloat16, 12);
  put<uint64_t>(file, 88, 0x123456789abcdef0);  // rubbish, as old writers left it
  ASSERT_TRUE(read_blob(file, 64));
  EXPECT_EQ(read_blob(file, 64)->elements, 12u);
  file = one_blob(BlobType::kUint4, 48);
  for (const auto& [padding, good] : {std::pair{0, true}, {4, true}, {1, false}, {8, false}}) {
    put<uint64_t>(file, 88, static_cast<uint64_t>(padding));
    EXPECT_EQ(read_blob(file, 64).ok(), good) << padding;
  }
  file = one_blob(BlobType::kUint3, 64);
  put<uint64_t>(file, 88, 7);
  EXPECT_FALSE(read_blob(file, 64));  // 185 bits
  put<uint64_t>(file, 88, 6);
  EXPECT_EQ(read_blob(file, 64)->elements, 62u);
}

TEST(WeightFile, ARealFileIsWrittenAgainTheSame) {
  const auto path = testing::test_data(
      "models/mlpackage/superpoint.mlpackage/Data/com.apple.CoreML/weights/weight.bin");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const std::vector<std::byte> original = read_file(path, 1u << 30).value();
  ASSERT_TRUE(check_weight_header(original));
  uint32_t count = 0;
  std::memcpy(&count, original.data(), sizeof(count));
  ASSERT_GT(count, 0u);
  WeightWriter writer;
  std::vector<std::byte> expected = original;
  uint64_t offset = 64;
  for (uint32_t i = 0; i < count; ++i) {
    const auto blob = read_blob(original, offset);
    ASSERT_TRUE(blob) << blob.error().to_string();
    ASSERT_EQ(writer.add(blob->type, blob->elements, blob->bytes), offset);
    // Its writer left rubbish in the padding and the reserved words.
    std::fill_n(expected.begin() + static_cast<ptrdiff_t>(offset) + 24, 40, std::byte{0});
    offset = (offset + 64 + blob->bytes.size() + 63) / 64 * 64;
  }
  EXPECT_TRUE(std::move(writer).finish() == expected);
}

}  // namespace
}  // namespace pome::format
