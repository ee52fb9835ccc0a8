// Before:
//     tensor<fp32, [2]> a = relu6(x = x);
//     tensor<fp32, [2]> b = minimum(x = x, y = fp32(3));
//     tensor<fp32, [2]> c = maximum(x = b, y = fp32(-1));
//     tensor<fp32, [2]> y = add(x = a, y = c);
// After:
//     tensor<fp32, [2]> a = clip(alpha = fp32(0), beta = fp32(6), x = x);
//     tensor<fp32, [2]> c = clip(alpha = fp32(-1), beta = fp32(3), x = x);
//     tensor<fp32, [2]> y = add(x = a, y = c);
//
// relu, relu6, clip, threshold, clamped_relu with alpha 0, and minimum and maximum with a scalar
// are intervals; two of them, the inner read by the outer alone, become the common part of both. A
// one-sided interval stays what it is (relu, minimum, maximum); one with two sides is a clip. Hard
// swish (x * relu6(x + 3) / 6) keeps its shape: only its relu6 changes. Old converters write
// min(x, 6) as -max(-x, -6) (linear_activation, threshold, linear_activation): an interval too.
#include <algorithm>
#include <cmath>
#include <limits>

#include "passes/constants.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Interval {
  ir::Value* x = nullptr;
  double low = -kInfinity;
  double high = kInfinity;
};

std::optional<Interval> plain_interval(const ir::Op& op) {
  ir::Value* x = op.input("x");
  if (op.outputs().size() != 1 || x == nullptr || !(x->type() == op.output()->type()) ||
      !x->type().is_tensor() || !ir::is_float(x->dtype())) {
    return std::nullopt;
  }
  const std::string& kind = op.kind();
  if (kind == "relu") return Interval{x, 0, kInfinity};
  if (kind == "relu6") return Interval{x, 0, 6};
  const auto alpha = scalar(op.constant("alpha"));
  const auto beta = scalar(op.constant("beta"));
  const auto y = scalar(op.constant("y"));
  Interval interval{x};
  if (kind == "clip" && alpha && beta) {
    interval = {x, *alpha, *beta};
  } else if (kind == "clamped_relu" && alpha == 0.0 && beta) {
    interval = {x, 0, *beta};
  } else if (kind == "minimum" && y) {
    interval = {x, -kInfinity, *y};
  } else if (kind == "threshold" && alpha) {
    interval = {x, *alpha, kInfinity};
  } else if (kind == "maximum" && y) {
    interval = {x, *y, kInfinity};
  } else {
    return std::nullopt;
  }
  if (!(interval.low <= interval.high)) return std::nullopt;  // NaN too
  return interval;
}

/// True for y = -x.
bool is_negation(const ir::Op* op) {
  return op != nullptr && op->kind() == "linear_activation" && op->input("x") != nullptr &&
         scalar(op->constant("alpha")) == -1.0 && scalar(op->constant("beta")) == 0.0;
}

/// The op as an interval; a negation of an interval of a negation is the mirrored interval, while
/// nobody else reads what lies between.
std::optional<Interval> as_interval(const Rewriter& rewriter, const ir::Op& op) {
  if (!is_negation(&op)) return plain_interval(op);
  const ir::Op* middle = op.input("x")->producer();
  if (middle == nullptr || rewriter.sole_user(op.input("x")) == nullptr) return std::nullopt;
  const auto inner = plain_interval(*middle);
  if (!inner || !is_negation(inner->x->producer()) || rewriter.sole_user(inner->x) == nullptr) {
    return std::nullopt;
  }
  return Interval{inner->x->producer()->input("x"), -inner->high, -inner->low};
}

void merge_clips(Rewriter& rewriter, ir::Op& op) {
  const auto outer = as_interval(rewriter, op);
  if (!outer) return;
  Interval merged = *outer;
  while (ir::Op* producer = merged.x->producer()) {
    const auto inner = as_interval(rewriter, *producer);
    if (!inner || rewriter.sole_user(merged.x) == nullptr) break;
    const double low = std::max(merged.low, inner->low);
    const double high = std::min(merged.high, inner->high);
    if (!(low <= high)) break;
    merged = {inner->x, low, high};
  }
  const bool two_sided = std::isfinite(merged.low) && std::isfinite(merged.high);
  const bool relu = merged.low == 0 && merged.high == kInfinity;
  if (!two_sided && !relu) return;
  if (merged.x == outer->x && op.kind() == (relu ? "relu" : "clip")) return;
  ops::Builder& builder = rewriter.before(op);
  ir::Value* y = relu
                     ? builder.add("relu", op.output()->name(), {{"x", merged.x}})
                     : builder.add("clip", op.output()->name(),
                                   {{"x", merged.x}, {"alpha", merged.low}, {"beta", merged.high}});
  if (y == nullptr) return;
  y->producer()->set_name(op.name());
  rewriter.replace(op.output(), y);
  rewriter.take_name(y, op.output());
  rewriter.erase_if_unread(&op);
}

}  // namespace

Status canonical_clip(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    for (ir::Op* op : rewriter.ops())
      if (rewriter.alive(op)) merge_clips(rewriter, *op);
    return {};
  });
}

}  // namespace pome::passes
