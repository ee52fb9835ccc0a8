#include "base/text.h"

#include <gtest/gtest.h>

namespace pome {
namespace {

TEST(Text, NearestName) {
  const std::vector<std::string> names = {"image", "threshold"};
  EXPECT_EQ(nearest_name("imgae", names), "image");
  EXPECT_EQ(nearest_name("photo", names), "");
  EXPECT_EQ(did_you_mean("treshold", names), " Did you mean \"threshold\"?");
}

TEST(Text, QuotedEscapesWhatATerminalWouldObey) {
  EXPECT_EQ(quoted("a\x1b[31m\"\xff"), "\"a\\x1b[31m\\\"\\xff\"");
  EXPECT_EQ(quoted("h\xc3\xa9"), "\"h\xc3\xa9\"");
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));
}

TEST(Text, FormatBytes) {
  EXPECT_EQ(format_bytes(12), "12 bytes");
  EXPECT_EQ(format_bytes(1500), "1.50 kB");
  EXPECT_EQ(format_bytes(23'456'789), "23.5 MB");
}

}  // namespace
}  // namespace pome
