#include "base/cpu_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace pome {
namespace {

class CpuLimit : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = folder_.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  int cpus(const std::string& group) { return control_group_cpus(folder_.path().string(), group); }

  testing::TemporaryFolder folder_;
};

TEST_F(CpuLimit, NoFilesNoLimit) { EXPECT_EQ(cpus("/"), 0); }

TEST_F(CpuLimit, QuotaOverPeriodOfVersionTwo) {
  write("cpu.max", "250000 100000\n");
  EXPECT_EQ(cpus("/"), 2);
  write("cpu.max", "max 100000\n");
  EXPECT_EQ(cpus("/"), 0);
  write("cpu.max", "50000 100000\n");
  EXPECT_EQ(cpus("/"), 1);
}

TEST_F(CpuLimit, TheTightestGroupOnTheWayCounts) {
  write("a/cpu.max", "300000 100000\n");
  write("a/b/cpu.max", "800000 100000\n");
  EXPECT_EQ(cpus("/a/b"), 3);
  EXPECT_EQ(cpus("/a/b/c"), 3);
  EXPECT_EQ(cpus("/other"), 0);
}

TEST_F(CpuLimit, VersionOneHasAFileForEach) {
  write("cpu/job/cpu.cfs_quota_us", "400000\n");
  write("cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpus("/job"), 4);
  write("cpu/job/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(cpus("/job"), 0);
}

TEST_F(CpuLimit, NonsenseIsNoLimit) {
  write("cpu.max", "nonsense");
  EXPECT_EQ(cpus("/"), 0);
  write("cpu.max", "100000 0");
  EXPECT_EQ(cpus("/"), 0);
}

TEST(OwnControlGroup, IsAPath) { EXPECT_EQ(own_control_group().at(0), '/'); }

}  // namespace
}  // namespace pome
