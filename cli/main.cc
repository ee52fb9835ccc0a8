// The command pome: verbs on Core ML models.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "arrays.h"
#include "base/text.h"
#include "command.h"
#include "definitions.h"
#include "help.h"
#include "pome/version.h"

namespace {

using namespace pome::cli;

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  return names;
}

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool asks_for_json(const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), "--json") != words.end();
}

/// The first word that looks like a long option and is none of `flags`; empty when there is none.
std::string unknown_flag(const std::vector<std::string>& words,
                         const std::vector<std::string>& flags) {
  for (const std::string& word : words) {
    const std::string flag = word.substr(0, word.find('='));
    if (flag.rfind("--", 0) == 0 && flag.size() > 2 &&
        std::find(flags.begin(), flags.end(), flag) == flags.end())
      return flag;
  }
  return {};
}

/// CLI11's message, or a better one with the nearest verb or flag where the word is unknown.
int usage_error(const CLI::App& app, std::string message, const std::vector<std::string>& words) {
  const auto verbs = verb_names(app);
  const CLI::App* used = &app;
  for (const CLI::App* verb : app.get_subcommands()) used = verb;
  auto flags = flag_names(*used);
  flags.push_back("--json");  // without a verb too: errors are asked for as JSON
  const auto verb = std::find_if(words.begin(), words.end(),
                                 [](const std::string& word) { return word.rfind('-', 0) != 0; });
  if (const std::string flag = unknown_flag(words, flags); !flag.empty()) {
    message = "There is no option " + pome::quoted(flag) + "." + pome::did_you_mean(flag, flags);
  } else if (used == &app && verb == words.end()) {
    message = "A command is missing; there are " + pome::quoted_list(verbs) + ".";
  } else if (used == &app) {
    message = pome::quoted(*verb) + " is not a pome command." + pome::did_you_mean(*verb, verbs);
  }
  if (message.empty() || (message.back() != '?' && message.back() != '.')) message += ".";
  const std::string help = used == &app ? "pome" : "pome " + used->get_name();
  Output output;
  output.json = asks_for_json(words);
  return fail_usage(output, message + " Run '" + help + " --help'.");
}

int print_completion(const CLI::App& app, const std::string& shell) {
  const std::string script = completion_script(app, shell);
  if (script.empty())
    return fail_usage({}, "There is no completion for " + pome::quoted(shell) +
                              "; there is one for bash, zsh and fish.");
  std::fputs(script.c_str(), stdout);
  return kDone;
}

/// Completions and man pages where a prefix's share/ has them; what cmake --install installs.
int write_share(const CLI::App& app, const std::string& folder) {
  std::map<std::filesystem::path, std::string> files = {
      {"bash-completion/completions/pome", completion_script(app, "bash")},
      {"zsh/site-functions/_pome", completion_script(app, "zsh")},
      {"fish/vendor_completions.d/pome.fish", completion_script(app, "fish")},
      {"man/man1/pome.1", manual_page(app, "pome")},
  };
  for (const std::string& verb : verb_names(app))
    files["man/man1/pome-" + verb + ".1"] = manual_page(app, verb);
  for (const auto& [name, text] : files) {
    const std::filesystem::path path = folder / name;
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    pome::Status written = write_file(path.string(), text);
    if (!written.ok()) return fail({}, written.error());
  }
  return kDone;
}

int run(int argc, char** argv) {
  CLI::App app("Runs Apple's Core ML models anywhere.", "pome");
  app.set_version_flag("--version", std::string("pome " POME_VERSION " (commit " POME_COMMIT ", ") +
                                        std::string(pome::isa_in_use()) + ")");
  app.require_subcommand(0, 1);
  app.formatter(std::make_shared<Help>());  // before the verbs, which inherit it
  std::string shell;
  std::string share;
  app.add_option("--completion", shell, "bash, zsh or fish")->group("");  // hidden
  app.add_option("--write-share", share, "The folder to write completions and man pages to")
      ->group("");
  std::vector<std::pair<CLI::App*, std::unique_ptr<Verb>>> verbs;
  const auto add = [&](const char* name, const char* text, auto make) {
    CLI::App* verb = app.add_subcommand(name, text);
    verbs.emplace_back(verb, make(*verb));
  };
  add("info", "What a model takes and gives, and what it is made of", add_info);
  add("predict", "Run a model on pictures and other inputs", add_predict);
  add("convert", "Turn a Keras model into a Core ML model", add_convert);
  add("validate", "Every complaint about a model, with its place", add_validate);
  add("bench", "Time a model, per op where asked", add_bench);
  add("plan", "Which kernel runs each op, and why not a faster one", add_plan);
  add("compare", "The first op or output that differs from another model's", add_compare);
  add("compile", "Compile models ahead of time, for a faster start", add_compile);
  add("generate", "Write a typed class of a model, in C++ or Python", add_generate);
  add("app", "A page on this machine: camera or photo in, answer out", add_app);
  add("demo", "The embedded cat-and-dog model on the embedded pictures", add_demo);
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return usage_error(app, error.what(), words);
  }
  for (auto& [verb, implementation] : verbs)
    if (verb->parsed()) return implementation->run();
  if (!shell.empty()) return print_completion(app, shell);
  if (!share.empty()) return write_share(app, share);
  return usage_error(app, "", words);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    Output output;
    output.json = asks_for_json(std::vector<std::string>(argv + 1, argv + argc));
    return fail(output, pome::Error(pome::ErrorCode::kInternal,
                                    std::string("a defect of pome: ") + error.what() +
                                        ". Please report it with the command and the file."));
  }
}
