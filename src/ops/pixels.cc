// What a picture's bytes become on their way into a network.
#include "ops/pixels.h"

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

constexpr TypeSet kBytes = bit(ir::DType::kUint8);
constexpr TypeSet kFp32s = bit(ir::DType::kFp32);

constexpr std::string_view kOutputs[] = {"y"};
constexpr ParamDef kParams[] = {{"x", kBytes, kRequired, 0, {}},
                                {"scale", kFp32s, kConst, 0, {}},
                                {"bias", kFp32s, kConst, 0, {}}};

Status infer(const Args& args, Inferred& out) {
  POME_TRY(check_rank(args, kPixelsX, 4, 4));
  for (const int p : {kPixelsScale, kPixelsBias})
    POME_TRY(check_vector(args, p, args.shape(kPixelsX)[1], "one for each channel"));
  return set_output(args, out, ir::DType::kFp32, args.shape(kPixelsX));
}

constexpr std::string_view kSamples[] = {
    "x=uint8[1,3,4,5]{0..255} scale=const:fp32[3]{0.003..0.02} bias=const:fp32[3]{-2..2}",
    "x=uint8[2,1,3,3]{0..255} scale=[0.00390625] bias=[0.0]",
    "x=uint8[1,3,1,70]{0..255} scale=[1.0,1.0,1.0] bias=[-103.94,-116.78,-123.68]"};

constexpr OpDef kOps[] = {
    {.name = "pome.pixels",
     .since = ir::Opset::kIos15,
     .doc = "y = scale[c] * x + bias[c] for the bytes x of a picture, [N,C,H,W]. Programs do not "
            "have it: picture inputs become it before they are planned.",
     .params = kParams,
     .outputs = kOutputs,
     .infer = infer,
     .reference = reference::pixels,
     .samples = kSamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> pixel_ops() { return kOps; }

}  // namespace pome::ops
