// Small model files for the tests of the command.
#pragma once

#include <filesystem>

namespace pome::testing {

/// features [3] -> y = 2 x + 1.
void write_doubling_model(const std::filesystem::path& path);
/// Pictures left and right of 8 x 8 pixels -> sum.
void write_two_pictures_model(const std::filesystem::path& path);
/// A picture of 8 x 8 pixels -> its negative, a picture.
void write_negative_model(const std::filesystem::path& path);
/// A custom layer that only its author has.
void write_custom_layer_model(const std::filesystem::path& path);
/// An ML program that adds up: features [3] -> y, the sum of all features so far, its state
/// "total".
void write_summing_model(const std::filesystem::path& path);
/// Names and metadata that would move a terminal's cursor.
void write_model_with_escapes(const std::filesystem::path& path);

}  // namespace pome::testing
