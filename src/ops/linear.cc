#include "ops/linear.h"

#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

Status infer_linear(const Args& args, Inferred& out) {
  using P = LinearParam;
  POME_TRY(check_rank(args, P::kX, 1, Shape::kMaxRank));
  POME_TRY(check_rank(args, P::kWeight, 2, 2));
  Shape y = args.shape(P::kX);
  const Shape& weight = args.shape(P::kWeight);
  if (!extents_agree(y.back(), weight[1])) {
    return param_error(args, P::kX,
                       "has " + std::to_string(y.back()) + " features (shape " + y.to_string() +
                           "), a weight of shape " + weight.to_string() + " takes " +
                           std::to_string(weight[1]));
  }
  POME_TRY(check_vector(args, P::kBias, weight[0], "one value per row of weight"));
  y[y.rank() - 1] = weight[0];
  return set_output(args, out, args.dtype(P::kX), y);
}

Status infer_matmul(const Args& args, Inferred& out) {
  POME_ASSIGN(const MatmulShape shape, matmul_shape(args));
  return set_output(args, out, args.dtype(MatmulParam::kX), shape.out);
}

/// An equation with its letters renamed in order of appearance: "nchw,nwhu->nchu" and
/// "bacd,bdce->bace" are both "abcd,adce->abce". Empty when it holds more than letters.
std::string canonical_equation(std::string_view equation) {
  std::string letters;
  std::string text;
  for (const char c : equation) {
    if (c == ' ') continue;
    if (c == ',' || c == '-' || c == '>') {
      text += c;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter || letters.size() > 8) return {};
    if (letters.find(c) == std::string::npos) letters += c;
    text += static_cast<char>('a' + letters.find(c));
  }
  return text;
}

Status infer_einsum(const Args& args, Inferred& out) {
  using P = EinsumParam;
  const std::string equation = canonical_equation(args.text(P::kEquation));
  const bool batched = equation == "abcd,adce->abce";
  if (!batched && equation != "abc,cbd->abd") {
    return param_error(args, P::kEquation,
                       "is " + quoted(args.text(P::kEquation)) +
                           ", expected \"nchw,nwhu->nchu\" or \"chw,whr->chr\" (in any letters)");
  }
  if (args.count(P::kValues) != 2) {
    return param_error(args, P::kValues,
                       "has " + std::to_string(args.count(P::kValues)) + " tensors, expected 2");
  }
  const Shape& x = args.shape(P::kValues, 0);
  const Shape& y = args.shape(P::kValues, 1);
  const int rank = batched ? 4 : 3;
  const auto mismatch = [&] {
    return param_error(args, P::kValues,
                       "has shapes " + x.to_string() + " and " + y.to_string() +
                           ", which do not fit equation " + quoted(args.text(P::kEquation)));
  };
  if (x.rank() != rank || y.rank() != rank) return mismatch();
  if (!extents_agree(x.at(-1), y.at(-3))) return mismatch();
  const auto rows = broadcast({x.at(-2)}, {y.at(-2)});
  const auto batch = broadcast({x[0]}, {y[0]});
  if (!rows || (batched && !batch)) return mismatch();
  Shape shape;
  if (batched) shape.push_back((*batch)[0]);
  shape.push_back(x.at(-3));
  shape.push_back((*rows)[0]);
  shape.push_back(y.at(-1));
  return set_output(args, out, args.dtype(P::kValues), shape);
}

template <char kWeights>
constexpr ParamDef kLinearParams[] = {
    {.name = "x", .types = kNumbers, .group = 'T'},
    {.name = "weight", .types = kNumbers, .flags = kConstWeight, .group = kWeights},
    {.name = "bias", .types = kNumbers, .flags = kOptional | kConstWeight, .group = kWeights},
};
template <char kOther>
constexpr ParamDef kMatmulParams[] = {
    {.name = "x", .types = kNumbers, .group = 'T'},
    {.name = "y", .types = kNumbers, .group = kOther},
    {.name = "transpose_x",
     .types = kBools,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_bool(false)},
    {.name = "transpose_y",
     .types = kBools,
     .flags = kOptional | kConst | kScalar,
     .fallback = def_bool(false)},
};
constexpr ParamDef kEinsumParams[] = {
    {.name = "values", .types = kFloats, .flags = kTuple, .group = 'T'},
    {.name = "equation", .types = kStrings, .flags = kConst | kScalar},
};

