// Man pages in the macros of man(7).
#include <string>

#include "definitions.h"

namespace pome::cli {
namespace {

/// Text that roff takes as it stands.
std::string roff(const std::string& text) {
  std::string safe;
  bool line_begins = true;
  for (char c : text) {
    if (line_begins && (c == '.' || c == '\'')) safe += "\\&";
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
    line_begins = c == '\n';
  }
  return safe;
}

std::string option_section(const std::vector<OptionText>& options) {
  std::string text = ".SH OPTIONS\n";
  for (const OptionText& o : options) {
    text += ".TP\n.B ";
    for (size_t i = 0; i < o.names.size(); ++i) text += (i ? ", " : "") + roff(o.names[i]);
    if (o.takes_value) text += " \\fIVALUE\\fR";
    text += "\n" + roff(o.text.empty() ? "A number." : o.text) + ".\n";
    std::string choices;
    for (const std::string& choice : o.choices) choices += (choices.empty() ? "" : ", ") + choice;
    if (!choices.empty()) text += roff("One of " + choices) + ".\n";
    if (!o.preset.empty()) text += roff("Default: " + o.preset) + ".\n";
  }
  return text;
}

std::string example_section(const std::vector<std::string>& examples) {
  std::string text = ".SH EXAMPLES\n.nf\n";
  for (const std::string& example : examples) text += roff(example) + "\n";
  return text + ".fi\n";
}

std::string exit_section() {
  const char* const kRows[][2] = {
      {"0", "Done."},
      {"1", "It ran and the answer is no."},
      {"2", "Wrong usage."},
      {"3", "A file cannot be read or is not a valid model, picture or value."},
      {"4", "Valid, but not supported here."},
      {"5", "Over a limit."},
      {"70", "A defect of pome."},
  };
  std::string text = ".SH EXIT STATUS\n";
  for (const auto& row : kRows) text += std::string(".TP\n.B ") + row[0] + "\n" + row[1] + "\n";
  return text;
}

std::string header(const std::string& title, const std::string& text) {
  return ".TH " + title + " 1\n.SH NAME\n" + roff(title) + " \\- " + roff(text) + "\n";
}

std::string page_of_command(const VerbText& command, const std::vector<VerbText>& verbs) {
  std::string text = header("pome", "runs Apple's Core ML models anywhere");
  text += ".SH SYNOPSIS\n.B pome\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH COMMANDS\n";
  for (const VerbText& verb : verbs)
    text += ".TP\n.BR pome\\-" + roff(verb.name) + " (1)\n" + roff(verb.text) + ".\n";
  return text + option_section(command.options) + exit_section();
}

std::string page_of_verb(const VerbText& verb) {
  std::string text = header("pome-" + verb.name, verb.text);
  text += ".SH SYNOPSIS\n.B pome " + roff(verb.name) + "\n[\\fIOPTIONS\\fR]";
  for (const PositionalText& p : verb.positionals) {
    const std::string name = "\\fI" + roff(p.name) + "\\fR" + (p.repeated ? "..." : "");
    text += p.required ? " " + name : " [" + name + "]";
  }
  text += "\n.SH DESCRIPTION\n" + roff(verb.text) + ".\n";
  for (const PositionalText& p : verb.positionals)
    text += ".TP\n.I " + roff(p.name) + "\n" + roff(p.text) + ".\n";
  return text + option_section(verb.options) + example_section(verb.examples) + exit_section() +
         ".SH SEE ALSO\n.BR pome (1)\n";
}

}  // namespace

std::string manual_page(const CLI::App& app, const std::string& name) {
  const std::vector<VerbText> verbs = describe_verbs(app);
  if (name == "pome") return page_of_command(describe(app), verbs);
  for (const VerbText& verb : verbs)
    if (verb.name == name) return page_of_verb(verb);
  return {};
}

}  // namespace pome::cli
