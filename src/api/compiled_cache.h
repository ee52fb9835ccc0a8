// Compiled networks, kept from one process to the next.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/cache_folder.h"
#include "base/content_hash.h"
#include "feature/predictor.h"
#include "pome/model_configuration.h"

namespace pome::api {

/// What one model is called in the cache folder. Two names lead to the compiled form: that of the
/// model's files as the file system knows them (device, inode, size, time), under which a few bytes
/// say the other, and that of their content.
class CompiledCache {
 public:
  /// Nothing where the configuration wants no cache, or where there can be none: no usable folder
  /// (which is noted), custom layers, float16 emulated.
  static std::optional<CompiledCache> open(const std::filesystem::path& model,
                                           const ModelConfiguration& configuration);

  /// The model as it was compiled before; null when it was not, when it does not fit the memory
  /// limit, or when what lies there is damaged or not to be trusted (noted).
  std::unique_ptr<Predictor> find();
  /// Keeps what find() did not give, if it is of a kind that can be kept; what hinders it is noted.
  void store(const Predictor& predictor);

 private:
  CompiledCache(std::filesystem::path model, const ModelConfiguration& configuration,
                CacheFolder folder, ContentHash options, ContentHash files);
  std::unique_ptr<Predictor> load(const std::string& name);
  std::optional<std::string> name_by_content();
  void note(const std::string& sentence) const;

  std::filesystem::path model_;
  const ModelConfiguration& configuration_;
  CacheFolder folder_;
  ContentHash options_;
  ContentHash files_;
};

}  // namespace pome::api
