// The outputs of a network: blobs squeezed to what is declared, labels and probabilities.
#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "base/try.h"
#include "import/neuralnetwork/network.h"

namespace pome::import {
namespace {

/// A folded blob [N,C,H,W] as the rank-5 world gives it out: [C] or [C,H,W], by the declaration
/// where it fits, else by what is there. What may differ from 1 of Seq and Batch stays in front:
/// [Seq,Batch,C], [Batch,C,H,W] or [Seq,Batch,C,H,W], the shapes in which an input takes it.
ir::Value* unfolded_output(Lowering& l, const FeatureDescription& feature, ir::Value* x) {
  const Shape& s = x->shape();
  if (s.rank() != 4) return x;
  const bool one_pixel = s[2] == 1 && s[3] == 1;
  const bool flat = one_pixel && feature.multi_array.shape.size() != 3;
  std::vector<int64_t> axes;
  if (s[0] == 1) {
    axes = flat ? std::vector<int64_t>{0, 2, 3} : std::vector<int64_t>{0};
  } else {
    if (flat || l.batch(x) != s[0]) x = l.sequence(x);
    if (flat) axes = {3, 4};
  }
  if (x == nullptr || axes.empty()) return x;
  return l.builder().add("squeeze", feature.name + "_squeezed",
                         {{"x", x}, {"axes", ops::Arg::ints(axes)}});
}

/// In the exact world a blob goes out as it is, or under the declared shape where the two differ in
/// axes of 1 alone: [1,3,8,8] as [3,8,8].
ir::Value* declared_output(ops::Builder& b, const FeatureDescription& feature, ir::Value* x) {
  const MultiArrayConstraint& c = feature.multi_array;
  const Shape& s = x->shape();
  if (c.shape.empty() || !c.ranges.empty() || !c.enumerated.empty() || !s.known()) return x;
  std::vector<int64_t> declared;
  std::vector<int64_t> found;
  std::copy_if(c.shape.begin(), c.shape.end(), std::back_inserter(declared),
               [](int64_t d) { return d != 1; });
  std::copy_if(s.begin(), s.end(), std::back_inserter(found), [](int64_t d) { return d != 1; });
  const bool same = std::equal(s.begin(), s.end(), c.shape.begin(), c.shape.end());
  if (same || declared != found || !Shape::fits_rank(c.shape.size())) return x;
  return b.add("reshape", feature.name + "_declared",
               {{"x", x}, {"shape", ops::Arg::ints(std::span(c.shape))}});
}

/// Makes function outputs under the features' own names.
class OutputNames {
 public:
  explicit OutputNames(ops::Builder& builder) : builder_(builder) {
    for (const auto& op : builder.block().ops())
      for (const auto& value : op->outputs()) holders_[value->name()] = value.get();
  }

  /// Appends `x` to the function's outputs as `name`; whoever had the name gets another. An input,
  /// a constant or what is an output already goes through `identity`.
  void append(const std::string& name, ir::Value* x) {
    if (x == nullptr) return;
    const bool is_constant = x->producer() != nullptr && x->producer()->kind() == ir::kConstOp;
    if (x->producer() == nullptr || is_constant || !used_.insert(x).second)
      x = builder_.add("identity", name, {{"x", x}});
    if (x == nullptr) return;
    const auto holder = holders_.find(name);
    if (holder != holders_.end() && holder->second != x && holder->second->name() == name)
      holder->second->set_name(builder_.unique_name(name));
    x->set_name(name);
    holders_[name] = x;
    builder_.block().outputs().push_back(x);
  }

