// Values from the command line: numbers, texts, pictures, .npy and .json files.
#pragma once

#include <string>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_configuration.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::cli {

/// Parses the VALUE of `--input NAME=VALUE` for a feature: a number, `@file.json`, `file.npy`, a
/// picture where the input is an image, else text. Errors name the value and what the input takes.
Result<FeatureValue> parse_value(const FeatureDescription& feature, const std::string& text,
                                 CropAndScale mode);

/// Reads a NumPy array file (version 1 to 3; little-endian float16/32/64, int8/32/64, bool; C
/// order).
Result<MultiArray> read_npy(const std::string& path);

/// Writes one: little-endian, C order.
Status write_npy(const std::string& path, const MultiArray& array);

/// Opens a picture as a feature takes it.
Result<FeatureValue> open_picture(const FeatureDescription& feature, const std::string& path,
                                  CropAndScale mode);

}  // namespace pome::cli
