// Binding an op's arguments to its definition.
#include <array>
#include <deque>
#include <mutex>
#include <string>

#include "base/per_process.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/op_def.h"

namespace pome::ops {
namespace {

std::vector<std::string> param_names(const OpDef& def) {
  std::vector<std::string> names;
  for (const ParamDef& p : def.params) names.emplace_back(p.name);
  return names;
}

std::string type_set_text(TypeSet types) {
  std::string text;
  for (int i = 0; i <= static_cast<int>(ir::DType::kUint64); ++i) {
    const auto t = static_cast<ir::DType>(i);
    if (types & bit(t)) text += (text.empty() ? "" : " or ") + std::string(ir::name(t));
  }
  return text;
}

bool is_constexpr(const ir::Operand& operand) {
  return operand.value != nullptr && operand.value->producer() != nullptr &&
         operand.value->producer()->kind().starts_with("constexpr_");
}

Status check_operand(const ParamDef& p, const ir::Operand& operand) {
  const ir::Type& type = operand.type();
  const std::string param(p.name);
  if (!(p.flags & kAnyKind)) {
    if (!type.is_tensor() || !(p.types & bit(type.dtype()))) {
      return Error(ErrorCode::kTypeMismatch, "parameter \"" + param + "\" is a " +
                                                 type.to_string() + ", it takes " +
                                                 type_set_text(p.types));
    }
  }
  if ((p.flags & kConst) && operand.known() == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 "parameter \"" + param + "\" is computed while running, it must be a constant");
  }
  if ((p.flags & kConstWeight) && operand.known() == nullptr && !is_constexpr(operand)) {
    return Error(ErrorCode::kUnsupported,
                 "parameter \"" + param +
                     "\" is computed while running, it must be a constant or a constexpr_* op's "
                     "output");
  }
  if ((p.flags & kScalar) && type.shape().checked_elements() != 1) {
    return Error(ErrorCode::kInvalidModel, "parameter \"" + param + "\" has shape " +
                                               type.shape().to_string() + ", a scalar is expected");
  }
  if (p.flags & kShortList) {
    const Shape& s = type.shape();
    if (s.rank() > 1 || (s.rank() == 1 && s[0] > Ints::kMax)) {
      return Error(ErrorCode::kInvalidModel, "parameter \"" + param + "\" has shape " +
                                                 s.to_string() + ", a list of at most " +
                                                 std::to_string(Ints::kMax) +
                                                 " integers is expected");
    }
  }
  return {};
}

Status check_groups(const OpDef& def, const Args& args) {
  for (size_t a = 0; a < def.params.size(); ++a) {
    const char group = def.params[a].group;
    if (group == 0) continue;
    for (size_t b = a; b < def.params.size(); ++b) {
      if (def.params[b].group != group) continue;
      const int pa = static_cast<int>(a);
      const int pb = static_cast<int>(b);
      for (int i = 0; args.has(pa) && i < args.count(pb); ++i) {
        if (args.dtype(pa) == args.dtype(pb, i)) continue;
        return Error(ErrorCode::kTypeMismatch, "parameters \"" + std::string(def.params[a].name) +
                                                   "\" (" + std::string(ir::name(args.dtype(pa))) +
                                                   ") and \"" + std::string(def.params[b].name) +
                                                   "\" (" +
                                                   std::string(ir::name(args.dtype(pb, i))) +
                                                   ") must have the same element type");
      }
    }
  }
  return {};
}

/// The dtype that a number as default takes: that of the first bound member of its group, else
/// int32 or fp32.
ir::DType default_dtype(const OpDef& def, const Args& args, const ParamDef& p) {
  for (size_t i = 0; p.group != 0 && i < def.params.size(); ++i) {
    if (def.params[i].group == p.group && args.has(static_cast<int>(i)))
      return args.dtype(static_cast<int>(i));
  }
  return p.fallback.kind == Default::Kind::kInt ? ir::DType::kInt32 : ir::DType::kFp32;
}

/// Defaults live as long as the program does: each distinct one is made once.
const ir::Literal* default_literal(const Default& d, ir::DType dtype);

}  // namespace

Result<Args> resolve(const OpDef& def, const ir::Op& op) {
  Args args(def);
  args.set_op(&op);
  for (const ir::Argument& a : op.arguments()) {
    const int index = def.param(a.param);
    if (index < 0) {
      const auto names = param_names(def);
      return Error(ErrorCode::kInvalidModel,
                   "parameter " + quoted(a.param) + " is unknown, " + std::string(def.name) +
                       " of " + std::string(ir::text_tag(def.since)) + " takes " +
                       quoted_list(names, 20) + "." + did_you_mean(a.param, names));
    }
    const ParamDef& p = def.params[static_cast<size_t>(index)];
    if (a.operands.size() != 1 && !(p.flags & kTuple)) {
      return Error(ErrorCode::kInvalidModel,
                   "parameter \"" + std::string(p.name) + "\" is bound to " +
                       std::to_string(a.operands.size()) + " values, one is expected");
    }
    auto& slot = args.slots()[static_cast<size_t>(index)];
    for (const ir::Operand& operand : a.operands) {
      POME_TRY(check_operand(p, operand));
      slot.push_back({operand.type(), operand.known().get(), nullptr});
    }
  }
  for (size_t i = 0; i < def.params.size(); ++i) {
    const ParamDef& p = def.params[i];
    if (!args.slots()[i].empty()) continue;
    if (!(p.flags & kOptional)) {
      return Error(ErrorCode::kInvalidModel, "parameter \"" + std::string(p.name) +
                                                 "\" is missing, " + std::string(def.name) +
                                                 " requires it");
    }
    if (p.fallback.kind == Default::Kind::kNone) continue;
    const ir::Literal* literal = default_literal(p.fallback, default_dtype(def, args, p));
    args.slots()[i].push_back({literal->type(), literal, nullptr});
  }
  POME_TRY(check_groups(def, args));
  return args;
}

Result<Inferred> infer(const OpDef& def, const ir::Op& op) {
  POME_ASSIGN(const Args args, resolve(def, op));
  Inferred inferred;
  POME_TRY(def.infer(args, inferred));
  return inferred;
}

namespace {

const ir::Literal* default_literal(const Default& d, ir::DType dtype) {
  // Grows by the number of distinct defaults in the op table and is then only read. Guarded because
  // models load on several threads.
  struct Entry {
    Default value;
    ir::DType dtype;
    ir::LiteralPtr literal;
  };
  struct Table {
    std::mutex mutex;
    std::deque<Entry> entries;
  };
  static const PerProcess<Table> table;
  Table& defaults = table.get();
  const std::lock_guard<std::mutex> lock(defaults.mutex);
  std::deque<Entry>& entries = defaults.entries;
  for (const Entry& e : entries) {
    if (e.value.kind == d.kind && e.value.number == d.number && e.value.text == d.text &&
        e.dtype == dtype) {
      return e.literal.get();
    }
  }
  ir::LiteralPtr literal;
  switch (d.kind) {
    case Default::Kind::kBool:
      literal = ir::Literal::boolean(d.number != 0);
      break;
    case Default::Kind::kString:
      literal = ir::Literal::string(std::string(d.text));
      break;
    default: {
      std::array<std::byte, 8> bytes{};
      ir::store_real(dtype, bytes.data(), 0, d.number);
      literal = ir::Literal::copy(
          ir::Type::scalar(dtype),
          std::span(bytes.data(), static_cast<size_t>(ir::storage_bytes(dtype, 1))));
    }
  }
  entries.push_back({d, dtype, literal});
  return entries.back().literal.get();
}

}  // namespace
}  // namespace pome::ops
