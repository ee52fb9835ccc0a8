// From another framework's graph to a program: values with layouts, and the ops that move between
// them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/common/array.h"
#include "ops/builder.h"

namespace pome::translate {

/// How a value lies in memory beside how its framework sees it.
enum class Layout {
  kPlain,          // as the framework sees it
  kChannelsFirst,  // seen as [N,H,W,C], lies as [N,C,H,W]
  kFlat,           // seen as [N, H*W*C] with channels innermost, lies with channels outermost
};

/// A value of the program as the source framework sees it. Owned by the program.
struct Tensor {
  ir::Value* value = nullptr;
  Layout layout = Layout::kPlain;
  Shape flat;  // of kFlat: [C,H,W]
};

/// Writes ops for one layer after another. Wraps a Builder and shares its sticky error: after a
/// failure every function returns null values, and shape() of such is empty.
class Writer {
 public:
  explicit Writer(ops::Builder& builder, bool for_neural_network = false)
      : builder_(builder), for_neural_network_(for_neural_network) {}

  ops::Builder& builder() { return builder_; }
  bool ok() const { return builder_.ok(); }
  /// True when the program is to become a neural network, which lacks some ops: translators then
  /// say the same with others.
  bool for_neural_network() const { return for_neural_network_; }
  /// Ops that follow are named after this.
  void set_name(std::string name) { name_ = std::move(name); }
  const std::string& name() const { return name_; }

  using NamedArgs = ops::Builder::NamedArgs;
  ir::Value* op(std::string_view kind, NamedArgs args) { return builder_.add(kind, name_, args); }
  /// The op applied where the tensor lies; the result lies the same way. For ops that work on each
  /// element alone.
  Tensor each(std::string_view kind, const Tensor& x,
              std::initializer_list<std::pair<std::string_view, ops::Arg>> more = {});

  /// The extents as the framework sees them; the batch may be Shape::kUnknown.
  static Shape shape(const Tensor& t);
  /// Where an axis of the framework lies. Requires 0 <= axis < rank and not kFlat.
  static int place_of(const Tensor& t, int axis);

  /// The same tensor lying as the framework sees it.
  Tensor plain(const Tensor& t);
  /// The same tensor lying channels first. Requires rank 4.
  Tensor channels_first(const Tensor& t);
  /// plain(), unless it lies channels first.
  Tensor not_flat(const Tensor& t) { return t.layout == Layout::kFlat ? plain(t) : t; }
  /// Makes tensors of equal rank lie the same way.
  void unify(std::vector<Tensor>& tensors);

  /// The elements in order under another shape of the framework; at most the batch is unknown.
  Tensor reshape(const Tensor& t, const Shape& target);
  Tensor transpose(const Tensor& t, const std::vector<int64_t>& perm);

  /// x (kind) y elementwise with NumPy's broadcasting of the framework's shapes.
  Tensor binary(std::string_view kind, const Tensor& x, const Tensor& y);
  Tensor binary(std::string_view kind, const Tensor& x, double y);
  Tensor binary(std::string_view kind, double x, const Tensor& y);
  /// With a constant of the framework's shape.
  Tensor binary(std::string_view kind, const Tensor& x, const Array& y);
  Tensor binary(std::string_view kind, const Array& x, const Tensor& y);

  /// A constant op. `role` ends its name.
  ir::Value* constant(const Array& array, std::string_view role);
  Result<ir::Value*> constant(const std::vector<float>& values, std::vector<int64_t> dims,
                              std::string_view role);

 private:
  ir::Value* reshape_value(ir::Value* x, const Shape& target);
  /// The constant as it is to be broadcast against `x`, which may be moved for it.
  ir::Value* beside(const Array& constant, Tensor& x);
  ir::Value* remember(ir::Value* from, Layout to, ir::Value* result);

  ops::Builder& builder_;
  bool for_neural_network_;
  std::string name_;
  /// What was moved before, by value and layout: so that two readers share one transpose.
  std::map<std::pair<ir::Value*, Layout>, ir::Value*> moved_;
};

}  // namespace pome::translate
