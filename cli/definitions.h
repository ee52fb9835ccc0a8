// The command line's definitions as plain data: completions and man pages are made from them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace pome::cli {

struct OptionText {
  std::vector<std::string> names;  // "-o", "--output"
  bool takes_value = false;
  std::vector<std::string> choices;  // where only some values are taken
  std::string text;
  std::string preset;  // the default's text, empty when there is none to show
};

struct PositionalText {
  std::string name;
  bool required = false;
  bool repeated = false;
  std::string text;
};

struct VerbText {
  std::string name;
  std::string text;
  std::vector<PositionalText> positionals;
  std::vector<OptionText> options;
  std::vector<std::string> examples;
};

/// Reads one verb (or the command itself) out of its definition; hidden options are left out.
VerbText describe(const CLI::App& app);
/// All verbs, in the order of --help.
std::vector<VerbText> describe_verbs(const CLI::App& app);

/// A completion script for "bash", "zsh" or "fish"; empty for another shell.
std::string completion_script(const CLI::App& app, const std::string& shell);
/// The man page of a verb, or of the command itself for "pome", in man(7) macros; empty when there
/// is no such verb.
std::string manual_page(const CLI::App& app, const std::string& name);

}  // namespace pome::cli
