#include "program_text.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>

#include "base/text.h"

namespace pome::cli {
namespace {

std::string weights_text(int64_t count, const std::string& type, uint64_t bytes) {
  return grouped(count) + " " + element_name(type) + ", " + format_bytes(bytes);
}

/// The types of an op's outputs.
std::string types_text(const OperationInfo& op) {
  std::vector<std::string> types;
  for (const std::string& type : op.output_types) types.push_back(element_name(type));
  return joined(types, ", ");
}

/// A text in double quotes for Graphviz.
std::string dot_quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string grouped(int64_t n) {
  std::string text = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<size_t>(at), ",");
  return text;
}

std::string element_name(const std::string& type) {
  static const std::map<std::string, std::string> kNames = {
      {"fp16", "Float16"}, {"fp32", "Float32"},   {"float16", "Float16"}, {"float32", "Float32"},
      {"int8", "Int8"},    {"uint8", "UInt8"},    {"int16", "Int16"},     {"uint16", "UInt16"},
      {"int32", "Int32"},  {"uint32", "UInt32"},  {"bool", "Bool"},       {"string", "String"},
      {"fp64", "Double"},  {"float64", "Double"}, {"int64", "Int64"}};
  std::string text;
  for (size_t i = 0; i < type.size();) {
    size_t end = i;
    while (end < type.size() && std::isalnum(static_cast<unsigned char>(type[end]))) ++end;
    const auto known = kNames.find(type.substr(i, end - i));
    text += known == kNames.end() ? type.substr(i, end - i) : known->second;
    if (end < type.size()) text += type[end++];
    i = end;
  }
  return text;
}

void print_layers(const ModelInfo& info) {
  size_t kind = 0;
  size_t type = 0;
  for (const OperationInfo& op : info.program) {
    kind = std::max(kind, op.kind.size() + 2 * static_cast<size_t>(op.depth));
    type = std::max(type, types_text(op).size());
  }
  type = std::min<size_t>(type, 40);
  for (const OperationInfo& op : info.program) {
    const std::string indented = std::string(2 * static_cast<size_t>(op.depth), ' ') + op.kind;
    std::string line =
        printable(joined(op.outputs, ", ")) + " <- " + printable(joined(op.inputs, ", "));
    if (op.weights > 0)
      line += "  (" + weights_text(op.weights, op.weight_type, op.weight_bytes) + ")";
    std::printf("%-*s  %-*s  %s\n", static_cast<int>(kind), indented.c_str(),
                static_cast<int>(type), types_text(op).c_str(), line.c_str());
  }
}

Json layers_json(const ModelInfo& info) {
  Json list = Json::array();
  for (const OperationInfo& op : info.program) {
    Json j = {{"name", op.name},
              {"kind", op.kind},
              {"inputs", op.inputs},
              {"outputs", op.outputs},
              {"types", op.output_types}};
    if (op.depth > 0) j["depth"] = op.depth;
    if (op.weights > 0) {
      j["weights"] = op.weights;
      j["weightType"] = op.weight_type;
      j["weightBytes"] = op.weight_bytes;
    }
    list.push_back(std::move(j));
  }
  return list;
}

void print_weights(const ModelInfo& info, const Output& output) {
  struct Sum {
    int64_t ops = 0, weights = 0;
    uint64_t bytes = 0;
  };
  std::map<std::pair<std::string, std::string>, Sum> sums;
  for (const OperationInfo& op : info.program) {
    if (op.weights == 0) continue;
    Sum& sum = sums[{op.kind, op.weight_type}];
    ++sum.ops;
    sum.weights += op.weights;
    sum.bytes += op.weight_bytes;
  }
  if (sums.empty()) return;
  using Row = std::pair<std::pair<std::string, std::string>, Sum>;
  std::vector<Row> rows(sums.begin(), sums.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.second.bytes > b.second.bytes; });
  size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.first.first.size());
  std::printf("\n%s\n", output.bold("Weights").c_str());
  for (const auto& [key, sum] : rows) {
    std::printf("  %-*s  %4lld op%s  %s\n", static_cast<int>(width), key.first.c_str(),
                static_cast<long long>(sum.ops), sum.ops == 1 ? " " : "s",
                weights_text(sum.weights, key.second, sum.bytes).c_str());
  }
}

std::string to_dot(const ModelInfo& info) {
  std::string text =
      "digraph model {\n  rankdir=TB;\n  node [shape=box, fontname=\"sans-serif\"];\n";
  std::map<std::string, std::string> makers;  // of values: a node
  for (const FeatureDescription& f : info.description.inputs) {
    const std::string node = "in_" + std::to_string(makers.size());
    text += "  " + node + " [shape=ellipse, label=" + dot_quoted(f.name + ": " + f.type_text()) +
            "];\n";
    makers[f.name] = node;
  }
  for (size_t i = 0; i < info.program.size(); ++i) {
    const OperationInfo& op = info.program[i];
    const std::string node = "op_" + std::to_string(i);
    text += "  " + node + " [label=" + dot_quoted(op.kind + ": " + op.name + " " + types_text(op)) +
            "];\n";
    for (const std::string& input : op.inputs) {
      const auto maker = makers.find(input);
      if (maker != makers.end()) text += "  " + maker->second + " -> " + node + ";\n";
    }
    for (const std::string& output : op.outputs) makers[output] = node;
  }
  for (size_t i = 0; i < info.description.outputs.size(); ++i) {
    const FeatureDescription& f = info.description.outputs[i];
    const std::string node = "out_" + std::to_string(i);
    text += "  " + node + " [shape=ellipse, label=" + dot_quoted(f.name + ": " + f.type_text()) +
            "];\n";
    const auto maker = makers.find(f.name);
    if (maker != makers.end()) text += "  " + maker->second + " -> " + node + ";\n";
  }
  return text + "}\n";
}

}  // namespace pome::cli
