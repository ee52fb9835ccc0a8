// The public face of the converter.
#include "pome/convert.h"

#include "base/text.h"
#include "base/try.h"
#include "convert/translate_file.h"
#include "export/export.h"

namespace pome {
namespace {

Status check_destination(const std::filesystem::path& destination, bool& package) {
  const std::string suffix = destination.extension().string();
  package = suffix == ".mlpackage";
  if (package || suffix == ".mlmodel") return {};
  return Error(ErrorCode::kInvalidArgument,
               "the name of the written model ends in " + quoted(suffix) +
                   ": .mlmodel (neural network) or .mlpackage (ML program) is expected")
      .at(destination.string());
}

}  // namespace

Result<ConversionReport> convert(const std::filesystem::path& source,
                                 const std::filesystem::path& destination,
                                 const ConvertOptions& options) {
  bool package = false;
  POME_TRY(check_destination(destination, package));
  POME_ASSIGN(translate::Converted converted, translate::translate_file(source, options, !package));
  if (options.progress) options.progress("writing", 0);
  const exporter::ExportRequest request{*converted.program, converted.description,
                                        converted.preprocessing,
                                        options.precision == ConvertPrecision::kFloat16};
  Result<exporter::Exported> exported =
      package ? exporter::to_mil(request) : exporter::to_neuralnetwork(request);
  if (!exported.ok()) return std::move(exported).error().at(destination.filename().string());
  POME_TRY(exporter::save(*exported, destination));
  if (options.progress) options.progress("writing", 1);
  ConversionReport report;
  report.source = std::move(converted.source);
  report.description = std::move(converted.description);
  report.layers = converted.layers;
  report.parameters = converted.parameters;
  report.notes = std::move(converted.notes);
  return report;
}

}  // namespace pome
