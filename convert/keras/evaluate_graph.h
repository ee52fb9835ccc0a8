// Walks a model call by call and translates each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "convert/keras/layer_kind.h"

namespace pome::keras {

/// Inlines a model and all models in it. Shared layers are translated once for each call, over the
/// same weights.
class GraphWalker {
 public:
  GraphWalker(Writer& writer, const SourceModel& source, std::vector<std::string>& notes)
      : w_(writer), source_(source), notes_(notes) {}

  /// The model's outputs for these inputs. `prefix` begins the names of its ops.
  Result<std::vector<Tensor>> run(const Model& model, const std::vector<Tensor>& inputs,
                                  const std::string& prefix);

 private:
  using Values = std::map<std::pair<std::string, int64_t>, std::vector<Tensor>>;
  struct Node {
    const Layer* layer = nullptr;
    int64_t call = 0;
  };
  Result<std::vector<Tensor>> run_sequential(const Model& model, std::vector<Tensor> tensors,
                                             const std::string& prefix);
  Result<std::vector<Tensor>> run_functional(const Model& model, const std::vector<Tensor>& inputs,
                                             const std::string& prefix);
  Result<std::vector<Node>> ordered_nodes(const Model& model, const Values& known) const;
  Result<std::vector<Tensor>> call(const Layer& layer, std::vector<Argument> args,
                                   std::map<std::string, Argument, std::less<>> kwargs,
                                   const std::string& prefix);

  Writer& w_;
  const SourceModel& source_;
  std::vector<std::string>& notes_;
  size_t calls_ = 0;
};

/// Where a reference points inside its model: the position in calls of the layer it names. Error
/// when there is no such call or the layer is unknown.
Result<std::pair<std::string, int64_t>> resolve(const Model& model, const Reference& reference);

}  // namespace pome::keras
