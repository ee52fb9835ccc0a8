// Sample cases of the op table: from one line of text to a program of one op and its inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ir/program.h"
#include "ops/evaluate.h"
#include "ops/op_def.h"

namespace pome::ops {

/// The notation of OpDef::samples: `param=value` separated by spaces. A value is
///
///   fp32[2,3]            random tensor, a run-time input; fp32[] is a scalar. Floats lie in -1..1,
///   fp32[2,3]{0.5..2}    or in the range given; signed integers in -10..10, unsigned in 0..10 (cut
///   int32[4]{0..5}       to what the dtype holds), bounds included; bools are fair coins
///   const:fp32[4,3]      the same as a constant
///   -1  1e-5  true  "s"  constant scalar: int32, float (a dot, an exponent, inf or nan; of its
///                        parameter group's dtype, else fp32), bool, string
///   [1,2] [[0,1],[2,3]]  constant tensor of such scalars
///   uint8:[1,2] fp16:2.5 the same in another dtype
///   run:[1,2]            those values as a run-time input
///   list:["a","b"]       a constant list of scalars; integers become int64
///   (v,v,...)            a tuple of such values
///
/// Random data depends on the op's name, the line, the parameter's name and the position in the
/// tuple, nothing else; tools/goldens/sample.py makes the same bits.
struct Sample {
  /// Holds one function "main" with the constants and the op; its outputs are the op's.
  std::unique_ptr<ir::Program> program;
  ir::Op* op = nullptr;
  /// One per input of main, in order.
  std::vector<OwnedTensor> inputs;
  /// The line with the dtype of every bare float written out: what sample.py reads.
  std::string canonical;

  ir::Function& function() const { return *program->functions.begin()->second; }
};

struct SampleOptions {
  /// Random inputs are typed with unknown extents (the buffers keep the true ones).
  bool unknown_extents = false;
};

/// Builds the sample. Errors: a line that does not follow the notation (with the part and what was
/// expected), and what resolve and infer say of the op.
Result<Sample> make_sample(const OpDef& def, std::string_view line, SampleOptions options = {});

/// The sample's operands with constants and inputs bound. Valid while the sample lives.
Result<Args> bind_sample(const OpDef& def, const Sample& sample);

/// Runs the reference on the sample: its outputs, in order.
Result<std::vector<OwnedTensor>> run_reference(const OpDef& def, const Sample& sample);

/// The spacing of floating-point numbers at 1: 2^-23 for fp32, 2^-10 for fp16; 0 for other dtypes.
double epsilon(ir::DType dtype);
/// How far `got` may lie from `want` in a result of `dtype` that adds up `n` terms of size up to
/// `scale` (docs/numerics.md): eps * (|want| + log2-ish growth of n) plus half the smallest
/// subnormal. A reference, which computes in double, is compared with n = 1.
double tolerance(ir::DType dtype, double want, double scale = 0, int64_t n = 1);

/// The generator, also for tests that want the same kind of data: fills a tensor with values from
/// lo..hi, deterministic in `seed`.
void fill_random(const TensorView& tensor, uint64_t seed, double lo, double hi);

}  // namespace pome::ops
