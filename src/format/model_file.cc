#include "format/model_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "format/proto/model.pb.h"
#include "format/recognise.h"
#include "format/weight_file.h"
#include "format/wire_scan.h"

namespace pome::format {
namespace {

namespace fs = std::filesystem;
namespace proto = CoreML::Specification;

constexpr int kMaxPipelineDepth = 16;
constexpr std::string_view kModelPath = "@model_path/";

Result<ModelPtr> parse_message(std::span<const std::byte> bytes, const Limits& limits) {
  const Result<ScanReport> scan = scan_model(bytes, limits);
  if (!scan) return Error(scan.error());
  ModelPtr model = new_model();
  google::protobuf::io::ArrayInputStream array(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream stream(&array);
  stream.SetRecursionLimit(limits.max_depth + 1);
  stream.SetTotalBytesLimit(static_cast<int>(bytes.size()));
  if (model->ParseFromCodedStream(&stream)) return model;
  return Error(ErrorCode::kCorrupt, "the file is not a Core ML model, or damaged");
}

/// The models inside of a pipeline of any kind; null for other models.
const proto::Pipeline* pipeline_of(const proto::Model& model) {
  switch (model.Type_case()) {
    case proto::Model::kPipeline:
      return &model.pipeline();
    case proto::Model::kPipelineClassifier:
      return &model.pipelineclassifier().pipeline();
    case proto::Model::kPipelineRegressor:
      return &model.pipelineregressor().pipeline();
    default:
      return nullptr;
  }
}

Status check_one(const proto::Model& model) {
  const int version = model.specificationversion();
  if (version > kNewestSpecification) {
    return Error(ErrorCode::kUnsupported,
                 "the model has specification version " + std::to_string(version) +
                     ", the newest that is known here is " + std::to_string(kNewestSpecification));
  }
  if (version < 1) {
    return Error(ErrorCode::kInvalidModel,
                 "the model has specification version " + std::to_string(version) +
                     ", 1 to 10 are expected; this is hardly a Core ML model");
  }
  if (model.Type_case() == proto::Model::TYPE_NOT_SET) {
    return Error(ErrorCode::kInvalidModel,
                 "the model has no type: none that is known here is set; it is empty, or damaged");
  }
  return {};
}

Status check_parts(const proto::Model& model, int depth) {
  POME_TRY(check_one(model));
  const proto::Pipeline* pipeline = pipeline_of(model);
  if (pipeline == nullptr) return {};
  if (depth == kMaxPipelineDepth) {
    return Error(ErrorCode::kLimitExceeded,
                 "pipelines are nested more than " + std::to_string(kMaxPipelineDepth) + " deep");
  }
  for (int i = 0; i < pipeline->models_size(); ++i) {
    Status part = check_parts(pipeline->models(i), depth + 1);
    if (!part) return std::move(part).error().at("pipeline part " + std::to_string(i));
  }
  return {};
}

Error named(Error error, const fs::path& path) {
  // Files below the package name themselves.
  const std::string name = path.string();
  if (!error.places().empty() && error.places().front() == name) return error;
  return std::move(error).at(name);
}

}  // namespace

std::string_view model_type_name(const proto::Model& model) {
  if (model.Type_case() == proto::Model::TYPE_NOT_SET) return {};
  return schema_field(schema_messages().front(), static_cast<uint32_t>(model.Type_case()))->name;
}

bool is_network(std::string_view type_name) {
  return type_name == "mlProgram" || type_name.starts_with("neuralNetwork");
}

Status check_model(const proto::Model& model) { return check_parts(model, 0); }

Result<std::shared_ptr<const MappedFile>> WeightFiles::open(std::string_view reference) const {
  POME_ASSIGN(std::shared_ptr<const MappedFile> file, find(reference));
  Status header = check_weight_header(file->bytes());
  if (!header) return std::move(header).error().at(std::string(reference));
  return file;
}

Result<std::shared_ptr<const MappedFile>> WeightFiles::find(std::string_view reference) const {
  if (!package_ && in_memory_.empty()) {
    return Error(ErrorCode::kInvalidModel,
                 "the model refers to the weight file " + quoted(reference) +
                     ", which only an .mlpackage can hold; give the package, not the model file");
  }
  if (!reference.starts_with(kModelPath)) {
    return Error(ErrorCode::kInvalidModel,
                 "the weight file " + quoted(reference) + " does not begin with \"@model_path/\"");
  }
  const std::string_view relative = reference.substr(kModelPath.size());
  if (!package_) {
    auto found = in_memory_.find(relative);
    if (found == in_memory_.end())
      found = in_memory_.find(relative.substr(relative.find_last_of('/') + 1));
    if (found != in_memory_.end()) return found->second;
    return Error(ErrorCode::kInvalidModel, "the model refers to the weight file " +
                                               quoted(reference) + ", which was not given");
  }
  Result<fs::path> path = resolve_inside(package_->root, package_->model.parent_path(), relative);
  if (!path && path.error().code() == ErrorCode::kNotFound && package_->weights) {
    path = resolve_inside(package_->root, *package_->weights,
                          relative.substr(relative.find_last_of('/') + 1));
  }
  if (!path) return Error(path.error());
  return MappedFile::open(*path);
}

Result<ModelFile> ModelFile::parse(std::span<const std::byte> bytes,
                                   std::shared_ptr<const void> owner, const Limits& limits) {
  if (bytes.empty()) return Error(ErrorCode::kInvalidFormat, "the file is empty");
  ModelFile file;
  Result<ModelPtr> model = parse_message(bytes, limits);
  Status checked = model ? check_model(**model) : Status(model.error());
  if (!checked) {
    // A foreign file fails somewhere; what it is helps more than where.
    const std::string kind = recognise(bytes);
    if (!kind.empty()) return Error(ErrorCode::kInvalidFormat, kind);
    return std::move(checked).error();
  }
  file.model_ = *std::move(model);
  file.type_name_ = model_type_name(*file.model_);
  file.bytes_ = bytes;
  file.owner_ = std::move(owner);
  return file;
}

Result<ModelFile> ModelFile::load(const fs::path& path, const Limits& limits) {
  std::error_code ignored;
  std::optional<Package> package;
  if (fs::is_directory(path, ignored)) {
    Result<Package> opened = open_package(path);
    if (!opened) return named(std::move(opened).error(), path);
    package = *std::move(opened);
  }
  Result<std::shared_ptr<const MappedFile>> mapped =
      MappedFile::open(package ? package->model : path);
  if (!mapped) return named(std::move(mapped).error(), path);
  Result<ModelFile> file = parse((*mapped)->bytes(), *mapped, limits);
  if (!file) return named(std::move(file).error(), path);
  file->path_ = path;
  file->package_ = std::move(package);
  return file;
}

}  // namespace pome::format
