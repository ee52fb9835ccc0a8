// The record that defines an op; everything the system knows of it comes from here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ir/program.h"
#include "ops/args.h"
#include "pome/result.h"

namespace pome::ops {

// Sets of element types.
using TypeSet = uint32_t;
constexpr TypeSet bit(ir::DType t) { return TypeSet{1} << static_cast<int>(t); }
inline constexpr TypeSet kBools = bit(ir::DType::kBool);
inline constexpr TypeSet kStrings = bit(ir::DType::kString);
inline constexpr TypeSet kInt32s = bit(ir::DType::kInt32);
inline constexpr TypeSet kFloats = bit(ir::DType::kFp16) | bit(ir::DType::kFp32);
inline constexpr TypeSet kNumbers = kFloats | kInt32s;
inline constexpr TypeSet kNumbersBool = kNumbers | kBools;
/// Integers that may carry shapes, axes and indices.
inline constexpr TypeSet kIndices = kInt32s | bit(ir::DType::kInt8) | bit(ir::DType::kUint8) |
                                    bit(ir::DType::kInt16) | bit(ir::DType::kUint16) |
                                    bit(ir::DType::kInt64) | bit(ir::DType::kUint32);

enum ParamFlags : uint8_t {
  kRequired = 0,
  kOptional = 1,      // may be left out; def.default fills it when there is one
  kConst = 2,         // must be known before running
  kTuple = 4,         // several operands
  kShortList = 8,     // scalar or rank-1 of at most Ints::kMax integers, read with Args::ints()
  kAnyKind = 16,      // lists, dictionaries: infer checks the type itself
  kScalar = 32,       // exactly one element, of any rank
  kConstWeight = 64,  // constant, or made by a constexpr_* op: infer must not read its value
};

/// The value an absent optional parameter takes.
struct Default {
  enum class Kind : uint8_t { kNone, kInt, kFloat, kBool, kString };
  Kind kind = Kind::kNone;
  double number = 0;
  std::string_view text;
};
constexpr Default def_int(int v) { return {Default::Kind::kInt, static_cast<double>(v), {}}; }
constexpr Default def_float(double v) { return {Default::Kind::kFloat, v, {}}; }
constexpr Default def_bool(bool v) { return {Default::Kind::kBool, v ? 1.0 : 0.0, {}}; }
constexpr Default def_text(std::string_view v) { return {Default::Kind::kString, 0, v}; }

struct ParamDef {
  std::string_view name;
  TypeSet types = 0;
  uint8_t flags = kRequired;
  /// Parameters of one op with the same letter have the same dtype ('T', 'U'); 0 is free. A float
  /// default takes the dtype of its group.
  char group = 0;
  Default fallback{};
};

enum Properties : uint32_t {
  kPlain = 0,
  kElementwise = 1,  // out[i] depends on in[i] alone (after broadcasting)
  kCommutative = 2,  // x and y may be exchanged
  kView = 4,         // output is the input's memory under another shape
  kInPlace = 8,      // output may lie where the first input lies
  kRandom = 16,
  kStateful = 32,
  kHost = 64,       // runs on the host, not in a plan: classify, lists, control flow
  kBlocks = 128,    // has inner blocks
  kUserCode = 256,  // what it computes is the caller's: no samples
};

/// What infer fills: one type per output, and the value where it can be computed from constants
/// without the reference (shape arithmetic). `literals` may stay shorter than `types`.
struct Inferred {
  std::vector<ir::Type> types;
  std::vector<ir::LiteralPtr> literals;
};

/// Shape and type inference. Operands' types are known, dims may be Shape::kUnknown. Returns an
/// Error that names both values.
using InferFn = Status (*)(const Args& args, Inferred& out);
/// An op's results in memory, in the order of its outputs.
using Outputs = std::span<const TensorView>;
/// The naive kernel: the definition of the op's meaning, computed in double where that is the
/// honest oracle, stored in the outputs' dtype. Outputs are allocated to the inferred shapes. May
/// fail only over values that are data.
using ReferenceFn = Status (*)(const Args& args, Outputs outputs);

/// One definition. Constexpr, 9 to 25 lines in src/ops/<family>.cc; listed by registry.cc.
struct OpDef {
  std::string_view name;
  ir::Opset since = ir::Opset::kIos15;
  /// One paragraph with the formula; becomes the docs page.
  std::string_view doc;
  std::span<const ParamDef> params;
  /// Names of the outputs in order; an op with a data-dependent count says so in infer.
  std::span<const std::string_view> outputs;
  uint32_t properties = kPlain;
  InferFn infer = nullptr;
  ReferenceFn reference = nullptr;
  /// Sample cases, one a line: `x=fp32[2,3] axis=-1 keep_dims=true`. See ops/sample.h for the
  /// notation. They touch every parameter and dtype, and feed the reference test, the kernel tests
  /// and the fuzz seeds.
  std::span<const std::string_view> samples;

  /// Position of a parameter, -1 when there is none of that name.
  int param(std::string_view param_name) const;
  bool is(Properties p) const { return (properties & p) != 0; }
};

/// Finds the definition of `name` in force at `opset`: the newest whose `since` is not newer. Null
/// when there is none.
const OpDef* find(std::string_view name, ir::Opset opset);
/// All versions of all ops, sorted by name then `since`.
std::span<const OpDef* const> all();
/// "softmax_nd is not an op of ios15 ... Did you mean ...?": the Error for find() == null.
Error unknown_op(std::string_view name, ir::Opset opset);

/// Checks an op's arguments against its definition (unknown, missing, wrong dtype, not constant,
/// both values named), fills defaults, and returns what infer and reference read. Types and
/// literals are taken from the operands.
Result<Args> resolve(const OpDef& def, const ir::Op& op);
/// resolve() + infer(), checked: every output has a type.
Result<Inferred> infer(const OpDef& def, const ir::Op& op);

}  // namespace pome::ops
