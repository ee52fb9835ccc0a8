#include "classic/classic.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "classic/classic_predictor.h"
#include "classic/families.h"

namespace pome::classic {
namespace {

MakeEvaluator find(std::string_view type) {
  for (const auto& family : {learned_types(), engineering_types()})
    for (const ModelTypeRow& row : family)
      if (row.name == type) return row.make;
  return nullptr;
}

}  // namespace

bool supports(std::string_view type) { return find(type) != nullptr; }

Result<std::unique_ptr<Predictor>> make_predictor(const Source& source) {
  const MakeEvaluator make = find(source.description.model_type);
  if (make == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 "models of type " + quoted(source.description.model_type) + " are not supported");
  }
  POME_ASSIGN(std::unique_ptr<Evaluator> evaluator, make(source));
  return std::unique_ptr<Predictor>(std::make_unique<ClassicPredictor>(
      source.description, source.configuration, std::move(evaluator)));
}

}  // namespace pome::classic
