// Runs the built command and keeps what it said.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pome::testing {

struct Ran {
  int status = -1;  // exit status; -1 when a signal ended it
  std::string out;
  std::string err;
};

/// Runs `pome WORDS...` in `folder`, with `environment` ("NAME=value") added.
Ran run_pome(const std::filesystem::path& folder, const std::vector<std::string>& words,
             const std::vector<std::string>& environment = {});
/// The same with a terminal as standard output; `out` is what it showed.
Ran run_pome_on_terminal(const std::filesystem::path& folder, const std::vector<std::string>& words,
                         const std::vector<std::string>& environment = {});
/// Runs a line of shell with the built command first on PATH.
Ran run_shell(const std::filesystem::path& folder, const std::string& line);

}  // namespace pome::testing
