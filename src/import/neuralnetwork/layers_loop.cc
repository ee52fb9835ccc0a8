// The loop layer. With condition network C, body B, limit n and blobs v that either of them writes
// and that exist before:
//
//     (count, go, v) = while_loop(count = 0, go = true, v):
//       while go and count < n
//       do    C; broken = cond(conditionVar: B, else: true); (count + 1, not broken, v)
//
// so that what C writes is seen by B and after the loop.
#include "import/neuralnetwork/layers_loop.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/control_flow.h"

namespace pome::import {

struct NetworkLowering::Loop {
  std::vector<std::string> names;  // of blobs that are carried along
  std::vector<ir::Type> types;     // theirs inside the loop
  ir::Value* limit = nullptr;      // null: none
  ir::Value* count = nullptr;      // the variables' first values
  ir::Value* go = nullptr;
};

namespace {

constexpr size_t kFlags = 2;  // count and go stand before the blobs
constexpr int kMaxAttempts = 4;

}  // namespace

Result<ir::Value*> NetworkLowering::limit_of(const spec::NeuralNetworkLayer& layer) {
  ops::Builder& b = l_.builder();
  if (layer.input_size() == 1) {
    POME_ASSIGN(ir::Value * x, find(layer.input(0)));
    if (x->shape().checked_elements() != 1) {
      return Error(ErrorCode::kInvalidModel, "the number of iterations has shape " +
                                                 x->shape().to_string() +
                                                 ", one value is expected");
    }
    if (x->dtype() != ir::DType::kInt32)
      x = b.add("cast", layer.input(0) + "_count", {{"x", x}, {"dtype", "int32"}});
    if (x == nullptr) return b.status().error();
    return x;
  }
  const uint64_t most = layer.loop().maxloopiterations();
  if (most == 0) return nullptr;
  constexpr uint64_t kLargest = std::numeric_limits<int32_t>::max();
  return b.constant(ir::Literal::int32(static_cast<int32_t>(std::min(most, kLargest))), "limit");
}

Status NetworkLowering::loop(const spec::NeuralNetworkLayer& layer) {
  if (layer.input_size() > 1 || layer.output_size() != 0) {
    return Error(ErrorCode::kInvalidModel,
                 "the layer has " + std::to_string(layer.input_size()) + " inputs and " +
                     std::to_string(layer.output_size()) +
                     " outputs, at most one input and no output are expected");
  }
  Loop loop;
  std::set<std::string> written;
  add_written(layer.loop().conditionnetwork().layers(), written);
  add_written(layer.loop().bodynetwork().layers(), written);
  for (const std::string& name : written) {
    const ir::Value* blob = l_.blob(name);
    if (blob == nullptr) continue;
    loop.names.push_back(name);
    loop.types.push_back(blob->type());
  }
  POME_ASSIGN(loop.limit, limit_of(layer));
  loop.count = l_.builder().constant(ir::Literal::int32(0), "count");
  loop.go = boolean(true);
  POME_TRY(l_.builder().status());
  for (int i = 0; i < kMaxAttempts; ++i) {
    POME_ASSIGN(const bool done, attempt(layer, loop));
    if (done) return {};
  }
  return Error(ErrorCode::kUnsupported,
               "the shapes of the blobs that the loop writes keep changing");
}

Result<bool> NetworkLowering::attempt(const spec::NeuralNetworkLayer& layer, Loop& loop) {
  auto op = std::make_unique<ir::Op>("while_loop", layer.name());
  std::vector<ir::Operand> variables = {ir::Operand(loop.count), ir::Operand(loop.go)};
  for (const std::string& name : loop.names) variables.emplace_back(l_.blob(name));
  op->set_argument("loop_vars", std::move(variables));
  POME_TRY(fill_condition(loop, *op));
  POME_TRY(fill_body(layer, loop, *op));
  const std::vector<ir::Value*>& results = op->blocks()[ops::kWhileBody]->outputs();
  bool same = true;
  for (size_t i = 0; i < loop.names.size(); ++i) {
    const ir::Type& after = results[kFlags + i]->type();
    Result<ir::Type> both = ops::join_types(loop.types[i], after);
    if (!both.ok()) return std::move(both).error().at("blob " + quoted(loop.names[i]));
    same = same && *both == loop.types[i];
    loop.types[i] = *std::move(both);
  }
  if (!same) return false;
  ir::Op* made = l_.builder().add_made(std::move(op));
  if (made == nullptr) return l_.builder().status().error();
  for (size_t i = 0; i < loop.names.size(); ++i) {
    made->output(kFlags + i)->set_name(l_.builder().unique_name(loop.names[i]));
    l_.set_blob(loop.names[i], made->output(kFlags + i));
  }
  return true;
}

Status NetworkLowering::fill_condition(Loop& loop, ir::Op& op) {
  const auto body = [&]() -> Status {
    ops::Builder& b = l_.builder();
    ir::Block& block = b.block();
    ir::Value* count = block.add_input(b.unique_name("count"), ir::Type::scalar(ir::DType::kInt32));
    ir::Value* go = block.add_input(b.unique_name("go"), ir::Type::scalar(ir::DType::kBool));
    for (size_t i = 0; i < loop.names.size(); ++i)
      block.add_input(b.unique_name(loop.names[i]), loop.types[i]);
    if (loop.limit == nullptr) {
      block.outputs().push_back(go);
      return {};
    }
    ir::Value* below = b.add("less", "below", {{"x", count}, {"y", loop.limit}});
    ir::Value* both = b.add("logical_and", "goes_on", {{"x", go}, {"y", below}});
    POME_TRY(b.status());
    block.outputs().push_back(both);
    return {};
  };
  POME_TRY(inside(op, body));
  return {};
}

Status NetworkLowering::fill_body(const spec::NeuralNetworkLayer& layer, Loop& loop, ir::Op& op) {
  const auto body = [&]() -> Status {
    ops::Builder& b = l_.builder();
    ir::Block& block = b.block();
    ir::Value* count = block.add_input(b.unique_name("count"), ir::Type::scalar(ir::DType::kInt32));
    block.add_input(b.unique_name("go"), ir::Type::scalar(ir::DType::kBool));
    for (size_t i = 0; i < loop.names.size(); ++i) {
      l_.set_blob(loop.names[i], block.add_input(b.unique_name(loop.names[i]), loop.types[i]));
    }
    skip_ = nullptr;
    broken_ = nullptr;
    ++loops_;
    Status status = iteration(layer.loop());
    --loops_;
    POME_TRY(std::move(status));
    ir::Value* next = b.add("add", "count", {{"x", count}, {"y", 1}});
    ir::Value* go =
        broken_ == nullptr ? boolean(true) : b.add("logical_not", "go", {{"x", broken_}});
    block.outputs() = {next, go};
    for (size_t i = 0; i < loop.names.size(); ++i) {
      POME_ASSIGN(ir::Value * value, find(loop.names[i]));
      if (value->dtype() != loop.types[i].dtype()) {
        value = b.add("cast", loop.names[i],
                      {{"x", value}, {"dtype", ir::name(loop.types[i].dtype())}});
      }
      POME_TRY(b.status());
      block.outputs().push_back(value);
    }
    return b.status();
  };
  POME_TRY(inside(op, body));
  return {};
}

Status NetworkLowering::iteration(const spec::LoopLayerParams& params) {
  const auto body = [&] { return layers(params.bodynetwork().layers(), 0); };
  if (params.conditionvar().empty()) return body();
  Status status = layers(params.conditionnetwork().layers(), 0);
  if (!status.ok()) return std::move(status).error().at("condition");
  POME_ASSIGN(ir::Value * goes_on, truth(params.conditionvar()));
  return choose("body", goes_on, body, [&] {
    broken_ = boolean(true);
    return l_.builder().status();
  });
}

}  // namespace pome::import
