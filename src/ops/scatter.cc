// Changing elements picked by index: scatter, scatter_along_axis, scatter_nd.
#include "ops/scatter.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

using Lines = std::span<const std::string_view>;
using Params = std::span<const ParamDef>;
using enum ir::Opset;

constexpr uint8_t kOptionalScalar = kOptional | kConst | kScalar;
constexpr std::string_view kY[] = {"y"};

constexpr ParamDef kParams[] = {{"data", kNumbers, kRequired, 'T', {}},
                                {"indices", kInt32s, kRequired, 0, {}},
                                {"updates", kNumbers, kRequired, 'T', {}},
                                {"axis", kInt32s, kOptionalScalar, 0, def_int(0)},
                                {"mode", kStrings, kOptionalScalar, 0, def_text("add")}};
constexpr ParamDef kParams17[] = {
    {"data", kNumbers, kRequired, 'T', {}},
    {"indices", kInt32s, kRequired, 0, {}},
    {"updates", kNumbers, kRequired, 'T', {}},
    {"axis", kInt32s, kOptionalScalar, 0, def_int(0)},
    {"mode", kStrings, kOptionalScalar, 0, def_text("add")},
    {"validate_indices", kBools, kOptionalScalar, 0, def_bool(false)}};
constexpr ParamDef kNdParams[] = {{"data", kNumbers, kRequired, 'T', {}},
                                  {"indices", kInt32s, kRequired, 0, {}},
                                  {"updates", kNumbers, kRequired, 'T', {}},
                                  {"mode", kStrings, kOptionalScalar, 0, def_text("add")}};
constexpr ParamDef kNdParams17[] = {
    {"data", kNumbers, kRequired, 'T', {}},
    {"indices", kInt32s, kRequired, 0, {}},
    {"updates", kNumbers, kRequired, 'T', {}},
    {"mode", kStrings, kOptionalScalar, 0, def_text("add")},
    {"validate_indices", kBools, kOptionalScalar, 0, def_bool(false)}};

Status check_mode(const Args& args, int param) {
  constexpr std::string_view kModes[] = {"add", "div", "max", "min", "mul", "sub", "update"};
  const std::string_view mode = args.text(param);
  if (std::find(std::begin(kModes), std::end(kModes), mode) != std::end(kModes)) return {};
  return param_error(args, param,
                     "is " + quoted(mode) +
                         ", one of add, div, max, min, mul, sub and update is "
                         "expected");
}

bool match(const Shape& a, const Shape& b) {
  bool equal = a.rank() == b.rank();
  for (int i = 0; equal && i < a.rank(); ++i) equal = a[i] < 0 || b[i] < 0 || a[i] == b[i];
  return equal;
}

/// Compares the updates with `wanted` extents of rank `rank` (which may exceed what a Shape holds).
Status check_updates(const Args& args, int rank, const Shape& wanted) {
  const Shape& updates = args.shape(kScatterUpdates);
  if (rank <= Shape::kMaxRank && match(updates, wanted)) return {};
  return Error(
      ErrorCode::kShapeMismatch,
      "data has shape " + args.shape(kScatterData).to_string() + ", indices " +
          args.shape(kScatterIndices).to_string() + " and updates " + updates.to_string() +
          ": updates of shape " +
          (rank <= Shape::kMaxRank ? wanted.to_string() : "of rank " + std::to_string(rank)) +
          " are expected");
}

Status infer_scatter(const Args& args, Inferred& out) {
  const Shape& data = args.shape(kScatterData);
  const Shape& indices = args.shape(kScatterIndices);
  POME_ASSIGN(const int axis, axis_param(args, kScatterAxis, data.rank()));
  POME_TRY(check_mode(args, kScatterMode));
  const int rank = data.rank() - 1 + indices.rank();
  Shape wanted;
  if (rank <= Shape::kMaxRank) {
    for (int i = 0; i < axis; ++i) wanted.push_back(data[i]);
    for (const int64_t d : indices.dims()) wanted.push_back(d);
    for (int i = axis + 1; i < data.rank(); ++i) wanted.push_back(data[i]);
  }
  POME_TRY(check_updates(args, rank, wanted));
  return infer_like_first(args, out);
}

Status infer_along(const Args& args, Inferred& out) {
  const Shape& data = args.shape(kScatterData);
  Shape wanted = args.shape(kScatterIndices);
  POME_ASSIGN(const int axis, axis_param(args, kScatterAxis, data.rank()));
  POME_TRY(check_mode(args, kScatterMode));
  for (int i = 0; i < wanted.rank() && wanted.rank() == data.rank(); ++i)
    if (i != axis && data[i] >= 0) wanted[i] = data[i];
  POME_TRY(check_updates(args, wanted.rank(), wanted));
  if (wanted.rank() != data.rank() || !match(wanted, args.shape(kScatterIndices))) {
    return Error(ErrorCode::kShapeMismatch,
                 "data has shape " + data.to_string() + " and indices have shape " +
                     args.shape(kScatterIndices).to_string() + ", they may differ on axis " +
                     std::to_string(axis) + " alone");
  }
  return infer_like_first(args, out);
}

