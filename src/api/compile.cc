#include "pome/compile.h"

#include <string>
#include <utility>

#include "api/load.h"
#include "base/try.h"
#include "format/save.h"
#include "import/description.h"
#include "ir/printer.h"

namespace pome {
namespace {

/// The program of a network as text; empty for other models and for what is not supported yet.
Result<std::string> mil_text(const format::ModelFile& file) {
  POME_ASSIGN(ModelDescription description, import::read_description(file.model()));
  if (!format::is_network(description.model_type)) return std::string();
  const bool newer = description.specification_version >= 9;
  auto imported = api::import_network(api::source_of(file), std::move(description));
  if (imported.ok()) {
    imported->program->version = newer ? "1.3" : "1.0";  // as Apple's compiler writes
    return ir::print(*imported->program);
  }
  if (imported.error().code() == ErrorCode::kUnsupported) return std::string();
  return std::move(imported).error();
}

}  // namespace

Status compile_model(const std::filesystem::path& source, const std::filesystem::path& destination,
                     const ModelConfiguration& configuration) {
  POME_ASSIGN(const format::ModelFile file,
              format::ModelFile::load(source, api::file_limits(configuration)));
  Result<std::string> mil = mil_text(file);
  if (!mil.ok()) return std::move(mil).error().at(source.string());
  return format::write_compiled(file, destination, *mil);
}

}  // namespace pome
