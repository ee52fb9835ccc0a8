#include "import/neuralnetwork/layers_control.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "format/layer_kinds.h"
#include "import/neuralnetwork/layers.h"
#include "import/neuralnetwork/layers_loop.h"
#include "ir/verifier.h"
#include "ops/control_flow.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;

/// "conv_3 (convolution)".
std::string place_of(const Layer& layer) {
  const format::LayerKind* kind = format::find_layer_kind(layer.layer_case());
  return quoted(layer.name()) + " (" + (kind ? std::string(kind->name) : "no kind") + ")";
}

/// The networks inside a layer.
std::vector<const LayerList*> inner_networks(const Layer& layer) {
  if (layer.layer_case() == Layer::kBranch)
    return {&layer.branch().ifbranch().layers(), &layer.branch().elsebranch().layers()};
  if (layer.layer_case() == Layer::kLoop)
    return {&layer.loop().conditionnetwork().layers(), &layer.loop().bodynetwork().layers()};
  return {};
}

/// May the layer end the iteration of the loop around it?
bool may_leave(const Layer& layer) {
  const auto kind = layer.layer_case();
  if (kind == Layer::kLoopBreak || kind == Layer::kLoopContinue) return true;
  if (kind != Layer::kBranch) return false;
  for (const LayerList* list : inner_networks(layer))
    if (std::any_of(list->begin(), list->end(), may_leave)) return true;
  return false;
}

int64_t count_layers(const LayerList& list) {
  int64_t n = list.size();
  for (const Layer& layer : list)
    for (const LayerList* inner : inner_networks(layer)) n += count_layers(*inner);
  return n;
}

}  // namespace

bool is_control(Layer::LayerCase kind) {
  return kind == Layer::kBranch || kind == Layer::kLoop || kind == Layer::kLoopBreak ||
         kind == Layer::kLoopContinue;
}

void add_written(const LayerList& list, std::set<std::string>& names) {
  for (const Layer& layer : list) {
    names.insert(layer.output().begin(), layer.output().end());
    for (const LayerList* inner : inner_networks(layer)) add_written(*inner, names);
  }
}

Status NetworkLowering::run(const LayerList& list) {
  // A loop whose variables change their extents is lowered again, and what is inside it with it.
  most_ = 1000 + 64 * count_layers(list);
  return layers(list, 0);
}

Status NetworkLowering::layers(const LayerList& list, int from) {
  for (int i = from; i < list.size(); ++i) {
    if (++lowered_ > most_) {
      return Error(ErrorCode::kLimitExceeded,
                   "loops stand in loops whose variables change their shapes, too many to follow");
    }
    Status status = layer(list, i);
    if (!status.ok()) return std::move(status).error().at(place_of(list[i]));
    if (!may_leave(list[i])) continue;
    const auto kind = list[i].layer_case();
    const bool surely = kind == Layer::kLoopBreak || kind == Layer::kLoopContinue;
    if (surely || i + 1 == list.size() || skip_ == nullptr) return {};
    ir::Value* stay = l_.builder().add("logical_not", "stay", {{"x", skip_}});
    POME_TRY(l_.builder().status());
    return choose(
        "rest", stay, [&, i] { return layers(list, i + 1); }, [] { return Status(); });
  }
  return {};
}

Status NetworkLowering::layer(const LayerList& list, int i) {
  const Layer& layer = list[i];
  switch (layer.layer_case()) {
    case Layer::kBranch:
      return branch(layer);
    case Layer::kLoop:
      return loop(layer);
    case Layer::kLoopBreak:
      return leave(true);
    case Layer::kLoopContinue:
      return leave(false);
    default:
      return one(layer);
  }
}

Status NetworkLowering::one(const Layer& layer) {
  const auto kind = layer.layer_case();
  if (kind == Layer::LAYER_NOT_SET)
    return Error(ErrorCode::kInvalidModel, "the layer's kind is not set, or newer than Pome knows");
  const LowerFn fn = find_lowering(kind);
  if (fn == nullptr) {
    const format::LayerKind* known = format::find_layer_kind(kind);
    return Error(ErrorCode::kUnsupported, "layer kind " +
                                              quoted(known != nullptr ? known->name : "?") +
                                              " is not supported by this version of Pome");
  }
  POME_TRY(l_.begin(layer));
  fn(l_);
  return l_.end();
}

Status NetworkLowering::leave(bool breaks) {
  if (loops_ == 0) return Error(ErrorCode::kInvalidModel, "the layer stands in no loop");
  skip_ = boolean(true);
  if (breaks) broken_ = boolean(true);
  return l_.builder().status();
}

Status NetworkLowering::branch(const Layer& layer) {
  if (layer.input_size() != 1 || layer.output_size() != 0) {
    return Error(ErrorCode::kInvalidModel, "the layer has " + std::to_string(layer.input_size()) +
                                               " inputs and " +
                                               std::to_string(layer.output_size()) +
                                               " outputs, one input and no output are expected");
  }
  POME_ASSIGN(ir::Value * pred, truth(layer.input(0)));
  return choose(
      layer.name(), pred, [&] { return layers(layer.branch().ifbranch().layers(), 0); },
      [&] { return layers(layer.branch().elsebranch().layers(), 0); });
}

