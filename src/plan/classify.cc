#include "plan/classify.h"

#include <algorithm>

#include "base/text.h"

namespace pome::plan {

Result<ClassifyRecord> read_classify(const ir::Op& op) {
  ClassifyRecord record;
  const ir::Literal* classes = op.constant("classes");
  if (op.input("probabilities") == nullptr || classes == nullptr || op.outputs().size() != 2) {
    return Error(ErrorCode::kUnsupported, "probabilities must be computed and classes constant");
  }
  if (classes->type().is_tensor()) {
    record.string_labels = classes->strings();
    if (record.string_labels.empty()) record.int64_labels = classes->to_ints();
  } else {
    for (const ir::LiteralPtr& label : classes->members()) {
      if (label->type().dtype() == ir::DType::kString) {
        record.string_labels.emplace_back(label->text());
      } else {
        record.int64_labels.push_back(label->integer());
      }
    }
  }
  record.present = true;
  record.label_output = op.output(0)->name();
  record.probabilities_output = op.output(1)->name();
  return record;
}

Status check_labels(const ClassifyRecord& classes, const std::string& name, const Shape& shape) {
  const size_t count = std::max(classes.string_labels.size(), classes.int64_labels.size());
  if (static_cast<int64_t>(count) == shape.elements()) return {};
  return Error(ErrorCode::kInvalidModel, "there are " + std::to_string(count) + " class labels, " +
                                             quoted(name) + " has " +
                                             std::to_string(shape.elements()) + " values");
}

}  // namespace pome::plan
