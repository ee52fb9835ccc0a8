#include "api/linked_model.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "api/load.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/check_inputs.h"
#include "format/package.h"
#include "format/proto/model.pb.h"

namespace pome::api {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 64;  // files that are loaded for one model

/// The linked model under the description of the linking one.
class LinkedPredictor final : public Predictor {
 public:
  LinkedPredictor(ModelDescription description, std::unique_ptr<Predictor> linked)
      : description_(std::move(description)), linked_(std::move(linked)) {}

  const ModelDescription& description() const override { return description_; }
  Result<FeatureProvider> predict(const FeatureProvider& inputs,
                                  const PredictionOptions& options) const override {
    return linked_->predict(inputs, options);
  }
  Result<FeatureProvider> predict_with_states(const FeatureProvider& inputs,
                                              const PredictionOptions& options,
                                              StateBuffers& states) const override {
    return linked_->predict_with_states(inputs, options, states);
  }
  Result<std::vector<FeatureProvider>> predict_batch(
      std::span<const FeatureProvider> batch, const PredictionOptions& options) const override {
    return linked_->predict_batch(batch, options);
  }
  ComputePlan compute_plan() const override { return linked_->compute_plan(); }
  Result<ComputePlan> profile(const FeatureProvider& inputs, int runs,
                              const PredictionOptions& options) const override {
    return linked_->profile(inputs, runs, options);
  }

 private:
  ModelDescription description_;
  std::unique_ptr<Predictor> linked_;
};

/// The file names that `name` may mean.
std::vector<std::string> candidates(const std::string& name) {
  const fs::path path(name);
  std::vector<std::string> names;
  if (path.extension() == ".mlmodelc" || path.extension().empty()) {
    const std::string stem = (path.parent_path() / path.stem()).string();
    names = {stem + ".mlmodel", stem + ".mlpackage"};
  } else {
    names = {name};
  }
  return names;
}

Result<fs::path> find_file(const std::string& name, const fs::path& folder) {
  if (name.empty()) return Error(ErrorCode::kInvalidModel, "the linked model has no file name");
  if (folder.empty()) {
    return Error(ErrorCode::kInvalidArgument,
                 "the model links to " + quoted(name) +
                     "; give the folder that holds it (ModelConfiguration::"
                     "linked_model_search_path, --linked-models)");
  }
  const std::vector<std::string> names = candidates(name);
  for (const std::string& candidate : names) {
    Result<fs::path> found = format::resolve_inside(folder, folder, candidate);
    if (found.ok()) return found;
    if (found.error().code() != ErrorCode::kNotFound) {
      return Error(ErrorCode::kInvalidModel,
                   "the linked model's name " + quoted(candidate) +
                       " does not stay in the folder of linked models: " + found.error().message());
    }
  }
  return Error(ErrorCode::kNotFound, "the linked model is not there: tried were " +
                                         quoted_list(names) + " below " + quoted(folder.string()));
}

/// Every input that the linked model needs is described, and every output is made.
Status check_features(const ModelDescription& outer, const ModelDescription& inner) {
  for (const FeatureDescription& f : inner.inputs) {
    if (!f.optional && outer.input(f.name) == nullptr) {
      return Error(ErrorCode::kInvalidModel, "the linked model takes " + quoted(f.name) +
                                                 ", the linking one describes " +
                                                 quoted_list(names_of(outer.inputs)));
    }
  }
  for (const FeatureDescription& f : outer.outputs) {
    if (inner.output(f.name) == nullptr) {
      return Error(ErrorCode::kInvalidModel, "the model describes the output " + quoted(f.name) +
                                                 ", the linked one makes " +
                                                 quoted_list(names_of(inner.outputs)));
    }
  }
  return {};
}

/// The chain one file longer. Errors: the file is in it already; too many.
Result<Links> follow(const Links& links, const fs::path& file) {
  Links longer = links;
  if (longer.loaded == nullptr) longer.loaded = std::make_shared<int>(0);
  if (std::find(links.chain.begin(), links.chain.end(), file) != links.chain.end()) {
    std::vector<std::string> names;
    for (const fs::path& path : links.chain) names.push_back(path.filename().string());
    return Error(ErrorCode::kInvalidModel, "the links form a loop: " + quoted_list(names) +
                                               " link on to " + quoted(file.filename().string()) +
                                               " again");
  }
  if (++*longer.loaded > kMaxLinks) {
    return Error(ErrorCode::kLimitExceeded,
                 "more than " + std::to_string(kMaxLinks) + " linked models belong to one model");
  }
  longer.chain.push_back(file);
  return longer;
}

}  // namespace

Result<std::unique_ptr<Predictor>> make_linked_model(const ModelSource& source,
                                                     ModelDescription description,
                                                     const ModelConfiguration& configuration,
                                                     const LinkFactory& make) {
  const auto& link = source.model->linkedmodel().linkedmodelfile();
  POME_ASSIGN(const fs::path file, find_file(link.linkedmodelfilename().defaultvalue(),
                                             configuration.linked_model_search_path));
  POME_ASSIGN(Links links, follow(source.links, file));
  POME_ASSIGN(const format::ModelFile loaded,
              format::ModelFile::load(file, file_limits(configuration)));
  ModelSource linked = source_of(loaded);
  linked.links = std::move(links);
  Result<std::unique_ptr<Predictor>> predictor = make(linked);
  if (!predictor.ok()) return std::move(predictor).error().at(file.string());
  POME_TRY(check_features(description, (*predictor)->description()));
  return std::unique_ptr<Predictor>(
      std::make_unique<LinkedPredictor>(std::move(description), *std::move(predictor)));
}

}  // namespace pome::api
