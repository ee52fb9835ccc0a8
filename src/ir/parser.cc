#include "ir/parser.h"

#include <string>
#include <unordered_map>

#include "base/text.h"
#include "base/try.h"
#include "ir/parse_value.h"
#include "ir/verifier.h"

namespace pome::ir {
namespace {

constexpr size_t kMaxArguments = 256;  // parameters of one op; a tuple may have more operands

class Parser {
 public:
  Parser(std::string_view text, const ParseOptions& options)
      : lexer_(text), values_(lexer_, options) {}

  Result<std::unique_ptr<Program>> program();

 private:
  using Attributes = std::map<std::string, LiteralPtr>;

  Status attributes(Attributes& out);
  Status function(Program& program);
  /// `{ ops } -> (names)`, into a block whose inputs are already in scope.
  Status body(Block& block, int depth);
  Status op(Block& block, int depth);
  Status nested_blocks(Op& op, int depth);
  Status arguments(Op& op);
  Result<Operand> operand();
  Status finish_const(Op& op, size_t offset);
  Result<Value*> use();
  Status define(Value* value, size_t offset);

  /// The values that can be seen, by name; `defined_` lists those of each open block, to be taken
  /// back.
  std::unordered_map<std::string_view, Value*> scope_;
  std::vector<std::string_view> defined_;

