// Inputs and outputs of a converted model: names, shapes, pictures, labels.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "convert/common/writer.h"
#include "ops/image_preprocessing.h"
#include "pome/convert.h"
#include "pome/model_description.h"

namespace pome::translate {

/// A translated model, ready to be exported.
struct Converted {
  std::unique_ptr<ir::Program> program;
  ModelDescription description;
  std::vector<ops::ImagePreprocessing> preprocessing;
  std::string source;
  std::vector<std::string> notes;
  int64_t layers = 0;
  int64_t parameters = 0;
};

/// An input as the source has it: open extents are -1, the batch is axis 0.
struct SourceInput {
  std::string name;
  std::vector<int64_t> shape;
  /// Pictures of the source have their channels at axis 1 instead of the last.
  bool channels_first = false;
};

/// The border of one model while it is converted: first add_inputs() and plan_outputs(), then the
/// layers, then add_outputs(). Borrows all it is given.
class Border {
 public:
  Border(Writer& writer, const ConvertOptions& options, Converted& converted)
      : w_(writer), options_(options), out_(converted) {}

  /// Declares the function's inputs and describes them. Errors: names or shapes that do not fit,
  /// open extents that no option closes, a picture that is none.
  Result<std::vector<Tensor>> add_inputs(const std::vector<SourceInput>& inputs);
  /// Takes the outputs' names (as the source has them) before any op can. Errors: names or labels
  /// that do not fit.
  Status plan_outputs(const std::vector<std::string>& names);
  /// Ends the function with its outputs (and the classifier, when there are labels) and describes
  /// them; as many as were planned. Errors: labels that do not fit.
  Status add_outputs(const std::vector<Tensor>& outputs);

 private:
  struct Planned {
    std::string name;
    Shape shape;
    bool picture = false;
  };
  Result<Shape> close(const SourceInput& input, const std::string& name) const;
  Status plan_names(const std::vector<SourceInput>& inputs);
  Status plan_pictures(const std::vector<SourceInput>& inputs);
  Result<Tensor> add_picture(const SourceInput& input, const Planned& planned);
  Tensor add_array(const Planned& planned);
  Result<Tensor> probabilities_of(const Tensor& output);
  Status add_classifier(const Tensor& output);
  void add_output(const Tensor& output, const std::string& name);
  std::string own_name(const std::string& wanted, std::string_view what);
  void note(std::string sentence) { out_.notes.push_back(std::move(sentence)); }

  Writer& w_;
  const ConvertOptions& options_;
  Converted& out_;
  std::vector<Planned> planned_;
  /// The classified output's own name, and the final names of the others.
  std::string classified_;
  std::vector<std::string> output_names_;
};

}  // namespace pome::translate
