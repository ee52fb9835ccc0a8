// What a model file says of itself, whether or not it can be run here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

#pragma GCC visibility push(default)

namespace pome {

/// One model of a pipeline. A plain value.
struct ModelPart {
  /// As the pipeline calls it; may be empty.
  std::string name;
  /// "treeEnsembleClassifier", ...
  std::string type;
  /// As ModelInfo's.
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<ModelPart> parts;
};

/// One op of a network. A neural network's layers are shown as the ops that they become here. A
/// plain value.
struct OperationInfo {
  /// Of its first output.
  std::string name;
  /// "conv", "relu", ...
  std::string kind;
  /// How many loops and branches it stands in.
  int depth = 0;
  /// Names of the values that it reads and that are not constant.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  /// "fp32 [1,32,112,112]", one an output; an extent that is not known is "?".
  std::vector<std::string> output_types;
  /// Numbers in constants of at least ten, their element types and their bytes, as they are here: a
  /// neural network's are float32 whatever the file holds (ModelInfo::weights tells that).
  int64_t weights = 0;
  std::string weight_type;
  uint64_t weight_bytes = 0;
};

/// What `pome info` shows. A plain value.
struct ModelInfo {
  ModelDescription description;
  /// ".mlmodel", ".mlpackage", or ".mlmodelc" for what compile_model() made.
  std::string container;
  /// Bytes of the file, or of all files of the package.
  uint64_t bytes = 0;
  /// Kinds of layers (neural networks), ops (ML programs) or parts (pipelines) with their counts,
  /// most frequent first; empty for others.
  std::vector<std::pair<std::string, int64_t>> operations;
  /// Element types of the stored weights with their numbers of values: {"fp16", 650000} of an ML
  /// program, {"float16", 650000} or {"4 bits quantised", 650000} of a neural network.
  std::vector<std::pair<std::string, int64_t>> weights;
  /// The op set of an ML program's function, "ios16"; empty for other models.
  std::string opset;
  /// The ops of a network's function, in order; empty for other models and for networks that
  /// cannot be read here.
  std::vector<OperationInfo> program;
  /// What happens to a network's pictures first: input (empty: the only one) and formula, e.g.
  /// {"image", "red, green and blue x 0.0078431 - 1"}. Of an ML program what its first ops say.
  std::vector<std::pair<std::string, std::string>> preprocessing;
  /// What else matters of a type that is no network, e.g. {"trees", "100"}, {"kernel", "RBF"},
  /// {"language", "en"}; texts are the file's own.
  std::vector<std::pair<std::string, std::string>> facts;
  /// The models of a pipeline, in order, nested ones in turn.
  std::vector<ModelPart> parts;
  /// "iOS 11, macOS 10.13": the oldest systems whose Core ML opens it.
  std::string availability;
  /// Whether this version of Pome runs it, and if not, the reason.
  bool runnable = false;
  std::string not_runnable_reason;
};

/// Reads a model without compiling it. Errors: as Model::load(), but a model that is valid and only
/// cannot be run is no error: `runnable` is false and says why.
Result<ModelInfo> inspect(const std::filesystem::path& path,
                          const ModelConfiguration& configuration = {});

/// One thing that is wrong with a model, and where.
struct Complaint {
  std::string message;
  std::vector<std::string> places;
};

/// Everything that is wrong with a model file; empty when nothing is. An Error only where the file
/// cannot be read at all or is no model.
Result<std::vector<Complaint>> validate(const std::filesystem::path& path,
                                        const ModelConfiguration& configuration = {});

}  // namespace pome

#pragma GCC visibility pop