Status infer_nd(const Args& args, Inferred& out) {
  const Shape& data = args.shape(kScatterNdData);
  const Shape& indices = args.shape(kScatterNdIndices);
  POME_TRY(check_mode(args, kScatterNdMode));
  if (indices.rank() == 0 || indices.back() < 0 || indices.back() > data.rank()) {
    return param_error(args, kScatterNdIndices,
                       "has shape " + indices.to_string() + ", data has rank " +
                           std::to_string(data.rank()) + ": the last axis holds one index into it");
  }
  const int depth = static_cast<int>(indices.back());
  const int rank = indices.rank() - 1 + data.rank() - depth;
  Shape wanted;
  if (rank <= Shape::kMaxRank) {
    for (int i = 0; i + 1 < indices.rank(); ++i) wanted.push_back(indices[i]);
    for (int i = depth; i < data.rank(); ++i) wanted.push_back(data[i]);
  }
  POME_TRY(check_updates(args, rank, wanted));
  return infer_like_first(args, out);
}

constexpr std::string_view kSamples[] = {
    "data=fp32[5,3] indices=run:[4,0,4] updates=fp32[3,3]",
    "data=fp32[2,5,3] indices=run:[[1,-1],[0,3]] updates=fp32[2,2,2,3] axis=1 mode=\"update\"",
    "data=fp16[2,5] indices=run:[3,1] updates=fp16[2,2]{1..2} axis=-1 mode=\"div\"",
    "data=int32[6] indices=run:[0,2,2] updates=int32[3]{1..9} mode=\"mul\"",
    "data=int32[6]{-50..50} indices=run:[5,1] updates=int32[2]{1..9} mode=\"div\"",
    "data=fp32[4,2] indices=const:int32[3]{0..3} updates=fp32[3,2] mode=\"max\"",
    "data=fp32[4,2] indices=run:1 updates=fp32[2] mode=\"min\"",
    "data=fp32[4,2] indices=int32[0] updates=fp32[0,2] mode=\"sub\""};
constexpr std::string_view kSamples17[] = {
    "data=fp32[5,3] indices=run:[4,0] updates=fp32[2,3] mode=\"sub\" validate_indices=true",
    "data=fp16[5,3] indices=run:[2,0] updates=fp16[5,2] axis=1 mode=\"update\"",
    "data=int32[6] indices=run:[0,2,2] updates=int32[3]"};
constexpr std::string_view kAlongSamples[] = {
    "data=fp32[5,3] indices=int32[2,3]{-5..4} updates=fp32[2,3]",
    "data=fp32[2,5,3] indices=int32[2,7,3]{0..4} updates=fp32[2,7,3] axis=1 mode=\"update\"",
    "data=fp16[2,5] indices=run:[[3,1],[0,4]] updates=fp16[2,2] axis=-1 mode=\"sub\"",
    "data=int32[6] indices=run:[0,2,2] updates=int32[3]{1..9} mode=\"mul\""};
constexpr std::string_view kAlongSamples17[] = {
    "data=fp32[5,3] indices=int32[2,3]{0..4} updates=fp32[2,3] mode=\"max\" validate_indices=true",
    "data=fp16[2,5] indices=run:[[3,1],[0,4]] updates=fp16[2,2] axis=1",
    "data=int32[6] indices=run:[0,2,2] updates=int32[3] mode=\"min\""};
constexpr std::string_view kNdSamples[] = {
    "data=fp32[4,3,2] indices=run:[[3,-1],[0,0],[3,2]] updates=fp32[3,2]",
    "data=fp16[4,3] indices=run:[[[1]],[[0]]] updates=fp16[2,1,3] mode=\"update\"",
    "data=int32[4,3] indices=run:[[3,2],[3,2]] updates=int32[2] mode=\"mul\""};
constexpr std::string_view kNdSamples17[] = {
    "data=fp32[4,3,2] indices=run:[[3,1],[0,0]] updates=fp32[2,2] validate_indices=true",
    "data=fp16[4,3] indices=run:[[1],[0]] updates=fp16[2,3] mode=\"sub\"",
    "data=int32[4,3] indices=run:[[3,2]] updates=int32[1] mode=\"update\""};

constexpr OpDef row(std::string_view name, ir::Opset since, std::string_view doc, Params params,
                    InferFn infer, ReferenceFn reference, Lines samples) {
  return {name, since, doc, params, kY, kPlain, infer, reference, samples};
}

constexpr std::string_view kDoc =
    "data with y[before.., indices[i..], behind..] changed by updates[before.., i.., behind..] for "
    "each i, one after the other, along `axis`. mode: add, sub, mul, div, max, min combine, update "
    "replaces. Indices outside: as for gather.";
constexpr std::string_view kAlongDoc =
    "data with y[.., indices[.., i, ..], ..] changed by updates[.., i, ..] along `axis`. mode as "
    "for scatter.";
constexpr std::string_view kNdDoc =
    "data with y[indices[i..]] changed by updates[i..]; the last axis of indices holds an index "
    "into the first axes of data. mode as for scatter.";

constexpr OpDef kOps[] = {
    row("scatter", kIos15, kDoc, kParams, infer_scatter, reference::scatter, kSamples),
    row("scatter", kIos17, kDoc, kParams17, infer_scatter, reference::scatter, kSamples17),
    row("scatter_along_axis", kIos15, kAlongDoc, kParams, infer_along,
        reference::scatter_along_axis, kAlongSamples),
    row("scatter_along_axis", kIos17, kAlongDoc, kParams17, infer_along,
        reference::scatter_along_axis, kAlongSamples17),
    row("scatter_nd", kIos15, kNdDoc, kNdParams, infer_nd, reference::scatter_nd, kNdSamples),
    row("scatter_nd", kIos17, kNdDoc, kNdParams17, infer_nd, reference::scatter_nd, kNdSamples17),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> scatter_ops() { return kOps; }

}  // namespace pome::ops
