#include "pipeline/pipeline.h"

namespace pome::pipeline {

Result<std::unique_ptr<Predictor>> make_pipeline(std::shared_ptr<const spec::Model>,
                                                 ModelDescription, const PartFactory&) {
  return Error(ErrorCode::kUnsupported, "pipelines are not supported yet");
}

}  // namespace pome::pipeline
