// Networks inside networks: branch, loop, loopBreak, loopContinue. Internal to this folder.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "import/neuralnetwork/lowering.h"

namespace pome::import {

using LayerList = google::protobuf::RepeatedPtrField<spec::NeuralNetworkLayer>;

/// True for the four kinds that NetworkLowering handles itself.
bool is_control(spec::NeuralNetworkLayer::LayerCase kind);

/// Lowers lists of layers. A blob is a name that may be written again; here the names that an inner
/// network writes become results of a `cond` (names that both sides know afterwards) or variables
/// of a `while_loop` (names that exist before it). break and continue become two flags: what comes
/// behind a branch that may break or continue is inside a `cond` on them.
class NetworkLowering {
 public:
  explicit NetworkLowering(Lowering& l) : l_(l) {}

  /// Lowers the layers of the whole network. Errors have the layer as place.
  Status run(const LayerList& layers);

 private:
  /// What names mean at some point of the network, and whether the rest of the loop's body is
  /// skipped. The flags are null where nothing could have set them.
  struct State {
    std::unordered_map<std::string, ir::Value*> blobs;
    ir::Value* skip = nullptr;
    ir::Value* broken = nullptr;
  };
  using Body = std::function<Status()>;

  Status layers(const LayerList& list, int from);
  Status layer(const LayerList& list, int i);
  Status one(const spec::NeuralNetworkLayer& layer);
  Status branch(const spec::NeuralNetworkLayer& layer);
  Status loop(const spec::NeuralNetworkLayer& layer);
  Status leave(bool breaks);

  /// `cond` over two ways of going on from here; afterwards names mean what both have left.
  Status choose(const std::string& name, ir::Value* pred, const Body& yes, const Body& no);
  /// Adds one block to `op` and lowers `body` into it from the state as it is; the state after it.
  Result<State> inside(ir::Op& op, const Body& body);

  struct Loop;
  /// One attempt at a loop whose variables have the given types; false, with types made less exact,
  /// when an iteration changes them.
  Result<bool> attempt(const spec::NeuralNetworkLayer& layer, Loop& loop);
  Status fill_condition(Loop& loop, ir::Op& op);
  Status fill_body(const spec::NeuralNetworkLayer& layer, Loop& loop, ir::Op& op);
  Status iteration(const spec::LoopLayerParams& params);

  Result<ir::Value*> limit_of(const spec::NeuralNetworkLayer& layer);
  /// |x| > 1e-6 as a bool of one element. A condition has one; where it has more the first decides:
  /// Core ML runs such networks too, and what it looks at is documented nowhere.
  Result<ir::Value*> truth(const std::string& blob);
  Result<ir::Value*> find(const std::string& blob) const;
  ir::Value* boolean(bool value);

  Lowering& l_;
  ir::Value* skip_ = nullptr;
  ir::Value* broken_ = nullptr;
  int depth_ = 0;  // of blocks
  int loops_ = 0;  // around here
  int64_t lowered_ = 0;
  int64_t most_ = 0;  // layers that may be lowered, counting those lowered again
};

}  // namespace pome::import