 private:
  ops::Builder& builder_;
  std::unordered_map<std::string, ir::Value*> holders_;
  std::unordered_set<const ir::Value*> used_;
};

Result<ir::Value*> find_output(const Lowering& l, const Network& network, const std::string& name) {
  if (ir::Value* x = l.blob(name)) return x;
  std::vector<std::string> known;
  for (const auto& layer : *network.layers)
    for (const std::string& output : layer.output()) known.push_back(output);
  return Error(ErrorCode::kInvalidModel,
               "output " + quoted(name) + " is no layer's output." + did_you_mean(name, known));
}

/// The first output of the last layer.
Result<ir::Value*> last_blob(const Lowering& l, const Network& network) {
  const auto& last = *network.layers->rbegin();
  ir::Value* blob = last.output_size() > 0 ? l.blob(last.output(0)) : nullptr;
  if (blob != nullptr) return blob;
  return Error(ErrorCode::kInvalidModel, "the last layer " + quoted(last.name()) +
                                             " has no output that could be the network's");
}

/// labelProbabilityLayerName names a blob or a layer; without it the last layer has the
/// probabilities.
Result<ir::Value*> probabilities(const Lowering& l, const Network& network) {
  const std::string& name = network.classifier->labelprobabilitylayername();
  if (network.layers->empty())
    return Error(ErrorCode::kInvalidModel, "the classifier has no layers");
  if (name.empty()) return last_blob(l, network);
  if (ir::Value* x = l.blob(name)) return x;
  for (const auto& layer : *network.layers)
    if (layer.name() == name && layer.output_size() > 0) return l.blob(layer.output(0));
  return find_output(l, network, name);
}

Result<ir::LiteralPtr> label_list(const spec::NeuralNetworkClassifier& c) {
  using ir::Literal;
  using ir::Type;
  std::vector<ir::LiteralPtr> members;
  ir::DType dtype = ir::DType::kString;
  if (c.has_int64classlabels()) {
    dtype = ir::DType::kInt64;
    for (const int64_t label : c.int64classlabels().vector())
      members.push_back(Literal::copy(Type::scalar(dtype), std::span<const int64_t>(&label, 1)));
  } else {
    for (const std::string& label : c.stringclasslabels().vector())
      members.push_back(Literal::string(label));
  }
  if (members.empty()) return Error(ErrorCode::kInvalidModel, "the classifier has no labels");
  const auto n = static_cast<int64_t>(members.size());
  return Literal::aggregate(Type::list(Type::scalar(dtype), n), std::move(members));
}

Status add_classify(Lowering& l, const Network& network, ir::Op*& classify) {
  ops::Builder& b = l.builder();
  POME_ASSIGN(ir::Value * x, probabilities(l, network));
  POME_ASSIGN(const ir::LiteralPtr labels, label_list(*network.classifier));
  const auto elements = x->shape().checked_elements();
  if (elements && *elements != labels->size())
    return Error(ErrorCode::kInvalidModel, "the classifier has " + std::to_string(labels->size()) +
                                               " labels, its probabilities have shape " +
                                               x->shape().to_string());
  x = b.add("reshape", "probabilities", {{"x", x}, {"shape", ops::Arg::ints({labels->size()})}});
  ir::Value* classes = b.constant(labels, "classes");
  classify = b.add_op("classify", "classify", {{"probabilities", x}, {"classes", classes}});
  POME_TRY(b.status());
  return {};
}

}  // namespace

Status add_outputs(Lowering& l, const Network& network, const ModelDescription& description) {
  ops::Builder& b = l.builder();
  ir::Op* classify = nullptr;
  if (network.classifier != nullptr) {
    Status status = add_classify(l, network, classify);
    if (!status.ok()) return std::move(status).error().at("classifier");
  }
  OutputNames names(b);
  if (classify != nullptr) {
    const auto& [label, probabilities] =
        std::pair(description.predicted_feature_name, description.predicted_probabilities_name);
    names.append(label.empty() ? "classLabel" : label, classify->output(0));
    names.append(probabilities.empty() ? "classLabelProbs" : probabilities, classify->output(1));
  }
  for (const FeatureDescription& feature : description.outputs) {
    const bool of_classifier =
        network.classifier != nullptr && (feature.name == description.predicted_feature_name ||
                                          feature.name == description.predicted_probabilities_name);
    if (of_classifier) continue;
    auto blob = find_output(l, network, feature.name);
    if (!blob.ok() && network.regressor != nullptr && !network.layers->empty())
      blob = last_blob(l, network);
    if (!blob.ok()) return std::move(blob).error();
    ir::Value* x = *blob;
    if (feature.type != FeatureType::kImage)
      x = l.exact() ? declared_output(b, feature, x) : unfolded_output(l, feature, x);
    names.append(feature.name, x);
    if (!b.ok()) return Error(b.status().error()).at("output " + quoted(feature.name));
  }
  return b.status();
}

}  // namespace pome::import
