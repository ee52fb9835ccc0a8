// Non-maximum suppression.
#include "ops/detection.h"

#include <string>

#include "base/try.h"
#include "ops/checks.h"
#include "ops/families.h"

namespace pome::ops {
namespace {

/// `boxes_axis` is that along which the boxes lie: 1 as of ios15, 2 as of ios17.
Status infer_nms(const Args& args, int boxes_axis, Inferred& out) {
  using P = NmsParam;
  POME_TRY(check_rank(args, P::kBoxes, 3, 3));
  POME_TRY(check_rank(args, P::kScores, 3, 3));
  const Shape& boxes = args.shape(P::kBoxes);
  const Shape& scores = args.shape(P::kScores);
  const int other = 3 - boxes_axis;
  if (!extents_agree(boxes[other], 4))
    return unexpected_shape(args, P::kBoxes,
                            boxes_axis == 1 ? "[n,B,4]: x, y, width and height of each box"
                                            : "[n,4,B]: x, y, width and height of each box");
  if (!extents_agree(boxes[0], scores[0]) ||
      !extents_agree(boxes[boxes_axis], scores[boxes_axis])) {
    return Error(ErrorCode::kShapeMismatch,
                 "boxes has shape " + boxes.to_string() + " and scores " + scores.to_string() +
                     ", the same batch and number of boxes are expected");
  }
  if (scores[other] == 0) return unexpected_shape(args, P::kScores, "at least one class");
  int64_t most = Shape::kUnknown;
  if (args.readable(P::kMaxBoxes)) {
    POME_ASSIGN(most, count_param(args, P::kMaxBoxes, 0));
  }
  const int64_t n = known_extent(boxes[0], scores[0]);
  const auto give = [&](ir::DType dtype, int64_t inner) {
    out.types.push_back(
        ir::Type::tensor(dtype, boxes_axis == 1 ? Shape{n, most, inner} : Shape{n, inner, most}));
  };
  give(args.dtype(P::kBoxes), 4);
  give(args.dtype(P::kScores), scores[other]);
  out.types.push_back(ir::Type::tensor(ir::DType::kInt32, {n, most}));
  if (boxes_axis == 1) out.types.push_back(ir::Type::tensor(ir::DType::kInt32, {n}));
  return {};
}

Status infer(const Args& args, Inferred& out) { return infer_nms(args, 1, out); }
Status infer_ios17(const Args& args, Inferred& out) { return infer_nms(args, 2, out); }

constexpr ParamDef number(std::string_view name, uint8_t flags) {
  return {.name = name, .types = kFloats, .flags = flags, .group = 'T'};
}
constexpr ParamDef kBoxesParam = {.name = "boxes", .types = kFloats, .group = 'T'};
constexpr ParamDef kScoresParam = {.name = "scores", .types = kFloats, .group = 'T'};
constexpr ParamDef kPerClassParam = {.name = "per_class_suppression",
                                     .types = kBools,
                                     .flags = kOptional | kConst | kScalar,
                                     .fallback = def_bool(false)};
template <uint8_t kFlags>
constexpr ParamDef kParams[] = {kBoxesParam,
                                kScoresParam,
                                number("iou_threshold", kFlags),
                                {.name = "max_boxes", .types = kInt32s, .flags = kFlags},
                                kPerClassParam,
                                number("score_threshold", kFlags)};
constexpr auto kParams17 = std::span(kParams<kConst | kScalar>).first<5>();

constexpr std::string_view kOutputs[] = {"boxes", "scores", "indices", "count"};
constexpr auto kOutputs17 = std::span(kOutputs).first<3>();

constexpr std::string_view kSamples[] = {
    "boxes=fp32[2,30,4]{0.3..1.0} scores=fp32[2,30,3]{0..1} iou_threshold=0.3 "
    "score_threshold=0.7 max_boxes=7",
    "boxes=fp32[1,30,4]{0.3..1.0} scores=fp32[1,30,4]{0..1} iou_threshold=0.2 "
    "score_threshold=0.1 max_boxes=12 per_class_suppression=true",
    "boxes=fp16[1,6,4]{0.3..1.0} scores=fp16[1,6,1]{0..1} iou_threshold=fp16:0.5 "
    "score_threshold=fp16:0.0 max_boxes=9",
    "boxes=fp32[2,5,4]{0.3..1.0} scores=fp32[2,5,2]{0..1} iou_threshold=0.5 "
    "score_threshold=2.0 max_boxes=3",
    "boxes=run:[[[0.5,0.5,1.0,1.0],[1.0,0.5,1.0,1.0],[5.0,5.0,0.0,0.0],[5.0,5.0,0.0,0.0]]] "
    "scores=run:[[[0.9],[0.8],[0.7],[0.6]]] iou_threshold=0.34 score_threshold=0.0 max_boxes=4",
};
constexpr std::string_view kSamples17[] = {
    "boxes=fp32[2,4,30]{0.3..1.0} scores=fp32[2,3,30]{0..1} iou_threshold=0.3 max_boxes=7 "
    "per_class_suppression=false",
    "boxes=fp16[1,4,12]{0.3..1.0} scores=fp16[1,3,12]{0..1} iou_threshold=fp16:0.25 max_boxes=15 "
    "per_class_suppression=true",
};
constexpr std::string_view kPomeSamples[] = {
    "boxes=fp32[2,30,4]{0.3..1.0} scores=fp32[2,30,3]{0..1} iou_threshold=run:0.3 "
    "score_threshold=run:0.7 max_boxes=run:7",
    "boxes=fp16[1,20,4]{0.3..1.0} scores=fp16[1,20,3]{0..1} iou_threshold=run:fp16:[0.25] "
    "score_threshold=fp16:0.125 max_boxes=run:[3] per_class_suppression=true",
};

constexpr std::string_view kDoc =
    "Up to max_boxes boxes for each of the batch, best score first, that overlap no better one by "
    "more than iou_threshold (intersection over union; with per_class_suppression only those of "
    "the same class count, the class being that of the largest score). boxes [n, B, 4] hold "
    "centre x, y, width, height, scores [n, B, K]; a box's score is its largest. Boxes below "
    "score_threshold are left out, but if none is left the best one stays. Outputs: the boxes, "
    "their scores, their numbers, and how many there are; what is left over is 0, numbers -1.";
constexpr std::string_view kDoc17 =
    "As of ios15 but without a score_threshold, with the boxes along the last axis (boxes [n, 4, "
    "B], scores [n, K, B]), and without the count.";
constexpr std::string_view kPomeDoc =
    "non_maximum_suppression (ios15) whose thresholds and max_boxes may be computed, as a "
    "NeuralNetwork allows.";

constexpr OpDef kOps[] = {
    {.name = "non_maximum_suppression",
     .since = ir::Opset::kIos15,
     .doc = kDoc,
     .params = kParams<kConst | kScalar>,
     .outputs = kOutputs,
     .infer = infer,
     .reference = reference::non_maximum_suppression,
     .samples = kSamples},
    {.name = "non_maximum_suppression",
     .since = ir::Opset::kIos17,
     .doc = kDoc17,
     .params = kParams17,
     .outputs = kOutputs17,
     .infer = infer_ios17,
     .reference = reference::non_maximum_suppression_ios17,
     .samples = kSamples17},
    {.name = "pome.non_maximum_suppression",
     .since = ir::Opset::kIos15,
     .doc = kPomeDoc,
     .params = kParams<kScalar>,
     .outputs = kOutputs,
     .infer = infer,
     .reference = reference::non_maximum_suppression,
     .samples = kPomeSamples},
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> detection_ops() { return kOps; }

}  // namespace pome::ops
