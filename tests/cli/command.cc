#include "tests/cli/command.h"

#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

extern char** environ;

namespace pome::testing {
namespace {

const char* const kFolder = POME_BINARY_DIR "/bin";

std::string read_and_remove(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

/// Starts the program, its standard output being `out_fd`, and waits for its end.
int spawn(const std::filesystem::path& folder, std::vector<std::string> words,
          std::vector<std::string> environment, int out_fd, const std::filesystem::path& err) {
  // What is compiled is kept beside the tests, not at home.
  environment.emplace_back("XDG_CACHE_HOME=" POME_BINARY_DIR "/tests/cache");
  for (char** e = environ; *e != nullptr; ++e)
    if (std::string_view(*e).substr(0, 5) != "PATH=") environment.emplace_back(*e);
  environment.push_back(std::string("PATH=") + kFolder + ":" + std::getenv("PATH"));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t child = 0;
  int status = 0;
  const bool ended = posix_spawn(&child, words[0].c_str(), &actions, nullptr,
                                 pointers(words).data(), pointers(environment).data()) == 0 &&
                     waitpid(child, &status, 0) == child && WIFEXITED(status);
  posix_spawn_file_actions_destroy(&actions);
  return ended ? WEXITSTATUS(status) : -1;
}

Ran run(const std::filesystem::path& folder, const std::vector<std::string>& words,
        const std::vector<std::string>& environment) {
  const auto out = folder / ".stdout";
  const auto err = folder / ".stderr";
  const int fd = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  Ran ran;
  ran.status = spawn(folder, words, environment, fd, err);
  close(fd);
  ran.out = read_and_remove(out);
  ran.err = read_and_remove(err);
  return ran;
}

std::vector<std::string> command_line(const std::vector<std::string>& words) {
  std::vector<std::string> all = {std::string(kFolder) + "/pome"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

}  // namespace

Ran run_pome(const std::filesystem::path& folder, const std::vector<std::string>& words,
             const std::vector<std::string>& environment) {
  return run(folder, command_line(words), environment);
}

Ran run_pome_on_terminal(const std::filesystem::path& folder, const std::vector<std::string>& words,
                         const std::vector<std::string>& environment) {
  Ran ran;
  int screen = -1;
  int terminal = -1;
  if (openpty(&screen, &terminal, nullptr, nullptr, nullptr) != 0) return ran;
  const auto err = folder / ".stderr";
  // What the tests show fits the terminal's buffer.
  ran.status = spawn(folder, command_line(words), environment, terminal, err);
  close(terminal);
  char part[4096];
  for (ssize_t n; (n = read(screen, part, sizeof(part))) > 0;)
    ran.out.append(part, static_cast<size_t>(n));
  close(screen);
  ran.err = read_and_remove(err);
  return ran;
}

Ran run_shell(const std::filesystem::path& folder, const std::string& line) {
  return run(folder, {"/bin/bash", "-c", line}, {});
}

}  // namespace pome::testing
