// What the writer of an op sees, and how it makes layers. Internal to this folder.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/proto/neural_network.pb.h"
#include "ops/op_def.h"
#include "pome/result.h"

namespace pome::exporter {

namespace spec = CoreML::Specification;
using Layers = google::protobuf::RepeatedPtrField<spec::NeuralNetworkLayer>;

/// Writes the layers of one program. Values become blobs. In the exact world a blob has its value's
/// shape. In the rank-5 world it is [1,N,C,H,W], and the value's axes are placed in N, C, H, W by
/// its rank: 1 [C], 2 [N,C], 3 [C,H,W], 4 all; a value whose blob is another's under a new shape
/// needs no layer.
class LayerWriter {
 public:
  using Four = std::array<int64_t, 4>;

  LayerWriter(bool exact, bool halves, ir::Opset opset, Layers& layers)
      : exact_(exact), halves_(halves), opset_(opset), layers_(&layers) {}

  bool exact() const { return exact_; }
  bool halves() const { return halves_; }
  /// The oldest specification version that has all layers written so far.
  int version() const { return version_; }
  void require_version(int v) { version_ = std::max(version_, v); }

  // ---- The op in hand.
  Status begin(const ir::Op& op);
  const ir::Op& op() const { return *op_; }
  bool has(std::string_view param) const;
  /// Constant parameters, defaults filled in. Require that the parameter exists and is constant.
  int64_t integer(std::string_view param) const;
  double real(std::string_view param) const;
  bool flag(std::string_view param) const;
  std::string_view text(std::string_view param) const;
  std::vector<int64_t> integers(std::string_view param) const;
  std::vector<float> floats(std::string_view param) const;
  /// Null when it is computed.
  const ir::Literal* literal(std::string_view param) const;
  const Shape& shape(std::string_view param) const;
  const Shape& out_shape(size_t i = 0) const { return op_->output(i)->shape(); }

  // ---- Shapes in the rank-5 world.
  /// N, C, H, W of a shape; an Error for more than four axes.
  Result<Four> four(const Shape& shape) const;
  /// Where an axis of a value of that rank is placed: 0 N, 1 C, 2 H, 3 W.
  static int place(int rank, int64_t axis);

  // ---- Blobs.
  /// The blob of a parameter; a constant becomes a layer that loads it.
  Result<std::string> input(std::string_view param, size_t i = 0);
  Result<std::string> blob(const ir::Operand& operand);
  void set_blob(const ir::Value* value, std::string name) { blobs_[value] = std::move(name); }
  std::string unique_name(std::string_view wanted);
  /// The blob of a value that is computed; empty when there is none.
  std::string find_blob(const ir::Value* value) const;

  // ---- Layers.
  /// A layer with these inputs and one new blob, which becomes current().
  spec::NeuralNetworkLayer& add(std::vector<std::string> inputs);
  /// The same with `x` of the op as input.
  Result<spec::NeuralNetworkLayer*> add_on_x();
  /// The blob that the last layer made.
  const std::string& current() const { return current_; }
  void set_current(std::string blob) { current_ = std::move(blob); }
  /// current() is the op's output i. In the rank-5 world `made` is what the layers made of it, if
  /// that may differ from the output's own place: a reshape is added then.
  Status result(std::optional<Four> made = std::nullopt, size_t i = 0);
  /// y = alpha * x + beta behind current().
  void linear(float alpha, float beta);

  Error unsupported(std::string what) const {
    return Error(ErrorCode::kUnsupported, std::move(what));
  }
  /// Notes layer kinds and fields for version().
  void finish();
  /// Gives blob `from` the name `to` wherever it occurs. Requires that `to` is not taken.
  void rename(const std::string& from, const std::string& to);

 private:
  const ops::Bound* bound(std::string_view param, size_t i = 0) const;

  bool exact_;
  bool halves_;
  ir::Opset opset_;
  Layers* layers_;
  int version_ = 1;
  const ir::Op* op_ = nullptr;
  std::optional<ops::Args> args_;
  std::unordered_map<const ir::Value*, std::string> blobs_;
  std::map<std::pair<const ir::Literal*, std::string>, std::string> loaded_;
  std::set<std::string> names_;
  std::string current_;
};

}  // namespace pome::exporter
