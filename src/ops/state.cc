// States: buffers that live from one prediction to the next. passes/states_to_values.cc turns them
// into inputs and outputs before anything is planned.
#include <string>

#include "base/try.h"
#include "ops/families.h"
#include "ops/infer.h"

namespace pome::ops {
namespace {

enum Params : int { kState, kData };

/// What the state holds.
Result<ir::Type> wrapped_type(const Args& args) {
  const ir::Type& state = args.type(kState);
  if (state.kind() == ir::Type::Kind::kState && state.members()[0].is_tensor())
    return state.members()[0];
  return param_error(args, kState,
                     "is a " + state.to_string() + ", a state of a tensor is expected");
}

Status check_data(const Args& args) {
  POME_ASSIGN(const ir::Type wrapped, wrapped_type(args));
  const ir::Type& data = args.type(kData);
  bool fits = wrapped.dtype() == data.dtype() && wrapped.shape().rank() == data.shape().rank();
  for (int i = 0; fits && i < data.shape().rank(); ++i) {
    const int64_t extent = data.shape()[i];
    fits = extent < 0 || wrapped.shape()[i] < 0 || extent == wrapped.shape()[i];
  }
  if (fits) return {};
  return param_error(args, kData,
                     "is a " + data.to_string() + ", the state holds a " + wrapped.to_string());
}

Status infer_read(const Args& args, Inferred& out) {
  POME_ASSIGN(ir::Type wrapped, wrapped_type(args));
  out.types.push_back(std::move(wrapped));
  return {};
}

Status infer_write(const Args& args, Inferred&) { return check_data(args); }

Status infer_update(const Args& args, Inferred& out) {
  POME_TRY(check_data(args));
  return infer_read(args, out);
}

Status refuse(const Args& args, Outputs) {
  return Error(ErrorCode::kUnsupported,
               std::string(args.def().name) + " has no value of its own: a state is needed");
}

constexpr TypeSet kElements = kNumbersBool | kIndices;
constexpr ParamDef kReadParams[] = {{"input", 0, kAnyKind, 0, {}}};
constexpr ParamDef kWriteParams[] = {{"input", 0, kAnyKind, 0, {}},
                                     {"data", kElements, kRequired, 0, {}}};
constexpr ParamDef kUpdateParams[] = {{"state", 0, kAnyKind, 0, {}},
                                      {"value", kElements, kRequired, 0, {}}};
constexpr std::string_view kValueOutputs[] = {"value"};

constexpr OpDef row(std::string_view name, std::string_view doc, std::span<const ParamDef> params,
                    std::span<const std::string_view> outputs, InferFn infer) {
  return {.name = name,
          .since = ir::Opset::kIos18,
          .doc = doc,
          .params = params,
          .outputs = outputs,
          .properties = kStateful,
          .infer = infer,
          .reference = refuse,
          .samples = {}};
}

constexpr OpDef kOps[] = {
    row("coreml_update_state",
        "Stores `value` in the state and gives it back: write_state, then read_state.",
        kUpdateParams, kValueOutputs, infer_update),
    row("read_state", "value = what the state holds when this op is reached.", kReadParams,
        kValueOutputs, infer_read),
    row("write_state",
        "Stores `data` in the state, for the ops behind it and for the next prediction.",
        kWriteParams, {}, infer_write),
};
static_assert(is_well_formed(kOps));

}  // namespace

std::span<const OpDef> state_ops() { return kOps; }

}  // namespace pome::ops
