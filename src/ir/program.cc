#include "ir/program.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pome::ir {
namespace {

struct OpsetRow {
  Opset opset;
  std::string_view tag;
  std::string_view key;
};

constexpr std::array<OpsetRow, 5> kOpsets = {{
    {Opset::kIos15, "ios15", "CoreML5"},
    {Opset::kIos16, "ios16", "CoreML6"},
    {Opset::kIos17, "ios17", "CoreML7"},
    {Opset::kIos18, "ios18", "CoreML8"},
    {Opset::kIos26, "ios26", "CoreML9"},
}};

const OpsetRow& row(Opset opset) {
  return *std::find_if(kOpsets.begin(), kOpsets.end(),
                       [&](const OpsetRow& r) { return r.opset == opset; });
}

}  // namespace

std::string_view text_tag(Opset opset) { return row(opset).tag; }
std::string_view program_key(Opset opset) { return row(opset).key; }

std::optional<Opset> opset_from_text(std::string_view text) {
  for (const OpsetRow& r : kOpsets)
    if (r.tag == text || r.key == text) return r.opset;
  return std::nullopt;
}

Op::~Op() { unbind(); }

void Op::unbind() {
  blocks_.clear();  // inner ops drop their uses of our operands' values first
  while (!arguments_.empty()) remove_argument(std::string(arguments_.back().param));
}

std::string Op::place() const {
  const std::string& shown = !name_.empty() || outputs_.empty() ? name_ : outputs_[0]->name();
  const std::string kind = quoted(kind_);
  const std::string text = quoted(shown);
  return text.substr(1, text.size() - 2) + " (" + kind.substr(1, kind.size() - 2) + ")";
}

const Argument* Op::argument(std::string_view param) const {
  for (const Argument& a : arguments_)
    if (a.param == param) return &a;
  return nullptr;
}

const Operand* Op::operand(std::string_view param) const {
  const Argument* a = argument(param);
  return a != nullptr && a->operands.size() == 1 ? &a->operands[0] : nullptr;
}

Value* Op::input(std::string_view param) const {
  const Operand* o = operand(param);
  return o != nullptr ? o->value : nullptr;
}

const Literal* Op::constant(std::string_view param) const {
  const Operand* o = operand(param);
  return o != nullptr ? o->known().get() : nullptr;
}

void Op::set_argument(std::string param, std::vector<Operand> operands) {
  for (const Operand& o : operands)
    if (o.value != nullptr) o.value->users_.push_back(this);
  remove_argument(param);
  arguments_.push_back({std::move(param), std::move(operands)});
}

void Op::remove_argument(std::string_view param) {
  auto it = std::find_if(arguments_.begin(), arguments_.end(),
                         [&](const Argument& a) { return a.param == param; });
  if (it == arguments_.end()) return;
  for (const Operand& o : it->operands) {
    if (o.value == nullptr) continue;
    // From the end: a program that is taken down backwards finds each use at once.
    auto& users = o.value->users_;
    users.erase(std::prev(std::find(users.rbegin(), users.rend(), this).base()));
  }
  arguments_.erase(it);
}

void Op::replace_input(Value* from, Value* to) {
  for (Argument& a : arguments_) {
    for (Operand& o : a.operands) {
      if (o.value != from) continue;
      from->users_.erase(std::find(from->users_.begin(), from->users_.end(), this));
      to->users_.push_back(this);
      o.value = to;
    }
  }
}

Value* Op::add_output(std::string name, Type type) {
  outputs_.push_back(std::make_unique<Value>(std::move(name), std::move(type)));
  Value* value = outputs_.back().get();
  value->producer_ = this;
  value->index_ = static_cast<int>(outputs_.size()) - 1;
  return value;
}

Block::~Block() {
  // All uses go before the first value does, so that even a program in a wrong order comes down.
  for (auto op = ops_.rbegin(); op != ops_.rend(); ++op) (*op)->unbind();
}

Value* Block::add_input(std::string name, Type type) {
  inputs_.push_back(std::make_unique<Value>(std::move(name), std::move(type)));
  return inputs_.back().get();
}

Op* Block::append(std::unique_ptr<Op> op) {
  ops_.push_back(std::move(op));
  Op* added = ops_.back().get();
  added->block_ = this;
  added->position_ = std::prev(ops_.end());
  return added;
}

Op* Block::insert_before(const Op& position, std::unique_ptr<Op> op) {
  auto it = ops_.insert(position.position_, std::move(op));
  (*it)->block_ = this;
  (*it)->position_ = it;
  return it->get();
}

Op* Block::insert_after(const Op& position, std::unique_ptr<Op> op) {
  auto it = ops_.insert(std::next(position.position_), std::move(op));
  (*it)->block_ = this;
  (*it)->position_ = it;
  return it->get();
}

Block::Ops::const_iterator Block::erase(const Op& op) { return ops_.erase(op.position_); }

void Block::replace_all_uses(Value* from, Value* to) {
  const std::vector<Op*> users = from->users();  // a copy: replace_input changes the list
  for (Op* user : users) user->replace_input(from, to);
  // Outputs of this block and of every block inside it.
  std::vector<Block*> pending = {this};
  while (!pending.empty()) {
    Block* block = pending.back();
    pending.pop_back();
    std::replace(block->outputs_.begin(), block->outputs_.end(), from, to);
    for (const auto& op : block->ops_)
      for (const auto& inner : op->blocks()) pending.push_back(inner.get());
  }
}

bool Block::is_output(const Value* value) const {
  return std::find(outputs_.begin(), outputs_.end(), value) != outputs_.end();
}

Function* Program::add_function(std::string name, Opset opset) {
  auto function = std::make_unique<Function>();
  function->name = name;
  function->opset = opset;
  return (functions[std::move(name)] = std::move(function)).get();
}

Function* Program::function(std::string_view name) const {
  auto it = functions.find(std::string(name));
  return it == functions.end() ? nullptr : it->second.get();
}

}  // namespace pome::ir