constexpr std::string_view kOutputs[] = {"output"};

constexpr std::string_view kLinearDoc =
    "Fully connected layer over the last dimension: y[..., o] = bias[o] + sum over i of x[..., i] "
    "* "
    "weight[o, i]. weight is [Dout, Din]; y has x's element type, integers wrap.";
constexpr std::string_view kMatmulDoc =
    "Matrix product over the last two dimensions, y = x y, the others broadcast as in NumPy. "
    "transpose_x and transpose_y exchange an operand's last two dimensions first. An x of rank 1 "
    "is "
    "one row, a y of rank 1 one column, and that dimension is left out of the result. The result "
    "has x's element type, integers wrap.";

constexpr std::string_view kLinearSamples[] = {
    "x=fp32[3,7] weight=const:fp32[5,7]",
    "x=fp32[7] weight=const:fp32[5,7] bias=const:fp32[5]",
    "x=fp32[2,3,4,9] weight=const:fp32[6,9] bias=const:fp32[6]",
    "x=fp32[5,300] weight=const:fp32[9,300] bias=const:fp32[9]",
    "x=fp16[3,7] weight=const:fp16[5,7] bias=const:fp16[5]",
    "x=int32[3,7] weight=const:int32[5,7] bias=const:int32[5]",
    "x=run:[[2000000000,3]] weight=[[2,1],[1,-5]] bias=[7,8]",
    "x=fp32[0,7] weight=const:fp32[5,7]",
};
constexpr std::string_view kLinearSamples17[] = {
    "x=fp16[3,7] weight=const:fp32[5,7] bias=const:fp32[5]",
    "x=fp32[3,7] weight=const:fp16[5,7] bias=const:fp16[5]",
    "x=int32[3,7] weight=const:int32[5,7]",
};
constexpr std::string_view kMatmulSamples[] = {
    "x=fp32[4,5] y=fp32[5,3]",
    "x=fp32[5,4] y=fp32[5,3] transpose_x=true",
    "x=fp32[4,5] y=fp32[3,5] transpose_y=true",
    "x=fp32[2,5,4] y=fp32[2,3,5] transpose_x=true transpose_y=true",
    "x=fp32[10,4,3] y=fp32[5,10,3,2]",
    "x=fp32[2,1,4,6] y=fp32[3,6,5]",
    "x=fp32[4] y=fp32[2,4,3]",
    "x=fp32[2,3,4] y=fp32[4]",
    "x=fp32[5] y=fp32[5]",
    "x=fp32[3,270] y=fp32[270,5]",
    "x=fp32[2,3] y=fp32[3,70]",
    "x=fp16[4,5] y=fp16[5,3]",
    "x=int32[4,5] y=int32[5,3] transpose_x=false transpose_y=false",
    "x=fp32[2,0] y=fp32[0,3]",
};
constexpr std::string_view kMatmulSamples17[] = {
    "x=fp32[4,5] y=fp16[5,3] transpose_x=false transpose_y=false",
    "x=fp16[4,5] y=const:fp32[3,5] transpose_y=true",
    "x=int32[4,5] y=int32[5,3]",
};
constexpr std::string_view kEinsumSamples[] = {
    "values=(fp32[2,3,4,5],fp32[2,5,4,6]) equation=\"nchw,nwhu->nchu\"",
    "values=(fp32[1,3,4,5],fp32[2,5,1,6]) equation=\"abcd,adce->abce\"",
    "values=(fp32[3,4,5],fp32[5,4,2]) equation=\"chw,whr->chr\"",
    "values=(fp32[3,1,5],fp32[5,4,2]) equation=\"chw,whr->chr\"",
    "values=(fp16[3,4,5],fp16[5,4,2]) equation=\"xyz,zyw->xyw\"",
};

