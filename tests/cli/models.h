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
/// A regressor of 60 numbers n0 to n59: a tree of two branches, one on n3 and one on n41, and a
/// tree that is one leaf. Its metadata has a key of 44 and a value of 3,000 characters.
void write_trees_model(const std::filesystem::path& path);
/// price = 2.5 rooms - age + 0.25 distance + 7.
void write_prices_model(const std::filesystem::path& path);
/// A gray picture of 8 x 8 pixels, scaled by 0.5 and less 3 -> y.
void write_gray_model(const std::filesystem::path& path);
/// Names and metadata that would move a terminal's cursor.
void write_model_with_escapes(const std::filesystem::path& path);

}  // namespace pome::testing
