// The one intermediate representation: typed SSA in MIL's vocabulary.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ir/literal.h"
#include "ir/type.h"
#include "pome/result.h"

namespace pome::ir {

class Block;
class Op;

/// A version of the op set, numbered as the specification version that brought it.
enum class Opset : int { kIos15 = 6, kIos16 = 7, kIos17 = 8, kIos18 = 9, kIos26 = 10 };

/// "ios15", "ios16", ... as MIL text writes it; the ML program's own key is "CoreML5" .. "CoreML9".
std::string_view text_tag(Opset opset);
std::string_view program_key(Opset opset);
std::optional<Opset> opset_from_text(std::string_view tag_or_key);

/// The one op name that ir itself gives a meaning: an op with no inputs whose attribute `val` is
/// its output's value.
inline constexpr std::string_view kConstOp = "const";

/// A value of the program: the result of an op or the input of a block. Owned by that op or block.
class Value {
 public:
  Value(std::string name, Type type) : name_(std::move(name)), type_(std::move(type)) {}
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }
  const Type& type() const { return type_; }
  void set_type(Type type) { type_ = std::move(type); }
  /// Shorthands; require a tensor.
  const Shape& shape() const { return type_.shape(); }
  DType dtype() const { return type_.dtype(); }

  /// The op that makes it, null for a block's input.
  Op* producer() const { return producer_; }
  /// Its position among the producer's outputs.
  int index() const { return index_; }
  /// Its value where it is known before running: of every `const`, and of small integer tensors
  /// that infer could compute.
  const LiteralPtr& literal() const { return literal_; }
  void set_literal(LiteralPtr literal) { literal_ = std::move(literal); }
  /// The ops that read it, once for each time they do. Block outputs are not among them.
  const std::vector<Op*>& users() const { return users_; }

 private:
  friend class Op;
  std::string name_;
  Type type_;
  Op* producer_ = nullptr;
  int index_ = 0;
  LiteralPtr literal_;
  std::vector<Op*> users_;
};

/// What an op is given for a parameter: a value, or a constant written in place.
struct Operand {
  Value* value = nullptr;
  LiteralPtr literal;  // set when value is null

  Operand() = default;
  Operand(Value* v) : value(v) {}                   // NOLINT: implicit by design
  Operand(LiteralPtr l) : literal(std::move(l)) {}  // NOLINT
  const Type& type() const { return value ? value->type() : literal->type(); }
  /// The constant, however it is given; null when it is known only at run time.
  const LiteralPtr& known() const { return value ? value->literal() : literal; }
};

/// A parameter with what is bound to it: one operand, or several where the parameter is a tuple.
struct Argument {
  std::string param;
  std::vector<Operand> operands;
};

/// One operation. Owned by its block; keeps the users lists of its operands true.
class Op {
 public:
  Op(std::string kind, std::string name) : kind_(std::move(kind)), name_(std::move(name)) {}
  ~Op();
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;

  /// "conv", "add", ...: the op's name in the op table.
  const std::string& kind() const { return kind_; }
  /// The `name` attribute: free text for people, may be empty, need not be unique.
  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }
  /// "conv_3 (conv)": how an error names it.
  std::string place() const;

  const std::vector<Argument>& arguments() const { return arguments_; }
  /// Null when the parameter is not bound.
  const Argument* argument(std::string_view param) const;
  /// The single operand of a parameter; null when it is not bound.
  const Operand* operand(std::string_view param) const;
  /// The value bound to a parameter; null when unbound or a literal.
  Value* input(std::string_view param) const;
  /// The constant bound to a parameter, by value or in place; null when unbound or not constant.
  const Literal* constant(std::string_view param) const;
  /// Binds, replacing what was bound.
  void set_argument(std::string param, std::vector<Operand> operands);
  void remove_argument(std::string_view param);
  /// Replaces `from` by `to` wherever this op reads it.
  void replace_input(Value* from, Value* to);

  Value* add_output(std::string name, Type type);
  const std::vector<std::unique_ptr<Value>>& outputs() const { return outputs_; }
  Value* output(size_t i = 0) const { return outputs_[i].get(); }

  /// Attributes other than `name` (of const: `val`).
  std::map<std::string, LiteralPtr>& attributes() { return attributes_; }
  const std::map<std::string, LiteralPtr>& attributes() const { return attributes_; }
  /// cond: true, false; while_loop: cond, body.
  std::vector<std::unique_ptr<Block>>& blocks() { return blocks_; }
  const std::vector<std::unique_ptr<Block>>& blocks() const { return blocks_; }
  /// The block it stands in; null before it is added to one.
  Block* block() const { return block_; }

 private:
  friend class Block;
  void unbind();  // drops blocks and arguments

  std::string kind_;
  std::string name_;
  std::vector<Argument> arguments_;
  std::vector<std::unique_ptr<Value>> outputs_;
  std::map<std::string, LiteralPtr> attributes_;
  std::vector<std::unique_ptr<Block>> blocks_;
  Block* block_ = nullptr;
  std::list<std::unique_ptr<Op>>::iterator position_;
};

/// Ops in execution order, with inputs (a function's, or a loop's) and outputs.
class Block {
 public:
  using Ops = std::list<std::unique_ptr<Op>>;
  Block() = default;
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  Value* add_input(std::string name, Type type);
  const std::vector<std::unique_ptr<Value>>& inputs() const { return inputs_; }
  std::vector<Value*>& outputs() { return outputs_; }
  const std::vector<Value*>& outputs() const { return outputs_; }
  const Ops& ops() const { return ops_; }

  Op* append(std::unique_ptr<Op> op);
  Op* insert_before(const Op& position, std::unique_ptr<Op> op);
  Op* insert_after(const Op& position, std::unique_ptr<Op> op);
  /// Removes an op none of whose outputs is read. Returns where the next op stands.
  Ops::const_iterator erase(const Op& op);

  /// Replaces every use of `from` by `to`: in ops of this and inner blocks and in block outputs.
  void replace_all_uses(Value* from, Value* to);
  /// True when the value is an output of this block.
  bool is_output(const Value* value) const;

 private:
  std::vector<std::unique_ptr<Value>> inputs_;
  std::vector<Value*> outputs_;
  Ops ops_;
};

struct Function {
  std::string name = "main";
  Opset opset = Opset::kIos15;
  std::map<std::string, LiteralPtr> attributes;
  Block body;
};

/// A program: functions by name. Move-only through unique_ptr; not thread-safe while it is changed.
struct Program {
  std::map<std::string, std::unique_ptr<Function>> functions;
  std::map<std::string, LiteralPtr> attributes;  // buildInfo
  /// The version of MIL text, which also chooses its writing: "1.0" the older, "1.3" the newer.
  std::string version = "1.3";

  Function* add_function(std::string name, Opset opset);
  Function* function(std::string_view name) const;
};

}  // namespace pome::ir
