#include "generate/cpp_parts.h"

#include <algorithm>
#include <limits>

namespace pome::generate {
namespace {

std::string number(int64_t value) {
  // The least number has no literal of its own.
  if (value == std::numeric_limits<int64_t>::min()) return "-9223372036854775807 - 1";
  return std::to_string(value);
}

/// A literal of std::string_view with every byte of the text.
std::string view_literal(const std::string& text) {
  const std::string literal = cpp_literal(text);
  if (text.find('\0') == std::string::npos) return literal;
  return "std::string_view(" + literal + ", " + std::to_string(text.size()) + ")";
}

/// The C++ type of an array's elements; "float" for float16, which C++20 has no type for.
std::string element_type(MultiArrayDataType type) {
  if (type == MultiArrayDataType::kFloat64) return "double";
  if (type == MultiArrayDataType::kInt32) return "std::int32_t";
  return type == MultiArrayDataType::kInt8 ? "std::int8_t" : "float";
}

/// A label behind its enumerator, where that does not say it.
std::string label_note(const std::string& label, const std::string& enumerator) {
  if (label == enumerator) return {};
  std::string text = comment_text(label, 200);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "  ///< \"" + text + "\"";
}

void write_text_labels(const ClassPlan& plan, Writer& out) {
  const auto& labels = std::get<std::vector<std::string>>(*plan.labels);
  out.code("enum class Label : int {");
  for (size_t i = 0; i < labels.size(); ++i)
    out.code("  " + plan.label_names[i] + "," + label_note(labels[i], plan.label_names[i]));
  out.code("};");
  out.code("/// The labels' texts, in the enum's order.");
  const std::string type = "std::array<std::string_view, " + std::to_string(labels.size()) + ">";
  std::vector<std::string> literals;
  for (const std::string& label : labels) literals.push_back(view_literal(label));
  out.code(enclosed("static constexpr " + type + " kLabels = {", literals, "};", 4));
  out.code(
      "/// A label's text.\n"
      "static constexpr std::string_view to_string(Label label) {\n"
      "  return kLabels[static_cast<std::size_t>(label)];\n"
      "}\n"
      "/// The label of a text; nothing where the model has none of that text.\n"
      "static constexpr std::optional<Label> to_label(std::string_view text) {\n"
      "  for (std::size_t i = 0; i < kLabels.size(); ++i)\n"
      "    if (kLabels[i] == text) return static_cast<Label>(i);\n"
      "  return std::nullopt;\n"
      "}\n"
      "/// So that a predicted label compares with the enum.\n"
      "friend constexpr bool operator==(std::string_view text, Label label) {\n"
      "  return text == " +
      plan.class_name +
      "::to_string(label);\n"
      "}");
}

void write_number_labels(const ClassPlan& plan, Writer& out) {
  const auto& labels = std::get<std::vector<int64_t>>(*plan.labels);
  out.code("enum class Label : std::int64_t {");
  std::vector<std::string> numbers;
  for (size_t i = 0; i < labels.size(); ++i) {
    numbers.push_back(number(labels[i]));
    out.code("  " + plan.label_names[i] + " = " + numbers.back() + ",");
  }
  out.code("};");
  out.code("/// The labels' numbers, in the model's order.");
  const std::string type = "std::array<std::int64_t, " + std::to_string(labels.size()) + ">";
  out.code(enclosed("static constexpr " + type + " kLabels = {", numbers, "};", 4));
  out.code(
      "/// The label of a number; nothing where the model has no such label.\n"
      "static constexpr std::optional<Label> to_label(std::int64_t number) {\n"
      "  for (const std::int64_t label : kLabels)\n"
      "    if (label == number) return static_cast<Label>(number);\n"
      "  return std::nullopt;\n"
      "}\n"
      "/// So that a predicted label compares with the enum.\n"
      "friend constexpr bool operator==(std::int64_t number, Label label) {\n"
      "  return number == static_cast<std::int64_t>(label);\n"
      "}");
}

void write_array_constants(const Member& member, Writer& out) {
  const MultiArrayConstraint& c = member.feature->multi_array;
  const std::string element = element_type(c.data_type);
  out.code("static constexpr pome::MultiArrayDataType " + member.type_name + " = " +
           cpp_array_type(c.data_type) + ";");
  if (!member.shape_name.empty()) {
    std::vector<std::string> extents;
    for (const int64_t n : c.shape) extents.push_back(number(n));
    const std::string type = "std::array<std::int64_t, " + std::to_string(extents.size()) + "> ";
    out.code(enclosed("static constexpr " + type + member.shape_name + " = {", extents, "};", 4));
  }
  if (!member.values_name.empty()) {
    const std::string array = member.feature->optional ? "*" + member.name : member.name;
    const std::string check = member.feature->optional
                                  ? "!" + member.name + " ? std::span<const " + element + ">() : "
                                  : "";
    const std::string head = "std::span<const " + element + "> " + member.values_name;
    out.code("/// The elements of " + member.name + ", row-major, which live as long as it does.");
    out.code(head + "() const& {");
    out.code("  return " + check + "pome::typed_elements<" + element + ">(" + array + ");");
    out.code("}");
    out.code(head + "() const&& = delete;");
  }
  if (!member.from_name.empty()) {
    out.code(
        "/// An array of that shape out of its elements, row-major, which are copied. An Error\n"
        "/// unless there are as many as the shape has places.");
    out.code("static pome::Result<pome::MultiArray> " + member.from_name + "(");
    out.code("    std::span<const " + element + "> elements_) {");
    out.code("  return pome::typed_array<" + element + ">(" + member.shape_name + ", elements_);");
    out.code("}");
  }
}

}  // namespace

std::string in_lines(const std::vector<std::string>& items, int indent) {
  const std::string begin(static_cast<size_t>(indent), ' ');
  std::string text;
  std::string line;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string item = items[i] + (i + 1 < items.size() ? "," : "");
    if (!line.empty() && begin.size() + line.size() + 1 + item.size() > 98) {
      text += begin + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + item;
  }
  return text + begin + line;
}

std::string enclosed(const std::string& before, const std::vector<std::string>& items,
                     const std::string& behind, int indent) {
  const std::string text = in_lines(items, indent);
  const std::string flat = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  const size_t width = before.size() + flat.size() + behind.size() + static_cast<size_t>(indent);
  const bool fits = flat.find('\n') == std::string::npos && width <= 98;
  return before + (fits ? flat : "\n" + text) + behind;
}

std::string cpp_plain_type(const FeatureDescription& f) {
  switch (f.type) {
    case FeatureType::kInt64:
      return "std::int64_t";
    case FeatureType::kDouble:
      return "double";
    case FeatureType::kString:
      return "std::string";
    case FeatureType::kImage:
      return "pome::Image";
    case FeatureType::kMultiArray:
      return "pome::MultiArray";
    case FeatureType::kDictionary:
      return f.int64_keys ? "pome::Int64Dictionary" : "pome::StringDictionary";
    case FeatureType::kSequence:
      return f.int64_keys ? "std::vector<std::int64_t>" : "std::vector<std::string>";
    default:
      return "pome::FeatureValue";
  }
}

std::string cpp_type(const Member& member) {
  const std::string type = cpp_plain_type(*member.feature);
  return member.feature->optional ? "std::optional<" + type + ">" : type;
}

std::string cpp_feature_type(FeatureType type) {
  return type == FeatureType::kInvalid ? "kInvalid" : "k" + std::string(to_string(type));
}

std::string cpp_array_type(MultiArrayDataType type) {
  std::string name(to_string(type));
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return "pome::MultiArrayDataType::k" + name;
}

void write_labels(const ClassPlan& plan, Writer& out) {
  if (plan.label_names.empty()) return;
  out.code("/// The labels that the model tells apart.");
  if (std::holds_alternative<std::vector<std::string>>(*plan.labels)) {
    write_text_labels(plan, out);
  } else {
    write_number_labels(plan, out);
  }
  out.blank();
}

void write_struct(const std::string& name, const std::string& what,
                  const std::vector<Member>& members, const ClassPlan& plan, Writer& out) {
  out.code("/// " + what);
  out.code("struct " + name + " {");
  out.indent(4);
  for (size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    if (i > 0) out.blank();
    out.document(words_of(member, plan));
    const std::string type = cpp_type(member);
    const bool is_number = type == "double" || type == "std::int64_t";
    out.code(type + " " + member.name +
             (is_number                  ? " = 0"
              : member.feature->optional ? "{}"
                                         : "") +
             ";");
    if (member.feature->type == FeatureType::kMultiArray) write_array_constants(member, out);
    if (!member.width_name.empty()) {
      out.code("static constexpr std::int64_t " + member.width_name + " = " +
               number(member.feature->image.width) + ";");
      out.code("static constexpr std::int64_t " + member.height_name + " = " +
               number(member.feature->image.height) + ";");
    }
  }
  out.indent(2);
  out.code("};");
  out.blank();
}

}  // namespace pome::generate
