// Typed classes out of a model's description: what `pome generate` writes.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pome/inspect.h"
#include "pome/result.h"

namespace pome::generate {

/// What a class is written in.
enum class Language : int { kCpp, kPython };

/// The files of a model whose bytes become part of the program. A plain value.
struct EmbeddedFiles {
  std::filesystem::path specification;
  /// Weight files by the names that Model::load() takes, e.g. "weights/weight.bin".
  std::map<std::string, std::filesystem::path> weights;
};

/// What generate() is told. A plain value.
struct GenerateOptions {
  Language language = Language::kCpp;
  /// Empty: of the model's file name.
  std::string class_name;
  /// The model's file name without its folder: stands in comments.
  std::string model_name;
  /// The function of a multi-function ML program; empty is the default one.
  std::string function_name;
  /// C++ only: a load() without a path, and assembly that holds the bytes.
  std::optional<EmbeddedFiles> embed;
};

/// A file, not yet written. A plain value.
struct GeneratedFile {
  std::string name;
  std::string text;
};

/// The class's name and its files.
struct Generated {
  std::string class_name;
  std::vector<GeneratedFile> files;
};

/// True for a C++ and Python identifier that may name a class in the global namespace.
bool is_class_name(std::string_view name);

/// The class of a model's file where no other name is asked for: "CatDog" of "CatDog.mlmodel".
std::string class_name_of(const std::string& model_name);

/// Names of inputs, outputs, labels and all else come from a model: whatever they hold, what is
/// written is well formed, and no text of the model leaves its comment or literal. The same model
/// and options give the same bytes. Whether the model can be run here does not matter.
/// Errors: kInvalidArgument for a class name that is no identifier; kUnknownName for a function
/// that is not there; kUnsupported for a name over 4,096 bytes, or over 10,000 inputs or outputs.
Result<Generated> generate(const ModelInfo& info, const GenerateOptions& options);

}  // namespace pome::generate
