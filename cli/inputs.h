// Values from the command line: numbers, texts, pictures, .npy, .npz, .csv and .json files.
#pragma once

#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::cli {

/// What --input gives: values of every prediction, and one provider a row of a table.
struct GivenInputs {
  FeatureProvider common;
  std::vector<FeatureProvider> rows;
};
/// Reads the words of --input: NAME=VALUE, file.npz or file.csv. Errors name the word and what the
/// model takes; a misspelt name is answered with the nearest.
Result<GivenInputs> read_inputs(const ModelDescription& description,
                                const std::vector<std::string>& words, CropAndScale mode);
/// True for a word that read_inputs() can take apart; what --input is checked with.
bool is_input_word(const std::string& word);

/// Opens a picture as a feature takes it.
Result<FeatureValue> open_picture(const FeatureDescription& feature, const std::string& path,
                                  CropAndScale mode);

}  // namespace pome::cli
