// Random numbers.
#include "ops/random.h"

#include <string>

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

constexpr uint8_t kOptionalScalar = kOptional | kConst | kScalar;

constexpr ParamDef kShapeParam = {.name = "shape", .types = kInt32s, .flags = kShortList};
constexpr ParamDef kSeedParam = {
    .name = "seed", .types = kInt32s, .flags = kOptionalScalar, .fallback = def_int(-1)};

constexpr ParamDef number(std::string_view name, double fallback) {
  return {.name = name,
          .types = kFloats,
          .flags = kOptionalScalar,
          .group = 'T',
          .fallback = def_float(fallback)};
}

constexpr ParamDef kBernoulliParams[] = {kShapeParam, number("prob", 0.5), kSeedParam};
constexpr ParamDef kNormalParams[] = {kShapeParam, number("mean", 0), number("stddev", 1),
                                      kSeedParam};
constexpr ParamDef kUniformParams[] = {kShapeParam, number("low", 0), number("high", 1),
                                       kSeedParam};
constexpr ParamDef kCategoricalParams[] = {
    {.name = "x", .types = kFloats, .group = 'T'},
    {.name = "mode", .types = kStrings, .flags = kOptionalScalar, .fallback = def_text("logits")},
    {.name = "size", .types = kInt32s, .flags = kOptionalScalar, .fallback = def_int(1)},
    kSeedParam};

constexpr std::string_view kOutputs[] = {"output"};

constexpr std::string_view kBernoulliSamples[] = {
    "shape=[3,5] prob=0.3 seed=7", "shape=run:[2,1,9] seed=0",
    "shape=[17] prob=fp16:0.75 seed=2147483647", "shape=[4,0] prob=0.5 seed=1"};
constexpr std::string_view kNormalSamples[] = {
    "shape=[3,5] mean=1.5 stddev=0.25 seed=7", "shape=run:[2,1,9] seed=0",
    "shape=[17] mean=fp16:-2.0 stddev=fp16:3.0 seed=2147483647", "shape=[4,0] seed=1"};
constexpr std::string_view kUniformSamples[] = {
    "shape=[3,5] low=1.5 high=4.0 seed=7", "shape=run:[2,1,9] seed=0",
    "shape=[17] low=fp16:-2.0 high=fp16:3.0 seed=2147483647", "shape=[4,0] seed=1"};
constexpr std::string_view kCategoricalSamples[] = {
    "x=fp32[3,5]{-3..3} size=40 seed=7", "x=fp16[4] seed=3",
    "x=fp32[2,1,6]{0..1} mode=\"probs\" size=20 seed=2147483647",
    "x=run:[0.0,0.25,0.0,0.75] mode=\"probs\" size=50 seed=0", "x=fp32[0,3] size=2 seed=1"};

constexpr OpDef kOps[] = {
    {.name = "random_bernoulli",
     .doc = "A tensor of the given shape, 1 with probability prob and 0 else, each element for "
            "itself. The numbers are those of Philox4x64-10 with the seed as its key, which are "
            "not Apple's: a seed gives the same numbers every time, none (-1) others at every run.",
     .params = kBernoulliParams,
     .outputs = kOutputs,
     .properties = kRandom,
     .infer = inference::random_bernoulli,
     .reference = reference::random_bernoulli,
     .samples = kBernoulliSamples},
    {.name = "random_categorical",
     .doc = "For each vector along the last axis of x, `size` positions in it (as floats), each "
            "drawn with the probability softmax(x), or, with mode probs, x / sum(x). Random as "
            "random_bernoulli.",
     .params = kCategoricalParams,
     .outputs = kOutputs,
     .properties = kRandom,
     .infer = inference::random_categorical,
     .reference = reference::random_categorical,
     .samples = kCategoricalSamples},
    {.name = "random_normal",
     .doc = "A tensor of the given shape with numbers of a normal distribution. Random as "
            "random_bernoulli.",
     .params = kNormalParams,
     .outputs = kOutputs,
     .properties = kRandom,
     .infer = inference::random_normal,
     .reference = reference::random_normal,
     .samples = kNormalSamples},
    {.name = "random_uniform",
     .doc = "A tensor of the given shape with numbers spread evenly over low <= y < high (all low "
            "where both are equal). Random as random_bernoulli.",
     .params = kUniformParams,
     .outputs = kOutputs,
     .properties = kRandom,
     .infer = inference::random_uniform,
     .reference = reference::random_uniform,
     .samples = kUniformSamples},
};
static_assert(is_well_formed(kOps));

/// The shape that the list asks for; its extents are unknown where it is known only when it runs.
Status infer_shape(const Args& args, ir::DType dtype, Inferred& out) {
  constexpr int kShape = RandomParam::kShape;
  POME_ASSIGN(const int rank, list_length(args, kShape));
  if (rank > Shape::kMaxRank) {
    return param_error(args, kShape,
                       "has " + std::to_string(rank) + " elements, at most " +
                           std::to_string(Shape::kMaxRank) + " axes are supported");
  }
  Shape shape = Shape::filled(rank, Shape::kUnknown);
  for (int i = 0; i < rank && args.readable(kShape); ++i) {
    shape[i] = args.ints(kShape)[i];
    if (shape[i] < 0) {
      return param_error(
          args, kShape,
          "is " + to_string(args.ints(kShape)) + ", extents of at least 0 are expected");
    }
  }
  out.types.push_back(ir::Type::tensor(dtype, shape));
  return {};
}

}  // namespace

namespace inference {

Status random_bernoulli(const Args& args, Inferred& out) {
  using P = RandomBernoulliParam;
  const double p = args.real(P::kProb);
  if (!(p >= 0 && p <= 1))
    return param_error(args, P::kProb, "is " + std::to_string(p) + ", 0 to 1 is expected");
  return infer_shape(args, args.dtype(P::kProb), out);
}

Status random_normal(const Args& args, Inferred& out) {
  using P = RandomNormalParam;
  const double deviation = args.real(P::kStddev);
  if (!(deviation >= 0))
    return param_error(args, P::kStddev,
                       "is " + std::to_string(deviation) + ", at least 0 is expected");
  return infer_shape(args, args.dtype(P::kMean), out);
}

Status random_uniform(const Args& args, Inferred& out) {
  using P = RandomUniformParam;
  const double low = args.real(P::kLow);
  const double high = args.real(P::kHigh);
  if (!(low <= high))
    return param_error(args, P::kLow,
                       "is " + std::to_string(low) + ", at most \"high\", " + std::to_string(high) +
                           ", is expected");
  return infer_shape(args, args.dtype(P::kLow), out);
}

Status random_categorical(const Args& args, Inferred& out) {
  using P = RandomCategoricalParam;
  POME_TRY(check_rank(args, P::kX, 1, Shape::kMaxRank));
  POME_TRY(check_text(args, P::kMode, {"logits", "probs"}));
  POME_ASSIGN(const int64_t size, count_param(args, P::kSize, 0));
  Shape shape = args.shape(P::kX);
  if (shape.back() == 0) return unexpected_shape(args, P::kX, "at least one position to draw");
  shape[shape.rank() - 1] = size;
  out.types.push_back(ir::Type::tensor(args.dtype(P::kX), shape));
  return {};
}

}  // namespace inference

std::span<const OpDef> random_ops() { return kOps; }

}  // namespace pome::ops
