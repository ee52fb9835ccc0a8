#include "import/optional_inputs.h"

#include <set>
#include <string_view>

#include "format/proto/model.pb.h"

namespace pome::import {
namespace {

namespace proto = CoreML::Specification;
using Names = std::set<std::string_view>;

const proto::Pipeline* pipeline_of(const proto::Model& model) {
  if (model.has_pipeline()) return &model.pipeline();
  if (model.has_pipelineclassifier()) return &model.pipelineclassifier().pipeline();
  if (model.has_pipelineregressor()) return &model.pipelineregressor().pipeline();
  return nullptr;
}

/// Adds names of thresholds to `optional`, and names that something else reads to `needed`. As deep
/// as check_model() allows.
void sort_names(const proto::Model& model, Names& optional, Names& needed) {
  if (const proto::Pipeline* pipeline = pipeline_of(model)) {
    for (const proto::Model& part : pipeline->models()) sort_names(part, optional, needed);
    return;
  }
  Names thresholds;
  if (model.has_nonmaximumsuppression()) {
    thresholds.insert(model.nonmaximumsuppression().iouthresholdinputfeaturename());
    thresholds.insert(model.nonmaximumsuppression().confidencethresholdinputfeaturename());
  }
  for (const proto::FeatureDescription& input : model.description().input())
    (thresholds.count(input.name()) ? optional : needed).insert(input.name());
}

}  // namespace

void mark_optional_inputs(const proto::Model& model, ModelDescription& description) {
  if (pipeline_of(model) == nullptr && !model.has_nonmaximumsuppression()) return;
  Names optional;
  Names needed;
  sort_names(model, optional, needed);
  for (FeatureDescription& input : description.inputs) {
    if (optional.count(input.name) && !needed.count(input.name)) input.optional = true;
  }
}

}  // namespace pome::import
