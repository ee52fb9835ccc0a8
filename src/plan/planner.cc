#include "plan/planner.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "base/try.h"
#include "ops/op_def.h"
#include "plan/classify.h"
#include "plan/plan_builder.h"

namespace pome::plan {
namespace {

/// One make_plan(): walks the ops in order, asks the backend's rows, and hands the winner to the
/// PlanBuilder.
class Planner final : public ops::MatchContext {
 public:
  Planner(const ir::Function& function, const PlanOptions& options)
      : function_(function),
        options_(options),
        builder_(options.backend, options.memory_limit, options.blobs) {}

  Result<Plan> run() {
    POME_TRY(resolve_all());
    POME_TRY(add_inputs());
    for (const auto& op : function_.body.ops()) {
      Status planned = plan_op(*op);
      if (!planned.ok()) return std::move(planned).error().at(op->place());
    }
    POME_TRY(add_outputs());
    POME_TRY(builder_.place());
    if (options_.is_wanted &&
        !options_.is_wanted(builder_.plan().report, builder_.constant_bytes()))
      return Error(ErrorCode::kUnsupported, "this plan is not wanted");
    return builder_.pack();
  }

  ops::Layout layout(const ir::Value* value) const override { return builder_.layout(value); }
  const ir::Op* sole_user(const ir::Value* value) const override {
    if (value->users().size() != 1 || function_.body.is_output(value)) return nullptr;
    const ir::Op* user = value->users()[0];
    return covered_.count(user) || !position_.count(user) ? nullptr : user;
  }
  std::vector<const ir::Op*> readers(const ir::Value* value) const override {
    std::vector<const ir::Op*> found;
    if (function_.body.is_output(value)) return found;
    for (const ir::Op* user : value->users()) {
      if (covered_.count(user) || !position_.count(user)) return {};
      if (std::find(found.begin(), found.end(), user) == found.end()) found.push_back(user);
    }
    return found;
  }
  bool available_at(const ir::Value* value, const ir::Op& op) const override {
    return value->producer() == nullptr || position_.at(value->producer()) < position_.at(&op);
  }
  const ops::Args& args(const ir::Op& op) const override { return args_.at(&op); }
  int channel_block() const override { return options_.backend->channel_block; }
  int target() const override { return options_.backend->target; }
  int threads() const override { return options_.threads; }

 private:
  /// True for ops that leave nothing to do: constants, and ops whose results infer computed.
  static bool is_known(const ir::Op& op) {
    return !op.outputs().empty() &&
           std::all_of(op.outputs().begin(), op.outputs().end(),
                       [](const auto& v) { return v->literal() != nullptr; });
  }

  Status resolve_all() {
    int position = 0;
    for (const auto& op : function_.body.ops()) {
      position_[op.get()] = position++;
      if (is_known(*op)) continue;
      const ops::OpDef* def = ops::find(op->kind(), function_.opset);
      if (def == nullptr) return ops::unknown_op(op->kind(), function_.opset).at(op->place());
      if (!op->blocks().empty()) {
        return Error(ErrorCode::kUnsupported, "control flow is not supported yet").at(op->place());
      }
      Result<ops::Args> args = ops::resolve(*def, *op);
      if (!args.ok()) return std::move(args).error().at(op->place());
      args_.emplace(op.get(), *std::move(args));
      if (op->kind() == "classify") continue;
      for (const auto& output : op->outputs()) {
        if (output->type().is_tensor() && output->shape().known()) continue;
        return Error(ErrorCode::kUnsupported,
                     "output " + quoted(output->name()) + " is a " + output->type().to_string() +
                         "; only tensors of known shape can be planned yet")
            .at(op->place());
      }
    }
    return {};
  }

  Status add_inputs() {
    for (const auto& input : function_.body.inputs()) {
      if (!input->type().is_tensor() || !input->shape().known()) {
        return Error(ErrorCode::kUnsupported,
                     "input " + quoted(input->name()) + " is a " + input->type().to_string() +
                         "; only tensors of known shape can be planned yet");
      }
      const int tensor = builder_.add_input(input.get());
      if (tensor < 0)
        return Error(ErrorCode::kLimitExceeded, "input " + quoted(input->name()) + " is too large");
      builder_.plan().inputs.push_back({input->name(), tensor});
    }
    return {};
  }

