// ML programs -> IR.
#pragma once

#include <string>

#include "feature/input_shapes.h"
#include "format/model_file.h"
#include "import/imported.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::import {

struct MilOptions {
  /// Reads this function only; empty: all.
  std::string function;
  /// Binds inputs to concrete shapes before anything is inferred.
  InputShapes shapes;
};

/// Translates an mlProgram, all its functions, nearly one to one. Constants in weight files become
/// views of the mapped file, which they keep alive; those in the message are copied. Every op is
/// checked against the op table of its function's opset and its types are inferred anew; where the
/// file knows an extent that inference leaves open it stays open. Then each function is held to the
/// features that `description` declares for it.
///
/// Errors carry places such as "main" and "conv_3 (conv)": kUnsupported names an op, an
/// opset or a type that is not supported; kUnknownName a function that is not there; kInvalidModel
/// what does not fit, both values; kLimitExceeded blocks nested more than 64 deep; and those of
/// weight files.
Result<ImportedModel> import_mil(const CoreML::Specification::Model& model,
                                 const format::WeightFiles& weights, ModelDescription description,
                                 const MilOptions& options = {});

/// The same with the file's own description and weights.
Result<ImportedModel> import_mil(const format::ModelFile& file);

}  // namespace pome::import
