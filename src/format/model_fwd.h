// Names and owns a Model message without including the generated code.
#pragma once

#include <memory>

namespace CoreML::Specification {
class Model;
}

namespace pome::format {

/// Deletes a Model where its type is complete.
struct DeleteModel {
  void operator()(CoreML::Specification::Model* model) const;
};
/// An owned Model message.
using ModelPtr = std::unique_ptr<CoreML::Specification::Model, DeleteModel>;

/// An empty Model message.
ModelPtr new_model();

}  // namespace pome::format
