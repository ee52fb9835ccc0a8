#include "convert/common/helper_process.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "convert/keras/hdf5_file.h"
#include "tests/convert/golden.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

using keras::Hdf5File;
using translate::HelperProcess;

/// A shell script in the helper's place.
class Helper : public ::testing::Test {
 protected:
  std::filesystem::path script(const std::string& body) {
    const auto path = folder_.write("helper", "#!/bin/sh\n" + body + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  /// What is said when the script reads a file.
  std::string said(const std::string& body, int milliseconds = 5000) {
    setenv("POME_HDF5_READER", script(body).c_str(), 1);
    keras::Hdf5Limits limits;
    limits.wall = std::chrono::milliseconds(milliseconds);
    const std::vector<std::byte> bytes(100);
    const auto file = Hdf5File::read(bytes, limits);
    unsetenv("POME_HDF5_READER");
    return file.ok() ? "" : file.error().to_string();
  }

  TemporaryFolder folder_;
};

TEST_F(Helper, CrashIsAnError) {
  EXPECT_NE(said("kill -SEGV $$").find("crashed"), std::string::npos);
  EXPECT_NE(said("kill -SEGV $$").find("signal 11"), std::string::npos);
}

TEST_F(Helper, ProcessorLimitIsAnError) {
  EXPECT_NE(said("kill -XCPU $$").find("limit of processor time"), std::string::npos);
}

TEST_F(Helper, HangIsStopped) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(said("exec sleep 60", 300).find("took too long"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(Helper, EarlyEndIsAnError) {
  EXPECT_NE(said("exit 3").find("exit status 3"), std::string::npos);
  EXPECT_NE(said("printf POMEH501G").find("ended before"), std::string::npos);
}

TEST_F(Helper, GarbageIsAnError) {
  EXPECT_NE(said("printf 'hello, this is no stream at all'").find("garbled"), std::string::npos);
  // A dataset of 2^63 elements; a path of 2^32 - 1 bytes; an unknown tag.
  EXPECT_NE(said("printf 'POMEH501D\\1\\0\\0\\0/f\\1\\0\\0\\0\\0\\0\\0\\0\\200'").find("garbled"),
            std::string::npos);
  EXPECT_NE(said("printf 'POMEH501D\\1\\0\\0\\0/f\\1\\377\\377\\377\\377\\377\\377\\377\\177'")
                .find("memory limit"),
            std::string::npos);
  EXPECT_NE(said("printf 'POMEH501G\\377\\377\\377\\377'").find("garbled"), std::string::npos);
  EXPECT_NE(said("printf 'POMEH501Q\\1\\0\\0\\0/'").find("garbled"), std::string::npos);
}

TEST_F(Helper, GetsNothingOfOurs) {
  setenv("POME_SECRET", "secret", 1);
  ASSERT_EQ(dup2(2, 57), 57);  // a descriptor that execution would inherit
  auto helper = HelperProcess::start(
      script("env | grep -c SECRET; test -e /proc/$$/fd/57 && echo open || echo shut"), {}, 2,
      std::chrono::seconds(5));
  close(57);
  unsetenv("POME_SECRET");
  ASSERT_TRUE(helper.ok());
  std::vector<std::byte> text(7);
  ASSERT_TRUE(helper->read(text).ok());
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(text.data()), text.size()), "0\nshut\n");
}

TEST_F(Helper, IsNamedWhenMissing) {
  setenv("POME_HDF5_READER", "/no/such/program", 1);
  const auto file = Hdf5File::read(std::vector<std::byte>(8), {});
  unsetenv("POME_HDF5_READER");
  ASSERT_FALSE(file.ok());
  EXPECT_NE(file.error().to_string().find("/no/such/program"), std::string::npos);
  const auto other = translate::find_helper("pome-no-such-helper", "POME_NO_SUCH_VARIABLE");
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().to_string().find("libexec/pome/pome-no-such-helper"), std::string::npos);
}

TEST_F(Helper, TemporaryFileIsGone) {
  std::string path;
  {
    const auto file = translate::PrivateFile::create(std::vector<std::byte>(10, std::byte{7}));
    ASSERT_TRUE(file.ok());
    path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file->descriptor()));
    EXPECT_EQ(std::filesystem::file_size(path), 10u);
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Hdf5File, HoldsGroupsAttributesAndData) {
  uint64_t size = 0;
  const auto file = translate::open_for_reading(keras_data("keras224/sequential.h5"), size);
  ASSERT_TRUE(file.ok());
  const auto content = Hdf5File::read(file->get(), size, {});
  ASSERT_TRUE(content.ok()) << content.error().to_string();
  EXPECT_EQ(content->text("/", "keras_version"), "2.2.4");
  EXPECT_EQ(content->texts("/model_weights", "layer_names"),
            (std::vector<std::string>{"conv", "pool", "flat", "out"}));
  EXPECT_EQ(content->members("/model_weights"),
            (std::vector<std::string>{"conv", "flat", "out", "pool"}));
  const auto* kernel = content->find("/model_weights/conv/conv/kernel:0");
  ASSERT_NE(kernel, nullptr);
  ASSERT_TRUE(kernel->data.has_value());
  EXPECT_EQ(kernel->data->shape_text(), "[3,3,3,4]");
  EXPECT_EQ(content->find("/nothing"), nullptr);
}

}  // namespace
}  // namespace pome::testing
