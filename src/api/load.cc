#include "api/load.h"

#include <utility>

#include "base/try.h"

namespace pome::api {

ModelSource source_of(const format::ModelFile& file) { return {file.share(), file.weights(), {}}; }

Result<std::unique_ptr<Predictor>> load_predictor(const std::filesystem::path& path,
                                                  const ModelConfiguration& configuration) {
  format::Limits limits;
  limits.max_memory_bytes = configuration.memory_limit;
  POME_ASSIGN(format::ModelFile file, format::ModelFile::load(path, limits));
  Result<std::unique_ptr<Predictor>> predictor = make_predictor(source_of(file), configuration);
  if (!predictor.ok()) return std::move(predictor).error().at(path.string());
  return predictor;
}

}  // namespace pome::api
