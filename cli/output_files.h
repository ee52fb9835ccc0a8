// The files that --output asks for.
#pragma once

#include <string>
#include <vector>

#include "command.h"
#include "pome/feature_value.h"
#include "pome/model_description.h"

namespace pome::cli {

/// Collects the outputs of one or several predictions and writes them when all are there.
class OutputFiles {
 public:
  /// True for a word that --output takes: FILE.json, FILE.npz, NAME=FILE.npy or NAME=FILE.png.
  static bool is_word(const std::string& word);

  /// Errors before anything runs: a name that the model does not give, a form that is not
  /// supported, several predictions into a file that holds one.
  static Result<OutputFiles> create(const std::vector<std::string>& words,
                                    const ModelDescription& description, size_t predictions);

  void add(const std::string& source, const FeatureProvider& outputs);
  /// Writes every file. Notes of what a file could not take go to stderr.
  Status write(const Output& output) const;

 private:
  struct Target {
    std::string name;  // of the one output; empty: all
    std::string path;
  };
  Status write_arrays(const std::string& path, const Output& output) const;

  std::vector<Target> targets_;
  std::vector<std::pair<std::string, FeatureProvider>> predictions_;
};

}  // namespace pome::cli
