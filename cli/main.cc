// The command pome: verbs on Core ML models.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "base/text.h"
#include "command.h"
#include "pome/version.h"

namespace {

using namespace pome::cli;

constexpr const char* kFooter =
    "Exit status: 0 done, 1 it ran and the answer is no, 2 wrong usage, 3 a file cannot be read or "
    "is not valid,\n"
    "4 valid but not supported here, 5 over a limit, 70 a defect of pome.";

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

/// CLI11's message, with the nearest verb or flag where the word is unknown.
int usage_error(const CLI::App& app, const CLI::ParseError& error,
                const std::vector<std::string>& words) {
  std::string message = error.what();
  const auto verbs = verb_names(app);
  const CLI::App* used = &app;
  for (const CLI::App* verb : app.get_subcommands()) used = verb;
  if (used == &app && !words.empty() && words[0].rfind('-', 0) != 0) {
    message =
        pome::quoted(words[0]) + " is not a pome command." + pome::did_you_mean(words[0], verbs);
  } else {
    const auto flags = flag_names(*used);
    for (const std::string& word : words) {
      const std::string flag = word.substr(0, word.find('='));
      const bool unknown =
          flag.rfind("--", 0) == 0 && std::find(flags.begin(), flags.end(), flag) == flags.end();
      if (unknown) {
        message =
            "there is no option " + pome::quoted(flag) + "." + pome::did_you_mean(flag, flags);
        break;
      }
    }
  }
  std::string help = "pome";
  if (used != &app) help += " " + used->get_name();
  std::fprintf(stderr, "pome: %s Run '%s --help'.\n", message.c_str(), help.c_str());
  return kUsage;
}

int run(int argc, char** argv) {
  CLI::App app("Runs Apple's Core ML models anywhere.", "pome");
  app.set_version_flag("--version", std::string("pome " POME_VERSION " (commit " POME_COMMIT ", ") +
                                        std::string(pome::isa_in_use()) + ")");
  app.require_subcommand(1);
  app.footer(kFooter);
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
  add("demo", "The embedded cat-and-dog model on the embedded pictures", add_demo);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return usage_error(app, error, std::vector<std::string>(argv + 1, argv + argc));
  }
  for (auto& [verb, implementation] : verbs)
    if (verb->parsed()) return implementation->run();
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "pome: a defect of pome: %s. Please report it with the command and the file.\n",
                 error.what());
    return kDefect;
  }
}
