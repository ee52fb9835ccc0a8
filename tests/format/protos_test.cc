// Our .proto files against coremltools' own classes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/support/test_data.h"

namespace pome::format {
namespace {

TEST(Protos, EqualThoseOfCoremltools) {
  const char* python = std::getenv("POME_COREMLTOOLS_PYTHON");
  if (python == nullptr) GTEST_SKIP() << "POME_COREMLTOOLS_PYTHON names no Python with coremltools";
  std::string command = std::string(python) + " " POME_SOURCE_DIR "/tools/check_protos.py";
  const auto models = testing::test_data("models");
  if (std::filesystem::exists(models)) {
    command += " --rewrite " POME_BINARY_DIR "/tests/pome_rewrite_model " +
               (models / "mlmodel").string() + " " + (models / "mlpackage").string();
  }
  EXPECT_EQ(std::system((command + " 2>&1").c_str()), 0);
}

}  // namespace
}  // namespace pome::format