Result<NetworkLowering::State> NetworkLowering::inside(ir::Op& op, const Body& body) {
  if (depth_ + 1 > ir::kMaxBlockDepth) {
    return Error(ErrorCode::kLimitExceeded, "control flow is nested more than " +
                                                std::to_string(ir::kMaxBlockDepth) + " deep");
  }
  op.blocks().push_back(std::make_unique<ir::Block>());
  ops::Builder& builder = l_.builder();
  ir::Block& outer = builder.block();
  const State before{l_.blobs(), skip_, broken_};
  builder.move_to(*op.blocks().back(), nullptr);
  ++depth_;
  const Status status = body();
  --depth_;
  builder.move_to(outer, nullptr);
  State after{l_.blobs(), skip_, broken_};
  l_.set_blobs(before.blobs);
  skip_ = before.skip;
  broken_ = before.broken;
  if (!status.ok()) return status.error();
  return after;
}

Status NetworkLowering::choose(const std::string& name, ir::Value* pred, const Body& yes,
                               const Body& no) {
  auto op = std::make_unique<ir::Op>("cond", name);
  op->set_argument("pred", {ir::Operand(pred)});
  POME_ASSIGN(State a, inside(*op, yes));
  POME_ASSIGN(State b, inside(*op, no));
  // Sorted, so that the same file always gives the same program.
  std::set<std::string> names;
  for (const auto& [blob, value] : a.blobs) names.insert(blob);
  std::vector<std::string> results;
  const auto add = [&](ir::Value* one, ir::Value* other) {
    op->blocks()[ops::kCondTrue]->outputs().push_back(one);
    op->blocks()[ops::kCondFalse]->outputs().push_back(other);
  };
  std::unordered_map<std::string, ir::Value*> known = l_.blobs();
  for (const std::string& blob : names) {
    const auto other = b.blobs.find(blob);
    if (other == b.blobs.end() || other->second == a.blobs[blob]) continue;
    known.erase(blob);  // read later, it is an unknown name
    if (!ops::join_types(a.blobs[blob]->type(), other->second->type()).ok()) continue;
    add(a.blobs[blob], other->second);
    results.push_back(blob);
  }
  const bool skips = a.skip != b.skip;
  const bool breaks = a.broken != b.broken;
  if (skips || breaks) {
    // Where one way never sets a flag, it is false there: made outside, both see it.
    ir::Value* unset = boolean(false);
    const auto flag = [&](ir::Value* v) { return v != nullptr ? v : unset; };
    if (skips) add(flag(a.skip), flag(b.skip));
    if (breaks) add(flag(a.broken), flag(b.broken));
  }
  if (op->blocks()[0]->outputs().empty()) return l_.builder().status();
  ir::Op* made = l_.builder().add_made(std::move(op));
  if (made == nullptr) return l_.builder().status();
  size_t next = 0;
  for (const std::string& blob : results) {
    made->output(next)->set_name(l_.builder().unique_name(blob));
    known[blob] = made->output(next++);
  }
  l_.set_blobs(std::move(known));
  if (skips) skip_ = made->output(next++);
  if (breaks) broken_ = made->output(next++);
  return {};
}

Result<ir::Value*> NetworkLowering::find(const std::string& blob) const {
  if (ir::Value* value = l_.blob(blob)) return value;
  return Error(
      ErrorCode::kInvalidModel,
      quoted(blob) + " is neither an input of the model nor an output of an earlier layer");
}

Result<ir::Value*> NetworkLowering::truth(const std::string& blob) {
  POME_ASSIGN(ir::Value * x, find(blob));
  ops::Builder& b = l_.builder();
  if (x->shape().known() && x->shape().checked_elements() != 1) {
    x = b.add("reshape", blob + "_elements", {{"x", x}, {"shape", ops::Arg::ints({-1})}});
    if (x != nullptr) {
      x = b.add("slice_by_index", blob + "_first",
                {{"x", x}, {"begin", ops::Arg::ints({0})}, {"end", ops::Arg::ints({1})}});
    }
    if (x == nullptr) return b.status().error();
  }
  if (x->dtype() != ir::DType::kFp32)
    x = b.add("cast", blob + "_number", {{"x", x}, {"dtype", "fp32"}});
  if (x != nullptr) x = b.add("abs", blob + "_size", {{"x", x}});
  if (x != nullptr) x = b.add("greater", blob + "_holds", {{"x", x}, {"y", 1e-6f}});
  if (x == nullptr) return b.status().error();
  return x;
}

ir::Value* NetworkLowering::boolean(bool value) {
  return l_.builder().constant(ir::Literal::boolean(value), value ? "yes" : "no");
}

}  // namespace pome::import
