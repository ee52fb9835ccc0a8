// Before:
//     func main<ios18>(tensor<fp16, [2]> x, state<tensor<fp16, [2]>> s) {
//             tensor<fp16, [2]> old = read_state(input = s);
//             tensor<fp16, [2]> y = add(x = old, y = x);
//             write_state(data = y, input = s);
//         } -> (y);
// After:
//     func main<ios18>(tensor<fp16, [2]> x, tensor<fp16, [2]> s) {
//             tensor<fp16, [2]> old = identity(x = s);
//             tensor<fp16, [2]> y = add(x = old, y = x);
//         } -> (y, y);
//
// A state is what it was before the prediction, an input of its name, and what it is afterwards:
// outputs behind all others, one a state in the order of the inputs (the input itself where
// nothing wrote). Inner blocks may read states but not write them.
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "passes/passes.h"
#include "passes/rewriter.h"

namespace pome::passes {
namespace {

class States {
 public:
  explicit States(Rewriter& rewriter) : rewriter_(rewriter), body_(rewriter.function().body) {}

  Status run() {
    std::vector<ir::Value*> states;
    for (const auto& input : body_.inputs()) {
      if (input->type().kind() != ir::Type::Kind::kState) continue;
      input->set_type(ir::Type(input->type().members()[0]));
      now_[input.get()] = input.get();
      states.push_back(input.get());
    }
    if (states.empty()) return {};
    for (const ir::Value* output : body_.outputs()) POME_TRY(check_no_state(output));
    POME_TRY(block(body_, true));
    for (const ir::Value* state : states) body_.outputs().push_back(now_.at(state));
    return {};
  }

 private:
  Status check_no_state(const ir::Value* value) const {
    if (now_.count(value) == 0) return {};
    return Error(ErrorCode::kInvalidModel, "the state " + quoted(value->name()) +
                                               " is used as a value; read_state gives its value");
  }

  Status block(ir::Block& block, bool outermost) {
    for (auto at = block.ops().begin(); at != block.ops().end();) {
      ir::Op& op = **at++;  // it may be erased
      Status status;
      if (op.kind() == "read_state") {
        status = read(block, op, op.input("input"));
      } else if (op.kind() == "write_state" || op.kind() == "coreml_update_state") {
        status = outermost ? write(block, op) : nested_write(op);
      } else {
        status = other(op);
      }
      if (!status.ok()) return std::move(status).error().at(op.place());
    }
    return {};
  }

  /// The op's value becomes a copy of what the state is now.
  Status read(ir::Block& block, ir::Op& op, const ir::Value* state) {
    POME_ASSIGN(ir::Value * now, value_of(state));
    ir::Value* from = op.output();
    ir::Value* to = rewriter_.before(op).add("identity", from->name(), {{"x", now}});
    POME_TRY(rewriter_.finish());
    to->producer()->set_name(op.name());
    rewriter_.replace(from, to);
    rewriter_.take_name(to, from);
    block.erase(op);
    return {};
  }

  Status write(ir::Block& block, ir::Op& op) {
    const bool gives_back = op.kind() == "coreml_update_state";
    const ir::Value* state = op.input(gives_back ? "state" : "input");
    POME_TRY(value_of(state));
    const ir::Operand data = *op.operand(gives_back ? "value" : "data");
    POME_TRY(check_no_state(data.value));
    now_[state] = data.value != nullptr
                      ? data.value
                      : rewriter_.before(op).constant(data.literal, state->name() + "_written");
    POME_TRY(rewriter_.finish());
    if (gives_back) return read(block, op, state);
    block.erase(op);
    return {};
  }

  static Status nested_write(const ir::Op& op) {
    return Error(ErrorCode::kUnsupported,
                 op.kind() + " stands inside of control flow; states can be written outside of it");
  }

  Status other(const ir::Op& op) {
    for (const ir::Argument& argument : op.arguments())
      for (const ir::Operand& operand : argument.operands) POME_TRY(check_no_state(operand.value));
    for (const auto& inner : op.blocks()) POME_TRY(block(*inner, false));
    return {};
  }

  Result<ir::Value*> value_of(const ir::Value* state) const {
    const auto now = now_.find(state);
    if (now != now_.end()) return now->second;
    return Error(ErrorCode::kInvalidModel, "the op reads or writes what is no state of the model");
  }

  Rewriter& rewriter_;
  ir::Block& body_;
  std::unordered_map<const ir::Value*, ir::Value*> now_;  // by the state's input
};

}  // namespace

Status states_to_values(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) { return States(rewriter).run(); });
}

}  // namespace pome::passes
