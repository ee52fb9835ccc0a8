// The class in C++: one header.
#include <string>

#include "generate/class_plan.h"
#include "generate/cpp_parts.h"
#include "generate/writer.h"

namespace pome::generate {
namespace {

/// More inputs than this are given as an Input only.
constexpr size_t kMostArguments = 100;

constexpr const char* kIncludes =
    "#pragma once\n\n"
    "#include <pome/image.h>\n"
    "#include <pome/model.h>\n"
    "#include <pome/multi_array.h>\n"
    "#include <pome/typed_model.h>\n\n"
    "#include <array>\n"
    "#include <cstddef>\n"
    "#include <cstdint>\n"
    "#include <filesystem>\n"
    "#include <optional>\n"
    "#include <span>\n"
    "#include <string>\n"
    "#include <string_view>\n"
    "#include <utility>\n"
    "#include <vector>\n\n";

std::string argument(const Member& member) {
  const std::string type = cpp_type(member);
  const bool by_value = type == "double" || type == "std::int64_t";
  return (by_value ? type + " " : "const " + type + "& ") + member.name;
}

/// The arguments of prediction(), one for each input; those at the end that are optional have a
/// default.
std::vector<std::string> arguments_of(const std::vector<Member>& inputs) {
  std::vector<std::string> arguments;
  for (const Member& member : inputs) arguments.push_back(argument(member));
  for (size_t i = inputs.size(); i > 0 && inputs[i - 1].feature->optional; --i)
    arguments[i - 1] += " = std::nullopt";
  return arguments;
}

void write_loads(const ClassPlan& plan, bool embedded, Writer& out) {
  const std::string& name = plan.class_name;
  const std::string configured =
      plan.function_name.empty() ? "configuration" : "configured(configuration)";
  if (embedded) {
    out.code(
        "/// Loads the model that is embedded in this program. Errors: as pome::Model::load().\n"
        "static pome::Result<" +
        name +
        "> load(const pome::ModelConfiguration& configuration = "
        "{});\n");
    out.blank();
  }
  out.code(
      "/// Loads the model's file or package. Errors: as pome::Model::load(), and a model with "
      "other\n"
      "/// inputs or outputs.\n"
      "static pome::Result<" +
      name +
      "> load(const std::filesystem::path& path,\n"
      "    const pome::ModelConfiguration& configuration = {}) {\n"
      "  return made(pome::Model::load(path, " +
      configured +
      "));\n"
      "}\n"
      "/// The same from memory: the bytes of an .mlmodel (or of a package's model file), and the\n"
      "/// weight files that it refers to. Both are copied.\n"
      "static pome::Result<" +
      name +
      "> load(std::span<const std::byte> specification,\n"
      "    const pome::WeightBlobs& weights = {},\n"
      "    const pome::ModelConfiguration& configuration = {}) {\n"
      "  return made(pome::Model::load(specification, weights, " +
      configured +
      "));\n"
      "}\n");
  out.blank();
}

void write_predictions(const ClassPlan& plan, Writer& out) {
  out.code(
      "/// One prediction. Errors: an input that does not fit, named, with both values.\n"
      "pome::Result<Output> prediction(const Input& input,\n"
      "    const pome::PredictionOptions& options = {}) const {\n"
      "  const auto outputs = model_.predict(provider(input), options);\n"
      "  if (!outputs.ok()) return outputs.error();\n"
      "  return output_of(*outputs);\n"
      "}\n");
  if (plan.inputs.size() <= kMostArguments) {
    std::vector<std::string> arguments = arguments_of(plan.inputs);
    arguments.emplace_back("const pome::PredictionOptions& options = {}");
    std::vector<std::string> names;
    for (const Member& member : plan.inputs) names.push_back(member.name);
    out.code("/// The same with one argument for each input.");
    out.code(enclosed("pome::Result<Output> prediction(", arguments, ") const {", 4));
    out.code(enclosed("  return this->prediction(Input{", names, "}, options);", 6) + "\n}");
  }
  out.code(
      "/// One prediction for each of `inputs`; the first error names its index.\n"
      "pome::Result<std::vector<Output>> predictions(std::span<const Input> inputs,\n"
      "    const pome::PredictionOptions& options = {}) const {\n"
      "  std::vector<pome::FeatureProvider> batch;\n"
      "  batch.reserve(inputs.size());\n"
      "  for (const Input& input : inputs) batch.push_back(provider(input));\n"
      "  const auto results = model_.predict(batch, options);\n"
      "  if (!results.ok()) return results.error();\n"
      "  std::vector<Output> outputs;\n"
      "  outputs.reserve(results->size());\n"
      "  for (const pome::FeatureProvider& result : *results) {\n"
      "    auto output = output_of(result);\n"
      "    if (!output.ok()) return std::move(output).error();\n"
      "    outputs.push_back(*std::move(output));\n"
      "  }\n"
      "  return outputs;\n"
      "}\n");
  out.blank();
  out.code(
      "/// What lies below: its description, its compute plan.\n"
      "const pome::Model& model() const { return model_; }\n");
}

/// static constexpr std::array of TypedFeature.
void write_features(const char* name, const std::vector<Member>& members, Writer& out) {
  out.code("static constexpr std::array<pome::TypedFeature, " + std::to_string(members.size()) +
           "> " + name + " = {{");
  for (const Member& member : members)
    out.code("    {" + cpp_literal(member.feature->name) +
             ", pome::FeatureType::" + cpp_feature_type(member.feature->type) + "},");
  out.code("}};");
}

void write_provider(const ClassPlan& plan, Writer& out) {
  out.code(
      "static pome::FeatureProvider provider([[maybe_unused]] const Input& input) {\n"
      "  std::vector<pome::FeatureProvider::Entry> entries;\n"
      "  entries.reserve(" +
      std::to_string(plan.inputs.size()) + ");");
  for (const Member& member : plan.inputs) {
    const std::string name = cpp_literal(member.feature->name);
    if (member.feature->optional) {
      out.code("  if (input." + member.name + ") entries.emplace_back(" + name + ", *input." +
               member.name + ");");
    } else {
      out.code("  entries.emplace_back(" + name + ", input." + member.name + ");");
    }
  }
  out.code("  return pome::FeatureProvider(std::move(entries));\n}");
}

void write_output_of(const ClassPlan& plan, Writer& out) {
  out.code(
      "static pome::Result<Output> output_of(const pome::FeatureProvider& outputs) {\n"
      "  pome::TypedValues values(outputs);");
  std::vector<std::string> fields;
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const FeatureDescription& f = *plan.outputs[i].feature;
    const std::string local = "v" + std::to_string(i);
    const std::string name = cpp_literal(f.name);
    const std::string type = cpp_plain_type(f);
    if (f.optional) {
      out.code("  auto " + local + " = values.get_optional<" + type + ">(" + name + ");");
    } else if (f.type == FeatureType::kMultiArray) {
      out.code("  const auto* " + local + " = values.get_array(" + name + ", " +
               cpp_array_type(f.multi_array.data_type) + ");");
    } else {
      out.code("  const auto* " + local + " = values.get<" + type + ">(" + name + ");");
    }
    fields.push_back(f.optional ? "std::move(" + local + ")" : "*" + local);
  }
  out.code("  if (!values.status().ok()) return values.status().error();");
  out.code(enclosed("  return Output{", fields, "};", 6) + "\n");
  out.code("}");
}

void write_private(const ClassPlan& plan, Writer& out) {
  const std::string& name = plan.class_name;
  write_features("kInputs", plan.inputs, out);
  write_features("kOutputs", plan.outputs, out);
  out.blank();
  out.code("explicit " + name +
           "(pome::Model model) : model_(std::move(model)) {}\n"
           "static pome::Result<" +
           name +
           "> made(pome::Result<pome::Model> model) {\n"
           "  if (!model.ok()) return std::move(model).error();\n"
           "  const pome::Status same =\n"
           "      pome::check_typed_features(*model, kInputs, kOutputs, \"" +
           name +
           "\");\n"
           "  if (!same.ok()) return same.error();\n"
           "  return " +
           name +
           "(*std::move(model));\n"
           "}");
  if (!plan.function_name.empty())
    out.code(
        "static pome::ModelConfiguration configured(pome::ModelConfiguration configuration) {\n"
        "  configuration.function_name = " +
        cpp_literal(plan.function_name) +
        ";\n"
        "  return configuration;\n"
        "}");
  write_provider(plan, out);
  write_output_of(plan, out);
  out.blank();
  out.code("pome::Model model_;");
}

/// An example that shows what the class is used like.
std::string example_of(const ClassPlan& plan) {
  std::string call = "prediction(input)";
  if (plan.inputs.size() == 1) call = "prediction(" + plan.inputs[0].name + ")";
  return "Example:\n  auto model = " + plan.class_name +
         "::load(path).value();\n  auto output = model." + call + ".value();";
}

/// load() out of the embedded bytes, and their symbols.
std::string embedded_load(const ClassPlan& plan, const std::vector<std::string>& weight_names) {
  const std::string& name = plan.class_name;
  std::string symbols = "extern \"C\" {\n";
  std::string blobs;
  for (size_t i = 0; i <= weight_names.size(); ++i) {
    const std::string symbol = embedded_symbol(name, i);
    symbols += "extern const unsigned char " + symbol + "_begin[];\n";
    symbols += "extern const std::uint64_t " + symbol + "_size;\n";
    if (i == 0) continue;
    blobs += "  const auto blob_" + std::to_string(i) + " = pome::embedded_bytes(" + symbol +
             "_begin, " + symbol + "_size);\n  weights[" + cpp_literal(weight_names[i - 1]) +
             "].assign(blob_" + std::to_string(i) + ".begin(), blob_" + std::to_string(i) +
             ".end());\n";
  }
  const std::string first = embedded_symbol(name, 0);
  return symbols + "}\n\ninline pome::Result<" + name + "> " + name +
         "::load(const pome::ModelConfiguration& configuration) {\n  pome::WeightBlobs weights;\n" +
         blobs + "  return load(pome::embedded_bytes(" + first + "_begin, " + first +
         "_size), weights, configuration);\n}\n";
}

}  // namespace

std::string cpp_header(const ClassPlan& plan, bool embedded,
                       const std::vector<std::string>& weight_names) {
  Writer out("/// ");
  Writer head("// ");
  head.document(
      {"The Core ML model " + plan.model_name +
       " as a class. Made by \"pome generate\": " + "edits are lost when it is made again."});
  out.code(std::move(head).take() + kIncludes);
  std::vector<std::string> words = words_of(plan);
  words.push_back("Copies share the model; predictions may run on many threads at once.");
  words.push_back(example_of(plan));
  out.document(words, true);
  out.code("class " + plan.class_name + " {\n public:");
  out.indent(2);
  write_labels(plan, out);
  write_struct("Input", "What the model takes.", plan.inputs, plan, out);
  write_struct("Output", "What the model gives.", plan.outputs, plan, out);
  write_loads(plan, embedded, out);
  write_predictions(plan, out);
  out.indent(0);
  out.code("\n private:");
  out.indent(2);
  write_private(plan, out);
  out.indent(0);
  out.code("};");
  if (embedded) out.code("\n" + embedded_load(plan, weight_names));
  return std::move(out).take();
}

}  // namespace pome::generate
