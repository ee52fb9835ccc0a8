#include "cache_options.h"

namespace pome::cli {

void CacheOptions::add_to(CLI::App& app) {
  auto* off = app.add_flag("--no-cache", off_, "Compile the model anew and keep nothing of it");
  app.add_option("--cache-folder", folder_,
                 "Where compiled networks are kept (default: $XDG_CACHE_HOME/pome)")
      ->excludes(off);
}

void CacheOptions::apply(ModelConfiguration& configuration, const Output& output) const {
  configuration.note = [&output](const std::string& sentence) { note(output, sentence); };
  if (!off_) configuration.compiled_cache = folder_;
}

std::vector<std::string> CacheOptions::words() const {
  if (off_) return {"--no-cache"};
  return folder_.empty() ? std::vector<std::string>()
                         : std::vector<std::string>{"--cache-folder", folder_};
}

}  // namespace pome::cli
