#include "import/facts.h"

#include "format/model_file.h"
#include "format/proto/model.pb.h"
#include "import/facts_of_types.h"

namespace pome::import {
namespace {

namespace spec = CoreML::Specification;

const spec::Pipeline* pipeline_of(const spec::Model& model) {
  if (model.has_pipeline()) return &model.pipeline();
  if (model.has_pipelineclassifier()) return &model.pipelineclassifier().pipeline();
  if (model.has_pipelineregressor()) return &model.pipelineregressor().pipeline();
  return nullptr;
}

}  // namespace

ModelFacts facts_of(const spec::Model& model) {
  ModelFacts facts;
  facts.type = format::model_type_name(model);
  const spec::Pipeline* pipeline = pipeline_of(model);
  if (pipeline == nullptr) {
    add_learned_facts(model, facts);
    add_engineering_facts(model, facts);
    add_system_facts(model, facts);
    return facts;
  }
  // As deep as check_model() allows.
  for (int i = 0; i < pipeline->models_size(); ++i) {
    ModelFacts part = facts_of(pipeline->models(i));
    if (i < pipeline->names_size()) part.name = pipeline->names(i);
    facts.parts.push_back(std::move(part));
  }
  return facts;
}

}  // namespace pome::import
