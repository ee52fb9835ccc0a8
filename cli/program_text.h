// The ops of a network as lines, as a table of their weights, and as a graph.
#pragma once

#include <string>

#include "command.h"
#include "pome/inspect.h"

namespace pome::cli {

/// One line an op: kind, name, what it reads, what it makes, its weights.
void print_layers(const ModelInfo& info);
/// The same as JSON.
Json layers_json(const ModelInfo& info);
/// Lines "conv  13 ops  2,000,000 float32  8.0 MB", one a kind that has weights.
void print_weights(const ModelInfo& info, const Output& output);
/// Graphviz: values as edges, constants left out.
std::string to_dot(const ModelInfo& info);

/// What Apple's `coremlc metadata` prints, with its key names and its way of writing values, as far
/// as it can be told from the model.
Json coremlc_metadata(const ModelInfo& info);

}  // namespace pome::cli
