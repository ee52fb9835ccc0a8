#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "convert/common/helper_process.h"

namespace pome::translate {
namespace {

namespace fs = std::filesystem;

/// The folder of the shared library (or program) that holds this code, and that of the program.
std::vector<fs::path> own_folders() {
  std::vector<fs::path> folders;
  std::error_code ignored;
  Dl_info info{};
  static const char here = 0;
  if (dladdr(&here, &info) != 0 && info.dli_fname != nullptr) {
    const fs::path file = fs::canonical(info.dli_fname, ignored);
    if (!ignored) folders.push_back(file.parent_path());
  }
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!ignored && (folders.empty() || folders[0] != program.parent_path()))
    folders.push_back(program.parent_path());
  return folders;
}

}  // namespace

Result<fs::path> find_helper(const std::string& name, const char* variable) {
  if (const char* given = std::getenv(variable); given != nullptr && *given != '\0') {
    if (access(given, X_OK) == 0) return fs::path(given);
    return Error(ErrorCode::kNotFound, "the environment variable " + std::string(variable) +
                                           " names " + pome::quoted(std::string_view(given)) +
                                           ", which is not a program that can be run");
  }
  std::vector<std::string> looked;
  for (const fs::path& folder : own_folders()) {
    fs::path base = folder;
    for (int up = 0; up < 3; ++up, base = base.parent_path()) {
      const fs::path candidate = base / "libexec" / "pome" / name;
      if (access(candidate.c_str(), X_OK) == 0) return candidate;
      looked.push_back(candidate.string());
    }
  }
  return Error(ErrorCode::kNotFound,
               "the program " + name + ", which reads HDF5 files for the converter, is missing: " +
                   "looked for " + quoted_list(looked) + ". Install Pome again, or set " +
                   variable + " to its path");
}

}  // namespace pome::translate
