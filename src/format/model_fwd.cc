#include "format/model_fwd.h"

#include "format/proto/model.pb.h"

namespace pome::format {

void DeleteModel::operator()(CoreML::Specification::Model* model) const { delete model; }

ModelPtr new_model() { return ModelPtr(new CoreML::Specification::Model()); }

}  // namespace pome::format
