#include <string>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "export/export.h"
#include "format/proto/model.pb.h"
#include "format/save.h"

namespace pome::exporter {

Status save(const Exported& exported, const std::filesystem::path& path) {
  POME_ASSIGN(const std::vector<std::byte> model, format::serialize(*exported.model));
  const std::filesystem::path name = path.has_filename() ? path : path.parent_path();
  const std::string suffix = name.extension().string();
  if (suffix == ".mlpackage") {
    const format::WeightPart part{"weight.bin", exported.weights};
    return format::write_package(
        path, model, std::span(&part, static_cast<size_t>(exported.weights.empty() ? 0 : 1)));
  }
  const auto refuse = [&](const std::string& why) {
    return Error(ErrorCode::kInvalidArgument, why).at(path.string());
  };
  if (suffix != ".mlmodel")
    return refuse("the suffix is " + pome::quoted(suffix) + ", .mlmodel or .mlpackage is expected");
  if (exported.model->has_mlprogram())
    return refuse("an ML program is written as .mlpackage, not as .mlmodel");
  return write_file_atomically(path, model);
}

}  // namespace pome::exporter