  Lexer lexer_;
  ValueParser values_;
};

Result<std::unique_ptr<Program>> Parser::program() {
  auto program = std::make_unique<Program>();
  if (!lexer_.peek().is_name("program")) return lexer_.expected("\"program\"");
  lexer_.next();
  POME_TRY(lexer_.expect("("));
  const std::string_view version = lexer_.peek().text;
  if (lexer_.peek().kind != Token::Kind::kNumber || version.size() > 16 ||
      version.find_first_not_of("0123456789.") != std::string_view::npos) {
    return lexer_.expected("a version such as \"1.3\"");
  }
  program->version = lexer_.next().text;
  POME_TRY(lexer_.expect(")"));
  POME_TRY(attributes(program->attributes));
  POME_TRY(lexer_.expect("{"));
  while (lexer_.peek().is_name("func")) POME_TRY(function(*program));
  if (!lexer_.accept("}")) return lexer_.expected("\"func\" or \"}\"");
  if (lexer_.peek().kind != Token::Kind::kEnd || !lexer_.status().ok())
    return lexer_.expected("the end of the text");
  return program;
}

Status Parser::attributes(Attributes& out) {
  if (!lexer_.accept("[")) return {};
  while (!lexer_.peek().is("]")) {
    const size_t offset = lexer_.peek().offset;
    POME_TRY(values_.spend());
    POME_ASSIGN(std::string key, values_.name("an attribute's name"));
    POME_TRY(lexer_.expect("="));
    POME_ASSIGN(LiteralPtr value, values_.value());
    if (!out.emplace(key, std::move(value)).second) {
      return lexer_.error_at(offset, ErrorCode::kInvalidFormat,
                             "the attribute " + quoted(key) + " is given twice");
    }
    if (!lexer_.accept(",")) break;
  }
  return lexer_.expect("]");
}

Status Parser::define(Value* value, size_t offset) {
  if (!scope_.emplace(value->name(), value).second) {
    return lexer_.error_at(offset, ErrorCode::kInvalidModel,
                           "the value " + quoted(value->name()) + " is defined twice");
  }
  defined_.push_back(value->name());
  return {};
}

Result<Value*> Parser::use() {
  const size_t offset = lexer_.peek().offset;
  POME_ASSIGN(const std::string name, values_.name("a value's name"));
  const auto it = scope_.find(name);
  if (it == scope_.end()) {
    return lexer_.error_at(
        offset, ErrorCode::kInvalidModel,
        "found " + quoted(name) + ", expected the name of a value that is defined before");
  }
  return it->second;
}

Status Parser::function(Program& program) {
  lexer_.next();
  const size_t offset = lexer_.peek().offset;
  POME_TRY(values_.spend(16));
  POME_ASSIGN(std::string name, values_.name("the function's name"));
  if (program.function(name) != nullptr) {
    return lexer_.error_at(offset, ErrorCode::kInvalidModel,
                           "the function " + quoted(name) + " is defined twice");
  }
  POME_TRY(lexer_.expect("<"));
  const auto opset = opset_from_text(lexer_.peek().text);
  if (!opset)
    return lexer_.expected("an op set that is known, \"ios15\" to \"ios18\" or \"ios26\"");
  lexer_.next();
  POME_TRY(lexer_.expect(">"));
  Function* function = program.add_function(std::move(name), *opset);
  scope_.clear();
  defined_.clear();
  POME_TRY(lexer_.expect("("));
  while (!lexer_.peek().is(")")) {
    POME_TRY(values_.spend(4));
    POME_ASSIGN(Type type, values_.type());
    const size_t at = lexer_.peek().offset;
    POME_ASSIGN(std::string input, values_.name("the input's name"));
    POME_TRY(define(function->body.add_input(std::move(input), std::move(type)), at));
    if (!lexer_.accept(",")) break;
  }
  POME_TRY(lexer_.expect(")"));
  POME_TRY(attributes(function->attributes));
  POME_TRY(body(function->body, 0));
  return lexer_.expect(";");
}

Status Parser::body(Block& block, int depth) {
  POME_TRY(lexer_.expect("{"));
  while (!lexer_.peek().is("}")) POME_TRY(op(block, depth));
  POME_TRY(lexer_.expect("}"));
  POME_TRY(lexer_.expect("->"));
  POME_TRY(lexer_.expect("("));
  while (!lexer_.peek().is(")")) {
    POME_TRY(values_.spend());
    POME_ASSIGN(Value * output, use());
    block.outputs().push_back(output);
    if (!lexer_.accept(",")) break;
  }
  return lexer_.expect(")");
}

Status Parser::op(Block& block, int depth) {
  struct Output {
    Type type;
    std::string name;
    size_t offset;
  };
  std::vector<Output> outputs;
  const size_t start = lexer_.peek().offset;
  while (values_.at_type()) {
    POME_TRY(values_.spend(6));
    POME_ASSIGN(Type type, values_.type());
    const size_t at = lexer_.peek().offset;
    POME_ASSIGN(std::string name, values_.name("the output's name"));
    outputs.push_back({std::move(type), std::move(name), at});
    if (!lexer_.accept(",")) break;
  }
  if (!outputs.empty()) POME_TRY(lexer_.expect("="));
  POME_TRY(values_.spend(6));
  POME_ASSIGN(std::string kind, values_.name("an op, a type or \"}\""));
  // "pome.pixels": names of ops that MIL does not have go on behind a dot, as numbers may begin.
  if (lexer_.peek().kind == Token::Kind::kNumber && lexer_.peek().text.front() == '.')
    kind += lexer_.next().text;
  auto made = std::make_unique<Op>(std::move(kind), "");
  if (lexer_.accept("<")) {  // some tools repeat the op set here; a function has only one
    if (!opset_from_text(lexer_.peek().text)) return lexer_.expected("an op set");
    lexer_.next();
    POME_TRY(lexer_.expect(">"));
  }
  POME_TRY(arguments(*made));
  POME_TRY(attributes(made->attributes()));
  const auto name = made->attributes().find("name");
  if (name != made->attributes().end()) {
    if (!(name->second->type() == Type::scalar(DType::kString))) {
      return lexer_.error_at(start, ErrorCode::kInvalidFormat,
                             "the attribute \"name\" is of type " +
                                 name->second->type().to_string() + ", expected a string");
    }
    made->set_name(std::string(name->second->text()));
    made->attributes().erase(name);
  }
  if (lexer_.peek().is("(")) POME_TRY(nested_blocks(*made, depth));
  if (!lexer_.peek().is(";")) {
    return lexer_.expected(lexer_.peek().kind == Token::Kind::kName || lexer_.peek().is("{")
                               ? "\";\" (other spellings of control flow are not supported)"
                               : "\";\"");
  }
  lexer_.next();
  // Outputs come into sight only now: an op cannot read its own.
  for (Output& o : outputs)
    POME_TRY(define(made->add_output(std::move(o.name), std::move(o.type)), o.offset));
  if (made->kind() == kConstOp) POME_TRY(finish_const(*made, start));
  block.append(std::move(made));
  return {};
}

Status Parser::nested_blocks(Op& op, int depth) {
  if (depth == kMaxBlockDepth) {
    return lexer_.error_at(lexer_.peek().offset, ErrorCode::kLimitExceeded,
                           "blocks are nested deeper than " + std::to_string(kMaxBlockDepth));
  }
  do {
    POME_TRY(values_.spend(8));
    op.blocks().push_back(std::make_unique<Block>());
    Block& block = *op.blocks().back();
    const size_t outer = defined_.size();
    POME_TRY(lexer_.expect("("));
    while (!lexer_.peek().is(")")) {
      POME_TRY(values_.spend(4));
      POME_ASSIGN(Type type, values_.type());
      const size_t at = lexer_.peek().offset;
      POME_ASSIGN(std::string name, values_.name("the block input's name"));
      POME_TRY(define(block.add_input(std::move(name), std::move(type)), at));
      if (!lexer_.accept(",")) break;
    }
    POME_TRY(lexer_.expect(")"));
    POME_TRY(body(block, depth + 1));
    for (; defined_.size() > outer; defined_.pop_back()) scope_.erase(defined_.back());
  } while (lexer_.accept(","));
  return {};
}

Status Parser::arguments(Op& op) {
  POME_TRY(lexer_.expect("("));
  while (!lexer_.peek().is(")")) {
    const size_t offset = lexer_.peek().offset;
    POME_ASSIGN(std::string param, values_.name("a parameter's name"));
    if (op.argument(param) != nullptr || op.arguments().size() == kMaxArguments) {
      return lexer_.error_at(
          offset, ErrorCode::kInvalidFormat,
          op.argument(param) != nullptr
              ? "the parameter " + quoted(param) + " is given twice"
              : "the op has more than " + std::to_string(kMaxArguments) + " parameters");
    }
    POME_TRY(lexer_.expect("="));
    std::vector<Operand> operands;
    const bool tuple = lexer_.accept("(");
    while (!(tuple && lexer_.peek().is(")"))) {
      POME_TRY(values_.spend());
      POME_ASSIGN(Operand o, operand());
      operands.push_back(std::move(o));
      if (!tuple || !lexer_.accept(",")) break;
    }
    if (tuple) POME_TRY(lexer_.expect(")"));
    op.set_argument(std::move(param), std::move(operands));
    if (!lexer_.accept(",")) break;
  }
  return lexer_.expect(")");
}

Result<Operand> Parser::operand() {
  if (lexer_.peek().is("("))
    return lexer_.expected("a value: tuples inside tuples are not supported");
  if (values_.at_type()) {
    POME_ASSIGN(LiteralPtr literal, values_.value());
    return Operand(std::move(literal));
  }
  POME_ASSIGN(Value * value, use());
  return Operand(value);
}

/// A const must have what everything behind the parser relies on: one output, `val`, the same type.
Status Parser::finish_const(Op& op, size_t offset) {
  const auto val = op.attributes().find("val");
  if (val == op.attributes().end() || op.outputs().size() != 1 || !op.arguments().empty() ||
      !op.blocks().empty()) {
    return lexer_.error_at(offset, ErrorCode::kInvalidModel,
                           "found a const with " + std::to_string(op.outputs().size()) +
                               " outputs and " + std::to_string(op.arguments().size()) +
                               " arguments, expected one output, no argument and the attribute "
                               "\"val\"");
  }
  if (!(val->second->type() == op.output()->type())) {
    return lexer_.error_at(offset, ErrorCode::kInvalidModel,
                           "the const is declared as " + op.output()->type().to_string() +
                               ", its value is of type " + val->second->type().to_string());
  }
  op.output()->set_literal(val->second);
  return {};
}

}  // namespace

Result<std::unique_ptr<Program>> parse(std::string_view text, const ParseOptions& options) {
  if (!is_valid_utf8(text))
    return Error(ErrorCode::kInvalidFormat, "found bytes that are not UTF-8, expected MIL text");
  return Parser(text, options).program();
}

}  // namespace pome::ir