constexpr OpDef kOps[] = {
    {.name = "einsum",
     .since = ir::Opset::kIos15,
     .doc = "Products of the matrices on axes -3 and -1, all other dimensions being batches that "
            "broadcast: y[n,c,h,u] = sum over w of a[n,c,h,w] * b[n,w,h,u], with or without n. The "
            "equation is \"nchw,nwhu->nchu\" or \"chw,whr->chr\", in any letters.",
     .params = kEinsumParams,
     .outputs = kOutputs,
     .infer = infer_einsum,
     .reference = reference::einsum,
     .samples = kEinsumSamples},
    {.name = "linear",
     .since = ir::Opset::kIos15,
     .doc = kLinearDoc,
     .params = kLinearParams<'T'>,
     .outputs = kOutputs,
     .infer = infer_linear,
     .reference = reference::linear,
     .samples = kLinearSamples},
    {.name = "linear",
     .since = ir::Opset::kIos17,
     .doc = kLinearDoc,
     .params = kLinearParams<'U'>,
     .outputs = kOutputs,
     .infer = infer_linear,
     .reference = reference::linear,
     .samples = kLinearSamples17},
    {.name = "matmul",
     .since = ir::Opset::kIos15,
     .doc = kMatmulDoc,
     .params = kMatmulParams<'T'>,
     .outputs = kOutputs,
     .infer = infer_matmul,
     .reference = reference::matmul,
     .samples = kMatmulSamples},
    {.name = "matmul",
     .since = ir::Opset::kIos17,
     .doc = kMatmulDoc,
     .params = kMatmulParams<'U'>,
     .outputs = kOutputs,
     .infer = infer_matmul,
     .reference = reference::matmul,
     .samples = kMatmulSamples17},
};
static_assert(is_well_formed(kOps));

}  // namespace

Result<MatmulShape> matmul_shape(const Args& args) {
  using P = MatmulParam;
  POME_TRY(check_rank(args, P::kX, 1, Shape::kMaxRank));
  POME_TRY(check_rank(args, P::kY, 1, Shape::kMaxRank));
  const Shape& x = args.shape(P::kX);
  const Shape& y = args.shape(P::kY);
  MatmulShape m;
  const bool x_swapped = x.rank() > 1 && args.flag(P::kTransposeX);
  const bool y_swapped = y.rank() > 1 && args.flag(P::kTransposeY);
  if (x.rank() > 1) m.rows = x.at(x_swapped ? -1 : -2);
  const int64_t x_depth = x.at(x_swapped ? -2 : -1);
  if (y.rank() > 1) m.columns = y.at(y_swapped ? -2 : -1);
  const int64_t y_depth = y.rank() == 1 ? y[0] : y.at(y_swapped ? -1 : -2);
  m.x_batch = batch_of(x);
  m.y_batch = batch_of(y);
  const auto batch = broadcast(m.x_batch, m.y_batch);
  if (!extents_agree(x_depth, y_depth) || !batch) {
    return Error(
        ErrorCode::kInvalidModel,
        "x of shape " + x.to_string() + (x_swapped ? " (transposed)" : "") + " and y of shape " +
            y.to_string() + (y_swapped ? " (transposed)" : "") + " cannot be multiplied: " +
            (batch ? std::to_string(x_depth) + " columns meet " + std::to_string(y_depth) + " rows"
                   : "their batch dimensions do not broadcast"));
  }
  m.depth = known_extent(x_depth, y_depth);
  m.batch = m.out = *batch;
  if (x.rank() > 1) m.out.push_back(m.rows);
  if (y.rank() > 1) m.out.push_back(m.columns);
  m.x_row = x_swapped ? 1 : m.depth;
  m.x_column = x_swapped ? m.rows : 1;
  m.y_row = y_swapped ? 1 : m.columns;
  m.y_column = y_swapped ? m.depth : 1;
  return m;
}

std::span<const OpDef> linear_ops() { return kOps; }

}  // namespace pome::ops
