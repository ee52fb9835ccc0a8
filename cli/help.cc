#include "help.h"

#include <utility>
#include <vector>

namespace pome::cli {
namespace {

constexpr size_t kFirst = 3;

std::string page_of(const CLI::App& app) {
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  std::string text = "pome COMMAND [OPTIONS]: " + app.get_description() + "\n\nStart here:\n";
  for (size_t i = 0; i < verbs.size(); ++i) {
    if (i == kFirst) text += "\nThen:\n";
    std::string name = "  " + verbs[i]->get_name();
    name.resize(12, ' ');
    text += name + verbs[i]->get_description() + "\n";
  }
  return text +
         "\n'pome COMMAND --help' shows options and examples; 'pome --version' the version.\n"
         "Exit status: 0 done, 1 it ran and the answer is no, 2 wrong usage, 3 a file\n"
         "cannot be read or is not valid, 4 not supported here, 5 over a limit, 70 a bug.\n";
}

}  // namespace

std::string Help::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  if (app->get_parent() == nullptr && mode == CLI::AppFormatMode::Normal) return page_of(*app);
  return CLI::Formatter::make_help(app, std::move(name), mode);
}

}  // namespace pome::cli
