#include "ir/printer.h"

#include <algorithm>

#include "ir/print_value.h"

namespace pome::ir {
namespace {

class Printer {
 public:
  explicit Printer(Writing writing) : writing_(writing) {}

  std::string take() { return std::move(out_); }
  void text(std::string_view s) { out_ += s; }

  void parameters(const std::vector<std::unique_ptr<Value>>& values, bool sorted) {
    std::vector<const Value*> order;
    for (const auto& v : values) order.push_back(v.get());
    if (sorted) {
      std::stable_sort(order.begin(), order.end(),
                       [](const Value* a, const Value* b) { return a->name() < b->name(); });
    }
    for (size_t i = 0; i < order.size(); ++i) {
      if (i != 0) out_ += ", ";
      append_type(out_, order[i]->type(), writing_);
      out_ += ' ';
      append_name(out_, order[i]->name());
    }
  }

  /// `[a = .., b = ..]`, or nothing; `name` joins the others unless it is empty.
  void attributes(const std::map<std::string, LiteralPtr>& attributes, const std::string& name) {
    std::vector<std::pair<std::string_view, LiteralPtr>> all(attributes.begin(), attributes.end());
    if (!name.empty()) all.emplace_back("name", Literal::string(name));
    if (all.empty()) return;
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    out_ += '[';
    for (size_t i = 0; i < all.size(); ++i) {
      if (i != 0) out_ += ", ";
      append_name(out_, all[i].first);
      out_ += " = ";
      append_value(out_, *all[i].second, writing_);
    }
    out_ += ']';
  }

  void op(const Op& op, size_t indent) {
    parameters(op.outputs(), false);
    if (!op.outputs().empty()) out_ += " = ";
    append_name(out_, op.kind());
    arguments(op);
    attributes(op.attributes(), op.name());
    for (size_t i = 0; i < op.blocks().size(); ++i) {
      out_ += i == 0 ? " (" : ", (";
      parameters(op.blocks()[i]->inputs(), false);
      out_ += ") {\n";
      block(*op.blocks()[i], indent + 8, indent + 4);
    }
    out_ += ';';
  }

  /// The ops of a block and its `} -> (..)`.
  void block(const Block& block, size_t indent, size_t closing) {
    for (const auto& inner : block.ops()) {
      out_.append(indent, ' ');
      op(*inner, indent);
      out_ += '\n';
    }
    out_.append(closing, ' ');
    out_ += "} -> (";
    for (size_t i = 0; i < block.outputs().size(); ++i) {
      if (i != 0) out_ += ", ";
      append_name(out_, block.outputs()[i]->name());
    }
    out_ += ')';
  }

  void function(const Function& function) {
    out_ += "    func ";
    append_name(out_, function.name);
    out_ += '<';
    out_ += text_tag(function.opset);
    out_ += ">(";
    parameters(function.body.inputs(), true);
    out_ += ") ";
    if (!function.attributes.empty()) {
      attributes(function.attributes, "");
      out_ += ' ';
    }
    out_ += "{\n";
    block(function.body, 12, 8);
    out_ += ";\n";
  }

  void program_attributes(const Program& program) {
    if (program.attributes.empty()) return;
    attributes(program.attributes, "");
    out_ += '\n';
  }

 private:
  void operand(const Operand& o) {
    if (o.value != nullptr) {
      append_name(out_, o.value->name());
    } else {
      append_value(out_, *o.literal, writing_);
    }
  }

  void arguments(const Op& op) {
    std::vector<const Argument*> order;
    for (const Argument& a : op.arguments()) order.push_back(&a);
    std::sort(order.begin(), order.end(),
              [](const Argument* a, const Argument* b) { return a->param < b->param; });
    out_ += '(';
    for (size_t i = 0; i < order.size(); ++i) {
      if (i != 0) out_ += ", ";
      append_name(out_, order[i]->param);
      out_ += " = ";
      const auto& operands = order[i]->operands;
      if (operands.size() == 1) {
        operand(operands[0]);
        continue;
      }
      out_ += '(';
      for (size_t j = 0; j < operands.size(); ++j) {
        if (j != 0) out_ += ", ";
        operand(operands[j]);
      }
      out_ += ')';
    }
    out_ += ')';
  }

  Writing writing_;
  std::string out_;
};

}  // namespace

Writing writing_of(std::string_view version) {
  return version == "1" || version == "1.0" || version == "1.1" || version == "1.2"
             ? Writing::kOlder
             : Writing::kNewer;
}

std::string print(const Program& program) {
  Printer printer(writing_of(program.version));
  printer.text("program(" + program.version + ")\n");
  printer.program_attributes(program);
  printer.text("{\n");
  for (const auto& [name, function] : program.functions) printer.function(*function);
  printer.text("}");
  return printer.take();
}

std::string print(const Function& function, Writing writing) {
  Printer printer(writing);
  printer.function(function);
  return printer.take();
}

std::string print(const Op& op, Writing writing) {
  Printer printer(writing);
  printer.op(op, 0);
  return printer.take();
}

std::string print(const Type& type, Writing writing) {
  std::string out;
  append_type(out, type, writing);
  return out;
}

std::string print(const Literal& literal, Writing writing) {
  std::string out;
  append_value(out, literal, writing);
  return out;
}

}  // namespace pome::ir
