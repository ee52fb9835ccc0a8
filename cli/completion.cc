// Completion scripts for bash, zsh and fish.
#include <string>

#include "command.h"
#include "definitions.h"

namespace pome::cli {
namespace {

/// In single quotes, for any of the three shells' own quoting of one.
std::string single_quoted(const std::string& text, const char* quote) {
  std::string safe = "'";
  for (char c : text) {
    if (c == '\'') {
      safe += quote;
    } else {
      safe += c;
    }
  }
  return safe + "'";
}

std::vector<std::string> names_of(const std::vector<VerbText>& verbs) {
  std::vector<std::string> names;
  for (const VerbText& verb : verbs) names.push_back(verb.name);
  return names;
}

std::string bash(const VerbText& command, const std::vector<VerbText>& verbs) {
  std::string words;
  std::string values;
  for (const VerbText& verb : verbs) {
    std::vector<std::string> flags;
    std::vector<std::string> with_value;
    for (const OptionText& o : verb.options) {
      flags.insert(flags.end(), o.names.begin(), o.names.end());
      for (const std::string& name : o.names) {
        if (!o.choices.empty()) {
          values +=
              "    \"" + verb.name + " " + name + "\") words=\"" + joined(o.choices) + "\" ;;\n";
        } else if (o.takes_value) {
          with_value.push_back("\"" + verb.name + " " + name + "\"");
        }
      }
    }
    if (!with_value.empty()) values += "    " + joined(with_value, "|") + ") return ;;\n";
    words += "      " + verb.name + ") words=\"" + joined(flags) + "\" ;;\n";
  }
  std::vector<std::string> own;
  for (const OptionText& o : command.options) own.insert(own.end(), o.names.begin(), o.names.end());
  const std::string all = joined(names_of(verbs));
  return "# bash completion of pome; made by pome --completion bash\n"
         "_pome() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  local word verb= words=\n"
         "  COMPREPLY=()\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case $word in " +
         joined(names_of(verbs), "|") +
         ") verb=$word; break ;; esac\n"
         "  done\n"
         "  case \"$verb $previous\" in\n" +
         values +
         "  esac\n"
         "  if [ -z \"$words\" ]; then\n"
         "    case $verb in\n"
         "      \"\") words=\"" +
         all + " " + joined(own) + "\" ;;\n" + words +
         "    esac\n"
         "    # After a verb, a word that is no option is a file: the shell completes those.\n"
         "    if [ -n \"$verb\" ] && [ \"${current#-}\" = \"$current\" ]; then return; fi\n"
         "  fi\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -o bashdefault -o default -F _pome pome\n";
}

/// One argument of zsh's _arguments.
std::string zsh_option(const OptionText& o) {
  std::string text;
  for (char c : o.text)
    text += (c == '[' || c == ']' || c == ':') ? std::string("\\") + c : std::string(1, c);
  std::string value;
  if (!o.choices.empty()) {
    value = ":value:(" + joined(o.choices) + ")";
  } else if (o.takes_value) {
    value = ":value:_files";
  }
  std::string lines;
  for (const std::string& name : o.names)
    lines += " \\\n        " + single_quoted("*" + name + "[" + text + "]" + value, "'\\''");
  return lines;
}

std::string zsh(const std::vector<VerbText>& verbs) {
  std::string list;
  std::string cases;
  for (const VerbText& verb : verbs) {
    list += "    " + single_quoted(verb.name + ":" + verb.text, "'\\''") + "\n";
    cases += "    " + verb.name + ")\n      _arguments";
    for (const OptionText& o : verb.options) cases += zsh_option(o);
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return "#compdef pome\n# zsh completion of pome; made by pome --completion zsh\n"
         "_pome() {\n"
         "  local -a verbs\n"
         "  verbs=(\n" +
         list +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe 'command' verbs\n"
         "    return\n"
         "  fi\n"
         "  local verb=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $verb in\n" +
         cases +
         "  esac\n"
         "}\n"
         "_pome \"$@\"\n";
}

std::string fish(const std::vector<VerbText>& verbs) {
  const char* quote = "\\'";
  std::string text = "# fish completion of pome; made by pome --completion fish\n";
  for (const VerbText& verb : verbs) {
    text += "complete -c pome -n __fish_use_subcommand -f -a " + verb.name + " -d " +
            single_quoted(verb.text, quote) + "\n";
  }
  for (const VerbText& verb : verbs) {
    for (const OptionText& o : verb.options) {
      text += "complete -c pome -n '__fish_seen_subcommand_from " + verb.name + "'";
      for (const std::string& name : o.names)
        text += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!o.choices.empty()) text += " -x -a '" + joined(o.choices) + "'";
      if (o.choices.empty() && o.takes_value) text += " -r";
      text += " -d " + single_quoted(o.text, quote) + "\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  const std::vector<VerbText> verbs = describe_verbs(app);
  if (shell == "bash") return bash(describe(app), verbs);
  if (shell == "zsh") return zsh(verbs);
  if (shell == "fish") return fish(verbs);
  return {};
}

}  // namespace pome::cli
