#include "import/neuralnetwork/lowering.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "import/neuralnetwork/weights.h"
#include "ops/evaluate.h"

namespace pome::import {

int64_t clamp_int32(int64_t v) {
  return std::clamp<int64_t>(v, std::numeric_limits<int32_t>::min(),
                             std::numeric_limits<int32_t>::max());
}

ir::Value* Lowering::blob(const std::string& name) const {
  const auto it = blobs_.find(name);
  return it == blobs_.end() ? nullptr : it->second;
}

Status Lowering::begin(const spec::NeuralNetworkLayer& layer) {
  layer_ = &layer;
  inputs_.clear();
  for (const std::string& name : layer.input()) {
    ir::Value* value = blob(name);
    if (value == nullptr) {
      std::vector<std::string> known;
      for (const auto& [blob_name, unused] : blobs_) known.push_back(blob_name);
      return Error(ErrorCode::kInvalidModel,
                   "input " + quoted(name) +
                       " is neither an input of the model nor an output of an earlier layer." +
                       did_you_mean(name, known));
    }
    inputs_.push_back(value);
  }
  if (layer.output().empty()) return Error(ErrorCode::kInvalidModel, "the layer has no output");
  outputs_.assign(static_cast<size_t>(layer.output_size()), nullptr);
  // A blob's value has its name; what else the layer makes has others.
  names_.clear();
  for (const std::string& name : layer.output()) names_.push_back(builder_->unique_name(name));
  return {};
}

Status Lowering::end() {
  POME_TRY(builder_->status());
  for (size_t i = 0; i < outputs_.size(); ++i) {
    if (outputs_[i] != nullptr) {
      blobs_[layer_->output(static_cast<int>(i))] = outputs_[i];
      keep_batch(outputs_[i]);
      continue;
    }
    return Error(ErrorCode::kInvalidModel, "the layer has " + std::to_string(outputs_.size()) +
                                               " outputs, its kind gives " + std::to_string(i));
  }
  return {};
}

bool Lowering::check_inputs(int least, int most) {
  const int n = inputs();
  if (n >= least && n <= most) return true;
  std::string expected = std::to_string(least);
  if (most == std::numeric_limits<int>::max()) {
    expected += " or more";
  } else if (most != least) {
    expected += " to " + std::to_string(most);
  }
  fail(ErrorCode::kInvalidModel,
       "the layer has " + std::to_string(n) + " inputs, its kind takes " + expected);
  return false;
}

bool Lowering::check_min_rank(int least, int i) {
  if (shape(i).rank() >= least) return true;
  fail(ErrorCode::kInvalidModel, "input " + quoted(layer_->input(i)) + " has shape " +
                                     shape(i).to_string() + ", at least " + std::to_string(least) +
                                     " axes are needed");
  return false;
}

void Lowering::out(ir::Value* value, int i) {
  if (value == nullptr || i >= static_cast<int>(outputs_.size())) return;
  const bool is_input = std::find(inputs_.begin(), inputs_.end(), value) != inputs_.end();
  if (layer_ != nullptr && !is_input && value->producer() != nullptr)
    value->set_name(names_[static_cast<size_t>(i)]);
  outputs_[static_cast<size_t>(i)] = value;
}

ir::Value* Lowering::add(std::string_view kind, ops::Builder::NamedArgs args) {
  return builder_->add(kind, layer_ != nullptr ? layer_->name() : std::string(), args);
}

ir::Op* Lowering::add_op(std::string_view kind,
                         const std::vector<std::pair<std::string, ops::Arg>>& args) {
  return builder_->add_op(kind, layer_ != nullptr ? layer_->name() : std::string(), args);
}

ir::Value* Lowering::weights(const spec::WeightParams& w, const Shape& shape, std::string_view what,
                             int channel_axis) {
  ir::LiteralPtr literal = decode(w, shape, what, channel_axis);
  return literal == nullptr ? nullptr : constant(std::move(literal), what);
}

ir::LiteralPtr Lowering::decode(const spec::WeightParams& w, const Shape& shape,
                                std::string_view what, int channel_axis) {
  if (!ok()) return nullptr;
  auto literal = decode_weights(w, shape, what, owner_, channel_axis);
  if (literal.ok()) return *std::move(literal);
  builder_->fail(std::move(literal).error());
  return nullptr;
}

std::optional<std::vector<int64_t>> Lowering::known_integers(const ir::Value* x) {
  const ir::Literal* literal = x == nullptr ? nullptr : x->literal().get();
  if (literal == nullptr || literal->size() > ops::kSmallElements) return std::nullopt;
  std::vector<int64_t> values;
  for (int64_t i = 0; i < literal->size(); ++i) {
    const double v = ir::load_real(x->dtype(), literal->bytes().data(), i);
    if (!(v > -0x1p31 && v < 0x1p31)) return std::nullopt;
    values.push_back(static_cast<int64_t>(v));
  }
  return values;
}

Shape Lowering::shape_of(const google::protobuf::RepeatedField<uint64_t>& dims,
                         std::string_view what) {
  Shape shape;
  if (!Shape::fits_rank(static_cast<size_t>(dims.size()))) {
    fail(ErrorCode::kUnsupported, std::string(what) + " has " + std::to_string(dims.size()) +
                                      " axes, at most " + std::to_string(Shape::kMaxRank) +
                                      " are supported");
    return shape;
  }
  for (const uint64_t d : dims) shape.push_back(size(d, what));
  return shape;
}

ir::Value* Lowering::constant(ir::LiteralPtr literal, std::string_view what) {
  const std::string name = layer_->name() + "_" + std::string(what);
  return builder_->constant(std::move(literal), name);
}

ir::Value* Lowering::cast(ir::Value* x, std::string_view dtype) {
  if (x == nullptr || ir::name(x->dtype()) == dtype) return x;
  return add("cast", {{"x", x}, {"dtype", dtype}});
}

ir::Value* Lowering::reshape(ir::Value* x, const std::vector<int64_t>& shape) {
  return add("reshape", {{"x", x}, {"shape", ops::Arg::ints(shape)}});
}

ir::Value* Lowering::at_least_rank1(ir::Value* x) {
  if (x == nullptr || x->shape().rank() > 0) return x;
  return add("expand_dims", {{"x", x}, {"axes", ops::Arg::ints({0})}});
}

ir::Value* Lowering::as_blob(ir::Value* x) {
  ir::Value* blob = at_least_rank1(x);
  if (blob != nullptr && blob != x) scalars_.insert(blob);
  return blob;
}

int64_t Lowering::size(uint64_t v, std::string_view what, int64_t least) {
  constexpr uint64_t kMost = std::numeric_limits<int32_t>::max();
  if (v <= kMost && static_cast<int64_t>(v) >= least) return static_cast<int64_t>(v);
  fail(ErrorCode::kInvalidModel, std::string(what) + " is " + std::to_string(v) + ", " +
                                     std::to_string(least) + " to " + std::to_string(kMost) +
                                     " is allowed");
  return least;
}

std::vector<int64_t> Lowering::pair(const google::protobuf::RepeatedField<uint64_t>& list,
                                    std::string_view what, int64_t fallback, int64_t least) {
  if (list.empty()) return {fallback, fallback};
  if (list.size() != 2) {
    fail(ErrorCode::kInvalidModel, std::string(what) + " has " + std::to_string(list.size()) +
                                       " entries, 2 (height, width) are expected");
    return {fallback, fallback};
  }
  return {size(list[0], what, least), size(list[1], what, least)};
}

ir::Value* Lowering::fold(ir::Value* x) {
  if (x == nullptr || x->shape().rank() == 4) return x;
  const Shape s = x->shape();
  if (s.rank() < 3) {
    fail(ErrorCode::kInvalidModel,
         "a blob of shape " + s.to_string() + " has no channel, height and width axes");
    return nullptr;
  }
  if (s.rank() == 3) return add("expand_dims", {{"x", x}, {"axes", ops::Arg::ints({0})}});
  for (int axis = -3; axis < 0; ++axis) {
    if (s.at(axis) >= 0) continue;
    fail(ErrorCode::kUnsupported, "a blob of shape " + s.to_string() +
                                      " with more than four axes and an open extent is not "
                                      "supported here");
    return nullptr;
  }
  return reshape(x, {-1, s.at(-3), s.at(-2), s.at(-1)});
}

ir::Value* Lowering::unfold(ir::Value* y, const Shape& like) {
  if (y == nullptr || like.rank() == 4) return y;
  if (like.rank() == 3) return add("squeeze", {{"x", y}, {"axes", ops::Arg::ints({0})}});
  std::vector<int64_t> shape;
  for (int i = 0; i + 3 < like.rank(); ++i) shape.push_back(like[i]);
  for (int axis = -3; axis < 0; ++axis) shape.push_back(y->shape().at(axis));
  if (std::count_if(shape.begin(), shape.end(), [](int64_t d) { return d < 0; }) > 1) {
    fail(ErrorCode::kUnsupported,
         "a blob with more than four axes and several open extents is "
         "not supported here");
    return nullptr;
  }
  return reshape(y, shape);
}

void Lowering::keep_batch(const ir::Value* output) {
  if (exact_ || output->shape().rank() != 4 || batches_.count(output) != 0) return;
  const int64_t n = output->shape()[0];
  int64_t largest = 1;
  for (const ir::Value* x : inputs_) {
    const int64_t of_input = batch(x);
    if (of_input > largest && (n < 0 || n % of_input == 0)) largest = of_input;
  }
  if (largest != 1) batches_[output] = largest;
}

int64_t Lowering::batch(const ir::Value* x) const {
  const auto it = batches_.find(x);
  if (it != batches_.end()) return it->second;
  return exact_ && x->shape().rank() == 5 ? x->shape()[1] : 1;
}

ir::Value* Lowering::sequence(ir::Value* x) {
  if (x == nullptr || x->shape().rank() == 5) return x;
  const Shape s = x->shape();
  const int64_t of_x = batch(x);
  if (exact_ || s.rank() != 4 || (s[0] < 0 && of_x != 1)) {
    fail(ErrorCode::kInvalidModel,
         "a blob has shape " + s.to_string() + ", 5 axes (Seq, Batch, C, H, W) are expected");
    return nullptr;
  }
  if (of_x == 1) return add("expand_dims", {{"x", x}, {"axes", ops::Arg::ints({1})}});
  return reshape(x, {s[0] / of_x, of_x, s[1], s[2], s[3]});
}

ir::Value* Lowering::from_sequence(ir::Value* y) {
  if (y == nullptr || exact_) return y;
  const Shape s = y->shape();
  ir::Value* folded = s[1] == 1
                          ? add("squeeze", {{"x", y}, {"axes", ops::Arg::ints({1})}})
                          : reshape(y, {s[0] < 0 || s[1] < 0 ? -1 : s[0] * s[1], s[2], s[3], s[4]});
  if (folded != nullptr) batches_[folded] = s[1];
  return folded;
}

}  // namespace pome::import
