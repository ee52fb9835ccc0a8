#include "pome/inspect.h"

#include <algorithm>
#include <map>

#include "api/load.h"
#include "api/operations.h"
#include "api/preprocessing.h"
#include "base/try.h"
#include "cpu/isa.h"
#include "format/model_file.h"
#include "import/description.h"
#include "import/facts.h"
#include "import/preprocessing_text.h"
#include "import/stored_weights.h"
#include "import/summary.h"
#include "pome/version.h"

namespace pome {
namespace {

std::string availability_of(int version) {
  static constexpr const char* kSystems[] = {
      "",
      "iOS 11, macOS 10.13",
      "iOS 11.2, macOS 10.13.2",
      "iOS 12, macOS 10.14",
      "iOS 13, macOS 10.15",
      "iOS 14, macOS 11",
      "iOS 15, macOS 12",
      "iOS 16, macOS 13",
      "iOS 17, macOS 14",
      "iOS 18, macOS 15",
      "iOS 26, macOS 26",
  };
  return version >= 1 && version <= 10 ? kSystems[version] : "";
}

uint64_t size_on_disk(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::filesystem::file_size(path, error);
  uint64_t total = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
    if (entry.is_regular_file(error)) total += entry.file_size(error);
  }
  return total;
}

std::vector<std::pair<std::string, int64_t>> by_count(
    const std::map<std::string, int64_t>& counts) {
  std::vector<std::pair<std::string, int64_t>> list(counts.begin(), counts.end());
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

/// Values of each element type among the constants of at least ten elements (smaller ones are
/// parameters, not weights).
void count_weights(const ir::Block& block, std::map<std::string, int64_t>& counts) {
  for (const auto& op : block.ops()) {
    for (const auto& [name, literal] : op->attributes()) {
      const ir::Type& type = literal->type();
      if (!type.is_tensor() || type.dtype() == ir::DType::kString || literal->size() < 10) continue;
      counts[std::string(ir::name(type.dtype()))] += literal->size();
    }
    for (const auto& inner : op->blocks()) count_weights(*inner, counts);
  }
}

ModelPart part_of(import::ModelFacts facts) {
  ModelPart part{std::move(facts.name), std::move(facts.type), std::move(facts.facts), {}};
  for (import::ModelFacts& inner : facts.parts) part.parts.push_back(part_of(std::move(inner)));
  return part;
}

}  // namespace

Result<ModelInfo> inspect(const std::filesystem::path& path,
                          const ModelConfiguration& configuration) {
  POME_ASSIGN(format::ModelFile file, format::ModelFile::load(path));
  ModelInfo info;
  auto description = import::read_description(file.model());
  if (!description.ok()) return std::move(description).error().at(path.string());
  info.description = *std::move(description);
  info.container = !file.package()                                           ? ".mlmodel"
                   : std::filesystem::exists(path / format::kCompiledMarker) ? ".mlmodelc"
                                                                             : ".mlpackage";
  info.bytes = size_on_disk(path);
  info.operations = by_count(import::count_operations(file.model()));
  ModelPart whole = part_of(import::facts_of(file.model()));
  info.facts = std::move(whole.facts);
  info.parts = std::move(whole.parts);
  info.preprocessing = import::preprocessing_of(file.model());
  info.availability = availability_of(info.description.specification_version);
  if (format::is_network(info.description.model_type)) {
    auto imported = api::import_network(api::source_of(file), info.description);
    std::map<std::string, int64_t> counts;
    if (imported.ok()) {
      for (const auto& [name, function] : imported->program->functions)
        count_weights(function->body, counts);
      const auto& functions = imported->program->functions;
      const auto main = functions.find(info.description.default_function_name);
      if (!functions.empty()) {
        const ir::Function& function =
            main != functions.end() ? *main->second : *functions.begin()->second;
        info.program = api::operations_of(function);
        if (info.description.model_type == "mlProgram") {
          info.opset = ir::text_tag(function.opset);
          info.preprocessing = api::preprocessing_of(function, info.description);
        }
      }
    }
    if (info.description.model_type != "mlProgram") counts = import::stored_weights(file.bytes());
    info.weights = by_count(counts);
  }
  // Runnable is what loading says, not what we hope.
  auto predictor = api::load_predictor(path, configuration);
  info.runnable = predictor.ok();
  if (!info.runnable) {
    std::string reason;
    for (size_t i = 1; i < predictor.error().places().size(); ++i)
      reason += predictor.error().places()[i] + ": ";
    info.not_runnable_reason = reason + predictor.error().message();
  }
  return info;
}

Result<std::vector<Complaint>> validate(const std::filesystem::path& path,
                                        const ModelConfiguration& configuration) {
  POME_ASSIGN(format::ModelFile file, format::ModelFile::load(path));
  std::vector<Complaint> complaints;
  const auto complain = [&](const Error& error) {
    complaints.push_back({error.message(), error.places()});
  };
  if (auto description = import::read_description(file.model()); !description.ok())
    complain(description.error());
  if (!complaints.empty()) return complaints;
  auto predictor = api::load_predictor(path, configuration);
  if (predictor.ok()) return complaints;
  if (predictor.error().code() == ErrorCode::kUnsupported) {
    // The description is fine; whether the rest is, only running it would tell.
    return std::move(predictor).error();
  }
  Error error = std::move(predictor).error();
  std::vector<std::string> inner(error.places().begin() + (error.places().empty() ? 0 : 1),
                                 error.places().end());
  complaints.push_back({error.message(), std::move(inner)});
  return complaints;
}

std::string_view isa_in_use() {
  const auto isa = cpu::choose_isa();
  return isa.ok() ? cpu::name(*isa) : "none";
}

}  // namespace pome
