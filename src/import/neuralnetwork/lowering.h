// What the lowering of a NeuralNetwork layer sees and writes with. Internal to this folder.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "format/proto/neural_network.pb.h"
#include "ops/builder.h"
#include "pome/custom.h"
#include "pome/result.h"

namespace pome::import {

namespace spec = CoreML::Specification;

/// The lowering of one layer after the other. Blobs are named; a later layer may write a name
/// again. The first error sticks (as in ops::Builder): after it, values are null and calls do
/// nothing.
class Lowering {
 public:
  /// `exact`: blobs have the shapes the model states; otherwise the rank-5 world, where every blob
  /// is [N,C,H,W].
  Lowering(ops::Builder& builder, bool exact, std::shared_ptr<const void> owner,
           const CustomLayerFactories* custom_layers = nullptr)
      : builder_(&builder),
        exact_(exact),
        owner_(std::move(owner)),
        custom_layers_(custom_layers) {}

  bool exact() const { return exact_; }
  /// What makes custom layers; null where none is registered.
  const CustomLayerFactories* custom_layers() const { return custom_layers_; }
  ops::Builder& builder() { return *builder_; }
  const spec::NeuralNetworkLayer& layer() const { return *layer_; }
  bool ok() const { return builder_->ok(); }
  void fail(ErrorCode code, std::string message) {
    builder_->fail(Error(code, std::move(message)));
  }

  /// Blobs by name; null when there is none.
  ir::Value* blob(const std::string& name) const;
  void set_blob(const std::string& name, ir::Value* value) { blobs_[name] = value; }
  const std::unordered_map<std::string, ir::Value*>& blobs() const { return blobs_; }
  void set_blobs(std::unordered_map<std::string, ir::Value*> blobs) { blobs_ = std::move(blobs); }
  /// Makes `layer` the current one: checks that its inputs exist.
  Status begin(const spec::NeuralNetworkLayer& layer);
  /// Every output was set, nothing failed.
  Status end();

  // The current layer's blobs. Inputs are never null inside a lowering.
  int inputs() const { return static_cast<int>(inputs_.size()); }
  ir::Value* in(int i = 0) const { return inputs_[static_cast<size_t>(i)]; }
  const Shape& shape(int i = 0) const { return in(i)->shape(); }
  /// Requires `least` to `most` inputs; fails and returns false otherwise.
  bool check_inputs(int least, int most);
  /// Fails unless input i has at least (exactly) that many axes.
  bool check_min_rank(int least, int i = 0);
  /// Binds output i. A value made by this layer takes the blob's name.
  void out(ir::Value* value, int i = 0);

  // Writing. Ops are named after the layer.
  ir::Value* add(std::string_view kind, ops::Builder::NamedArgs args);
  ir::Op* add_op(std::string_view kind, const std::vector<std::pair<std::string, ops::Arg>>& args);
  /// The constant of a layer's weights, as fp32 of `shape` (see decode_weights). Null after errors.
  ir::Value* weights(const spec::WeightParams& w, const Shape& shape, std::string_view what,
                     int channel_axis = 0);
  /// The same as a literal that no constant of the program holds yet.
  ir::LiteralPtr decode(const spec::WeightParams& w, const Shape& shape, std::string_view what,
                        int channel_axis = 0);
  ir::Value* constant(ir::LiteralPtr literal, std::string_view what);
  /// The elements of x, cut towards 0, where they are known before anything runs (as of shapes
  /// that are made from shapes); nothing otherwise, and nothing of more than 64 elements.
  static std::optional<std::vector<int64_t>> known_integers(const ir::Value* x);
  /// A shape out of the file; fails beyond Shape::kMaxRank and outside of 0 .. 2^31-1.
  Shape shape_of(const google::protobuf::RepeatedField<uint64_t>& dims, std::string_view what);
  ir::Value* cast(ir::Value* x, std::string_view dtype);
  /// Reshapes to a shape of which at most one extent is -1 (to be inferred).
  ir::Value* reshape(ir::Value* x, const std::vector<int64_t>& shape);
  /// Scalars are [1] in a NeuralNetwork.
  ir::Value* at_least_rank1(ir::Value* x);
  /// The same, and is_scalar() will know it: a slice that takes an element out of a vector leaves
  /// no axis, and expandDims counts from there.
  ir::Value* as_blob(ir::Value* x);
  /// True for a blob of shape [1] that as_blob() made out of a scalar.
  bool is_scalar(const ir::Value* x) const { return scalars_.count(x) != 0; }

  /// A size of the file: fails unless `least` <= v < 2^31. Returns `least` after a failure.
  int64_t size(uint64_t v, std::string_view what, int64_t least = 0);
  /// Two sizes [height, width], `fallback` where the list is empty; fails on any other length.
  std::vector<int64_t> pair(const google::protobuf::RepeatedField<uint64_t>& list,
                            std::string_view what, int64_t fallback, int64_t least);

  /// x seen as [N,C,H,W]: axes in front are folded into N, or a 1 is put there. unfold() brings a
  /// result of such a view back to the axes in front that `like` has. Rank 4 passes through.
  ir::Value* fold(ir::Value* x);
  ir::Value* unfold(ir::Value* y, const Shape& like);

  // The rank-5 world folds Seq and Batch into N, Seq outermost: N = Seq * Batch. Batch is
  // remembered beside each blob (1 unless an input or a layer says otherwise); a layer's outputs
  // take the largest of its inputs that divides their N.
  /// Batch of a folded blob. In the exact world Batch is axis 1 of a blob of rank 5.
  int64_t batch(const ir::Value* x) const;
  void set_batch(const ir::Value* x, int64_t batch) { batches_[x] = batch; }
  /// x as [Seq,Batch,C,H,W]; fails on other ranks, and where N is not known but Batch is not 1.
  ir::Value* sequence(ir::Value* x);
  /// The other way: [Seq,Batch,C,H,W] as blobs of this world are.
  ir::Value* from_sequence(ir::Value* y);

 private:
  void keep_batch(const ir::Value* output);

  ops::Builder* builder_;
  bool exact_;
  std::shared_ptr<const void> owner_;
  const CustomLayerFactories* custom_layers_;
  std::unordered_map<std::string, ir::Value*> blobs_;
  const spec::NeuralNetworkLayer* layer_ = nullptr;
  std::vector<ir::Value*> inputs_;
  std::vector<ir::Value*> outputs_;
  std::vector<std::string> names_;  // of the outputs' values
  std::unordered_map<const ir::Value*, int64_t> batches_;
  std::unordered_set<const ir::Value*> scalars_;
};

/// A number for an int32 literal: indices and axes beyond its range mean the same as the bound.
int64_t clamp_int32(int64_t v);

}  // namespace pome::import
