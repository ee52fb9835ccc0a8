#include "definitions.h"

#include <sstream>

namespace pome::cli {
namespace {

/// "{a,b,c}" out of a type name such as "TEXT:{a,b,c}".
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t begin = type.find('{');
  const size_t end = type.find('}', begin);
  std::vector<std::string> choices;
  if (begin == std::string::npos || end == std::string::npos) return choices;
  std::istringstream list(type.substr(begin + 1, end - begin - 1));
  for (std::string choice; std::getline(list, choice, ',');) choices.push_back(choice);
  return choices;
}

}  // namespace

VerbText describe(const CLI::App& app) {
  VerbText verb;
  verb.name = app.get_name();
  verb.text = app.get_description();
  for (const CLI::Option* o : app.get_options()) {
    if (o->get_group().empty()) continue;
    const bool repeated = o->get_items_expected_max() > 1;
    if (o->get_positional()) {
      verb.positionals.push_back(
          {o->get_name(true, false), o->get_required(), repeated, o->get_description()});
      continue;
    }
    OptionText option;
    for (const std::string& name : o->get_snames()) option.names.push_back("-" + name);
    for (const std::string& name : o->get_lnames()) option.names.push_back("--" + name);
    option.takes_value = o->get_items_expected_max() > 0;
    option.choices = choices_of(*o);
    option.text = o->get_description();
    option.preset = o->get_default_str();
    verb.options.push_back(std::move(option));
  }
  std::istringstream footer(app.get_footer());
  for (std::string line; std::getline(footer, line);)
    if (line.rfind("  ", 0) == 0) verb.examples.push_back(line.substr(2));
  return verb;
}

std::vector<VerbText> describe_verbs(const CLI::App& app) {
  std::vector<VerbText> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    verbs.push_back(describe(*verb));
  return verbs;
}

}  // namespace pome::cli