  Status plan_op(const ir::Op& op) {
    if (is_known(op)) return {};
    if (auto pending = pending_.find(&op); pending != pending_.end()) {
      return builder_.add_kernel(*pending->second.row, pending->second.candidate,
                                 std::move(pending->second.refusals));
    }
    if (covered_.count(&op)) return {};
    if (op.kind() == "classify") return add_classify(op);
    const ops::OpDef& def = args_.at(&op).def();
    if (def.is(ops::kView) && op.outputs().size() == 1) {
      const ir::Operand& source = op.arguments()[argument_of(op, def.params[0].name)].operands[0];
      if (source.value != nullptr) return builder_.add_view(source.value, op.output());
    }
    return choose(def, op);
  }

  static size_t argument_of(const ir::Op& op, std::string_view param) {
    for (size_t i = 0; i < op.arguments().size(); ++i)
      if (op.arguments()[i].param == param) return i;
    return 0;
  }

  bool is_switched_off(const ops::KernelRow& row) const {
    const auto& names = options_.without_kernels;
    return std::find(names.begin(), names.end(), row.name) != names.end();
  }

  bool has_inputs_at(const ops::Candidate& candidate, const ir::Op& op) const {
    return std::all_of(candidate.inputs.begin(), candidate.inputs.end(),
                       [&](const ops::Port& port) { return available_at(port.value, op); });
  }

  Status choose(const ops::OpDef& def, const ir::Op& op) {
    Offer best;
    std::vector<KernelRefusal> refusals;
    const auto rows = options_.backend ? options_.backend->rows : std::span<const ops::KernelRow>();
    for (const ops::KernelRow& row : rows) {
      if (row.op != op.kind()) continue;
      if (is_switched_off(row)) {
        refusals.push_back({std::string(row.name), "switched off by without_kernels"});
        continue;
      }
      ops::Match match = row.match(*this, op);
      if (auto* refusal = std::get_if<ops::Refusal>(&match)) {
        refusals.push_back({std::string(row.name), std::move(refusal->reason)});
        continue;
      }
      auto& candidate = std::get<ops::Candidate>(match);
      if (candidate.runs_first && !has_inputs_at(candidate, op)) {
        refusals.push_back({std::string(row.name), "reads what is made between its ops"});
        continue;
      }
      if (best.row != nullptr && best.candidate.cost <= candidate.cost) continue;
      best = {&row, std::move(candidate), {}};
    }
    if (best.row == nullptr)
      return builder_.add_reference(def, op, args_.at(&op), std::move(refusals));
    best.refusals = std::move(refusals);
    const ir::Op* last = best.candidate.covered.back();
    for (const ir::Op* covered : best.candidate.covered) covered_.insert(covered);
    // A fused step runs where its last op stands: all that it reads exists there.
    if (last == &op || best.candidate.runs_first)
      return builder_.add_kernel(*best.row, best.candidate, std::move(best.refusals));
    pending_.emplace(last, std::move(best));
    return {};
  }

  Status add_classify(const ir::Op& op) {
    ClassifyRecord& record = builder_.plan().classify;
    if (record.present)
      return Error(ErrorCode::kUnsupported, "a second classify op is not supported");
    POME_ASSIGN(record, read_classify(op));
    const ir::Value* probabilities = op.input("probabilities");
    POME_ASSIGN(record.probabilities, builder_.plain(probabilities));
    const TensorRecord& tensor = builder_.plan().tensors[static_cast<size_t>(record.probabilities)];
    POME_TRY(check_labels(record, probabilities->name(), tensor.shape));
    builder_.keep(record.probabilities);
    classify_ = &op;
    return {};
  }

  Status add_outputs() {
    for (const ir::Value* output : function_.body.outputs()) {
      if (classify_ != nullptr && output->producer() == classify_) continue;
      POME_ASSIGN(const int tensor, builder_.plain(output));
      builder_.plan().outputs.push_back({output->name(), tensor});
    }
    // Only now: making an output plain may have added steps.
    for (const Binding& b : builder_.plan().outputs) builder_.keep(b.tensor);
    if (builder_.plan().classify.present) builder_.keep(builder_.plan().classify.probabilities);
    return {};
  }

  struct Offer {
    const ops::KernelRow* row = nullptr;
    ops::Candidate candidate;
    std::vector<KernelRefusal> refusals;
  };

  const ir::Function& function_;
  const PlanOptions& options_;
  PlanBuilder builder_;
  std::map<const ir::Op*, ops::Args> args_;
  std::map<const ir::Op*, int> position_;
  std::set<const ir::Op*> covered_;
  std::map<const ir::Op*, Offer> pending_;  // by the last op each covers
  const ir::Op* classify_ = nullptr;
};

}  // namespace

Result<Plan> make_plan(const ir::Function& function, const PlanOptions& options) {
  return Planner(function, options).run();
}

}  // namespace pome::plan
