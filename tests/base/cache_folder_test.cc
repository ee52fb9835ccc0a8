#include "base/cache_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace pome {
namespace {

namespace fs = std::filesystem;

Status put(const CacheFolder& cache, const std::string& name, size_t bytes) {
  return cache.store(name, [&](const ByteSink& sink) {
    return sink(std::vector<std::byte>(bytes, std::byte{7}));
  });
}

void set_age(const fs::path& path, int seconds) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
}

class Cache : public ::testing::Test {
 protected:
  CacheFolder open(uint64_t limit = 1000) {
    return CacheFolder::open(folder_.path() / "deep" / "pome", limit).value();
  }
  testing::TemporaryFolder folder_;
};

TEST_F(Cache, GivesBackWhatWasPut) {
  const CacheFolder cache = open();
  EXPECT_EQ(cache.find("a").error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(put(cache, "a", 10).ok());
  const auto file = cache.find("a");
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  EXPECT_EQ((*file)->bytes().size(), 10u);
  EXPECT_EQ((*file)->bytes()[3], std::byte{7});
  struct stat info {};
  ASSERT_EQ(::stat(cache.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((cache.path() / "a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Cache, WhatFailsLeavesNothing) {
  const CacheFolder cache = open();
  const Status status = cache.store("a", [](const ByteSink& sink) -> Status {
    (void)sink(std::vector<std::byte>(5)).ok();
    return Error(ErrorCode::kIo, "not today");
  });
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(fs::is_empty(cache.path()));
}

TEST_F(Cache, TheLongestUnusedGoFirst) {
  const CacheFolder cache = open(1000);
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(put(cache, name, 400).ok());
  // The third put 1,200 bytes there: one had to go, and not the newest.
  EXPECT_TRUE(cache.find("c").ok());
  for (const char* name : {"a", "b", "c"}) cache.remove(name);
  ASSERT_TRUE(put(cache, "old", 400).ok());
  ASSERT_TRUE(put(cache, "older", 400).ok());
  set_age(cache.path() / "old", 100);
  set_age(cache.path() / "older", 200);
  ASSERT_TRUE(put(cache, "new", 150).ok());
  EXPECT_TRUE(cache.find("older").ok());  // 950 bytes: all fit; and now it is the newest but one
  ASSERT_TRUE(put(cache, "newest", 300).ok());
  EXPECT_TRUE(cache.find("older").ok());
  EXPECT_FALSE(cache.find("old").ok());
}

TEST_F(Cache, AFileOverTheLimitStaysAlone) {
  const CacheFolder cache = open(100);
  ASSERT_TRUE(put(cache, "small", 50).ok());
  ASSERT_TRUE(put(cache, "large", 500).ok());
  EXPECT_FALSE(cache.find("small").ok());
  EXPECT_TRUE(cache.find("large").ok());
}

TEST_F(Cache, WhatOthersMayHaveWrittenIsNotTrusted) {
  const CacheFolder cache = open();
  ASSERT_TRUE(put(cache, "a", 10).ok());
  ASSERT_EQ(::chmod((cache.path() / "a").c_str(), 0666), 0);
  EXPECT_EQ(cache.find("a").error().code(), ErrorCode::kIo);
  ASSERT_EQ(::symlink("/etc/hostname", (cache.path() / "link").c_str()), 0);
  EXPECT_FALSE(cache.find("link").ok());
  ASSERT_EQ(::chmod(cache.path().c_str(), 0777), 0);
  const auto again = CacheFolder::open(cache.path(), 1000);
  ASSERT_FALSE(again.ok());
  EXPECT_NE(again.error().message().find("not trusted"), std::string::npos);
  if (::geteuid() == 0) {  // another user's, which only root can make
    ASSERT_EQ(::chmod(cache.path().c_str(), 0700), 0);
    ASSERT_EQ(::chown(cache.path().c_str(), 12345, 12345), 0);
    EXPECT_FALSE(CacheFolder::open(cache.path(), 1000).ok());
  }
}

TEST_F(Cache, AFileInPlaceOfTheFolderIsSaid) {
  std::ofstream(folder_.path() / "file") << "x";
  const auto cache = CacheFolder::open(folder_.path() / "file", 1000);
  ASSERT_FALSE(cache.ok());
  EXPECT_NE(cache.error().message().find("no folder"), std::string::npos);
}

}  // namespace
}  // namespace pome
