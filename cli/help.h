// What `pome --help` prints.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace pome::cli {

/// CLI11's help for verbs. For the command itself a page of at most 23 lines of 80 columns, which a
/// terminal shows whole: the three verbs that come first in the definitions, then the others.
class Help final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

}  // namespace pome::cli
