// The ops of a network as lines, as a table of their weights, and as a graph.
#pragma once

#include <filesystem>
#include <string>

#include "command.h"
#include "pome/inspect.h"

namespace pome::cli {

/// 1234567 as "1,234,567".
std::string grouped(int64_t n);
/// "Float32" of "fp32" and "float32", also within "list<fp32 [1,3]>": Core ML's own names, as
/// features have them; other words stay. JSON keeps the names it always had.
std::string element_name(const std::string& type);

/// One line an op: kind, name, what it reads, what it makes, its weights.
void print_layers(const ModelInfo& info);
/// The same as JSON.
Json layers_json(const ModelInfo& info);
/// Lines "conv  13 ops  2,000,000 Float32, 8.0 MB", one a kind that has weights.
void print_weights(const ModelInfo& info, const Output& output);
/// Graphviz: values as edges, constants left out.
std::string to_dot(const ModelInfo& info);

/// What Apple's `coremlc metadata` prints, with its key names and its way of writing values, as far
/// as it can be told from the model.
Json coremlc_metadata(const ModelInfo& info, const std::filesystem::path& path);

}  // namespace pome::cli
