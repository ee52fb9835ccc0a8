// --no-cache and --cache-folder: where compiled networks are kept.
#pragma once

#include <string>
#include <vector>

#include "command.h"
#include "pome/model_configuration.h"

namespace pome::cli {

/// The cache is on unless --no-cache says otherwise.
class CacheOptions {
 public:
  void add_to(CLI::App& app);
  /// Sets the cache of `configuration`; what is given up there becomes a note of `output`, which
  /// must live as long.
  void apply(ModelConfiguration& configuration, const Output& output) const;
  /// The same options as words of a command line.
  std::vector<std::string> words() const;

 private:
  bool off_ = false;
  std::string folder_;
};

}  // namespace pome::cli
