// Where the real models and pictures are that are not part of the repository.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace pome::testing {

/// `path` below the folder that the environment variable POME_TEST_DATA names, by default
/// ../shared/data beside the source. It may not exist: then the test is to be skipped, with the
/// path as reason.
///
/// Example: `const auto file = test_data("models/a.mlmodel");`
///          `if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";`
inline std::filesystem::path test_data(std::string_view path) {
  const char* root = std::getenv("POME_TEST_DATA");
  return (root != nullptr ? std::filesystem::path(root)
                          : std::filesystem::path(POME_SOURCE_DIR) / "../shared/data") /
         path;
}

}  // namespace pome::testing
