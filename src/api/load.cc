#include "api/load.h"

#include <optional>
#include <utility>

#include "api/compiled_cache.h"
#include "base/try.h"

namespace pome::api {

format::Limits file_limits(const ModelConfiguration& configuration) {
  format::Limits limits;
  limits.max_memory_bytes = configuration.memory_limit;
  return limits;
}

ModelSource source_of(const format::ModelFile& file) { return {file.share(), file.weights(), {}}; }

Result<std::unique_ptr<Predictor>> load_predictor(const std::filesystem::path& path,
                                                  const ModelConfiguration& configuration) {
  std::optional<CompiledCache> cache = CompiledCache::open(path, configuration);
  if (cache) {
    if (auto predictor = cache->find()) return predictor;
  }
  POME_ASSIGN(format::ModelFile file, format::ModelFile::load(path, file_limits(configuration)));
  Result<std::unique_ptr<Predictor>> predictor = make_predictor(source_of(file), configuration);
  if (!predictor.ok()) return std::move(predictor).error().at(path.string());
  if (cache) cache->store(**predictor);
  return predictor;
}

Result<std::unique_ptr<Predictor>> load_predictor(
    std::span<const std::byte> specification,
    const std::map<std::string, std::vector<std::byte>>& weights,
    const ModelConfiguration& configuration) {
  auto copy = MappedFile::holding({specification.begin(), specification.end()});
  const std::span<const std::byte> bytes = copy->bytes();
  POME_ASSIGN(format::ModelFile file,
              format::ModelFile::parse(bytes, std::move(copy), file_limits(configuration)));
  format::WeightFiles::InMemory files;
  for (const auto& [name, blob] : weights) files[name] = MappedFile::holding(blob);
  return make_predictor({file.share(), format::WeightFiles(std::move(files)), {}}, configuration);
}

}  // namespace pome::api
