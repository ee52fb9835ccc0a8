// Prints docs/compatibility.md: which ops of MIL, which neural network layers and which types of
// model run here, out of the tables that run them. Usage: make_compatibility tools/mil_ops.txt
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "api/factory.h"
#include "api/refusal.h"
#include "cpu/backend.h"
#include "format/layer_kinds.h"
#include "format/proto/model.pb.h"
#include "format/schema.h"
#include "import/neuralnetwork/layers.h"
#include "import/neuralnetwork/layers_control.h"
#include "ops/op_def.h"
#include "ops/sample.h"
#include "plan/planner.h"

namespace pome {
namespace {

/// What a lowered layer kind still refuses, where it refuses anything.
const std::map<std::string_view, std::string_view> kLayerLimits = {
    {"pooling", "includeLastPixel without padding where a window starts behind the last pixel"},
    {"sliceDynamic", "a squeeze mask made from data, which would leave the rank open"},
};

struct Row {
  std::string name;
  std::string versions;
  std::string answer;
  std::string kernel;
  std::string note;
};

/// Runs on the host: results that are no tensors, or whose size is data, and control flow.
bool is_interpreted(const ir::Op& op) {
  return !op.blocks().empty() ||
         std::any_of(op.outputs().begin(), op.outputs().end(), [](const auto& output) {
           return !output->type().is_tensor() || !output->shape().known();
         });
}

/// Samples of a definition that a plan can be made of, or that are interpreted: what is neither
/// does not run.
bool plans(const ops::OpDef& def, std::string& refusal) {
  bool planned = def.is(ops::kStateful);  // has no samples; a pass takes it away before planning
  for (const std::string_view line : def.samples) {
    const auto sample = ops::make_sample(def, line);
    if (!sample.ok()) continue;
    const auto plan = plan::make_plan(sample->function(), {});
    planned = planned || plan.ok() || def.is(ops::kHost) || is_interpreted(*sample->op);
    if (!plan.ok()) refusal = plan.error().message();
  }
  return planned;
}

Row op_row(const std::string& name, const std::vector<std::string>& opsets,
           const std::set<std::string_view>& fast) {
  Row row{name, {}, "no", "", ""};
  std::vector<std::string> missing;
  const ops::OpDef* running = nullptr;
  bool defined = false;
  std::string refusal;
  for (const std::string& tag : opsets) {
    row.versions += (row.versions.empty() ? "" : ", ") + tag;
    const auto opset = ir::opset_from_text(tag);
    const ops::OpDef* def = opset ? ops::find(name, *opset) : nullptr;
    const bool runs = def != nullptr && def->since == *opset && plans(*def, refusal);
    defined = defined || def != nullptr;
    if (runs) running = def;
    if (!runs) missing.push_back(tag);
  }
  if (running != nullptr) row.answer = missing.empty() ? "yes" : "partly";
  if (running != nullptr && !missing.empty()) {
    row.note = "not as of";
    for (const std::string& tag : missing) row.note += " " + tag;
  } else if (running == nullptr && defined) {
    row.note = "read, checked and evaluated, but not planned yet";
  }
  if (running != nullptr) {
    row.kernel = running->is(ops::kView)       ? "nothing to do"
                 : running->is(ops::kHost)     ? "host"
                 : running->is(ops::kStateful) ? "none: a copy"
                 : fast.count(name)            ? "fast"
                                               : "reference";
  }
  return row;
}

std::vector<Row> op_rows(std::istream& list) {
  std::set<std::string_view> fast;
  for (const ops::KernelRow& row : cpu::backend(cpu::Isa::kAvx2)->rows) fast.insert(row.op);
  std::vector<Row> rows;
  for (std::string line; std::getline(list, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::vector<std::string> opsets;
    for (std::string tag; words >> tag;) opsets.push_back(tag);
    rows.push_back(op_row(name, opsets, fast));
  }
  return rows;
}

std::vector<Row> layer_rows() {
  std::vector<Row> rows;
  for (int number = 0; number < 3000; ++number) {
    const format::LayerKind* kind = format::find_layer_kind(number);
    if (kind == nullptr) continue;
    Row row{std::string(kind->name), std::to_string(kind->since), "no", "", ""};
    using Case = import::spec::NeuralNetworkLayer::LayerCase;
    const auto layer = static_cast<Case>(number);
    if (import::find_lowering(layer) != nullptr || import::is_control(layer)) {
      const auto limit = kLayerLimits.find(kind->name);
      row.answer = limit == kLayerLimits.end() ? "yes" : "partly";
      if (limit != kLayerLimits.end()) row.note = "not: " + std::string(limit->second);
    }
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.name < b.name; });
  return rows;
}

/// A model that says its type and nothing else.
std::shared_ptr<const import::spec::Model> empty_model(uint32_t type) {
  std::string bytes;
  for (uint32_t tag = type << 3 | 2; tag != 0; tag >>= 7)
    bytes += static_cast<char>((tag & 0x7f) | (tag > 0x7f ? 0x80 : 0));
  bytes += '\0';  // the length
  auto model = std::make_shared<import::spec::Model>();
  if (!model->ParseFromString(bytes)) return nullptr;
  model->set_specificationversion(1);
  return model;
}

/// The reason out of a refusal: "a X model runs on ...: REASON. Instead, ...", without what it says
/// of the empty model.
std::string reason_of(const Error& error) {
  std::string text = error.message();
  const size_t colon = text.find(": ");
  if (colon != std::string::npos) text = text.substr(colon + 2);
  text = text.substr(0, text.find(". Instead"));
  for (const std::string_view part : {" (revision 0)", " (\"\")"}) {
    const size_t at = text.find(part);
    if (at != std::string::npos) text.erase(at, part.size());
  }
  return text;
}

/// What a type needs beside its file, or has only one kind of.
const std::map<std::string_view, std::string_view> kTypeNotes = {
    {"customModel", "with the code that evaluates it registered in the configuration"},
    {"linkedModel", "in the folders that the configuration names"},
    {"soundAnalysisPreprocessing", "VGGish, the only kind that the format has"},
};

/// Where a type runs as far as its parts do.
std::string limit_of(std::string_view type, bool all_ops, bool all_layers) {
  if (type == "mlProgram" && !all_ops) return "as far as its ops do";
  if (type.starts_with("neuralNetwork") && !all_layers) return "as far as its layers do";
  return "";
}

/// Asks for the predictor of an empty model of each type: one that is supported is refused for
/// another reason, if at all.
std::vector<Row> type_rows(const std::vector<Row>& ops, const std::vector<Row>& layers) {
  const auto runs = [](const Row& row) { return row.answer == "yes"; };
  const bool all_ops = std::all_of(ops.begin(), ops.end(), runs);
  const bool all_layers = std::all_of(layers.begin(), layers.end(), runs);
  const format::MessageRow& message = format::schema_messages().front();
  std::vector<Row> rows;
  for (uint32_t number = 200; number <= 3000; ++number) {  // the members of Model's oneof Type
    const format::FieldRow* field = format::schema_field(message, number);
    if (field == nullptr) continue;
    Row row{std::string(field->name), "", "yes", "", limit_of(field->name, all_ops, all_layers)};
    if (!row.note.empty()) row.answer = "partly";
    if (const auto note = kTypeNotes.find(row.name); note != kTypeNotes.end())
      row.note = note->second;
    const auto model = empty_model(number);
    const auto predictor = api::make_predictor({model, {}}, {});
    const Error refusal = api::refusal_of(*model);
    if (!predictor.ok() && predictor.error().message() == refusal.message()) {
      row.answer = "no";
      row.note = reason_of(refusal);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void print_counts(const char* what, const std::vector<Row>& rows) {
  std::map<std::string, int> counts;
  for (const Row& row : rows) ++counts[row.answer];
  std::printf("%zu %s: %d yes, %d partly, %d no.\n\n", rows.size(), what, counts["yes"],
              counts["partly"], counts["no"]);
}

void print_types(const std::vector<Row>& types) {
  std::puts("\n## Model types\n");
  print_counts("types", types);
  std::puts("| type | runs | |\n|---|---|---|");
  for (const Row& r : types)
    std::printf("| %s | %s | %s |\n", r.name.c_str(), r.answer.c_str(), r.note.c_str());
}

void print_page(const std::vector<Row>& ops, const std::vector<Row>& layers) {
  std::puts(
      "# What runs here\n\n"
      "Made by `tools/make_compatibility.cc` out of the tables themselves; the test "
      "`compatibility` "
      "holds this page to it.\n"
      "What is not here is refused at load, by name and place.\n\n"
      "## Ops of ML programs\n\n"
      "The op set is MIL's (`tools/mil_ops.txt`). fast: the CPU has a kernel row for it; what that "
      "row refuses, and all others,\n"
      "run on the reference. nothing to do: the same memory under another shape. host: at the "
      "border, where values become labels.\n");
  print_counts("ops", ops);
  std::puts("| op | opsets | runs | on | |\n|---|---|---|---|---|");
  for (const Row& r : ops)
    std::printf("| %s | %s | %s | %s | %s |\n", r.name.c_str(), r.versions.c_str(),
                r.answer.c_str(), r.kernel.c_str(), r.note.c_str());
  std::puts("\n## Layers of neural networks\n");
  print_counts("layers", layers);
  std::puts("| layer | specification version | runs | |\n|---|---|---|---|");
  for (const Row& r : layers)
    std::printf("| %s | %s | %s | %s |\n", r.name.c_str(), r.versions.c_str(), r.answer.c_str(),
                r.note.c_str());
  print_types(type_rows(ops, layers));
}

}  // namespace
}  // namespace pome

int main(int argc, char** argv) {
  std::ifstream list(argc == 2 ? argv[1] : "tools/mil_ops.txt");
  if (!list) {
    std::fprintf(stderr, "usage: make_compatibility tools/mil_ops.txt\n");
    return 2;
  }
  pome::print_page(pome::op_rows(list), pome::layer_rows());
  return 0;
}
