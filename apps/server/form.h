// What the page asks for: one picture, and a field for each other input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pome/feature_value.h"
#include "pome/model_description.h"
#include "pome/result.h"

namespace pome::app {

/// An input that is typed in.
struct Field {
  /// Elements that an array may have to be typed in.
  static constexpr int64_t kMaxElements = 256;

  FeatureDescription feature;  // Int64, Double, String, or a MultiArray of few elements
  /// How many numbers are wanted: 1, or an array's elements; 0 for a String.
  int64_t count = 1;
};

/// The inputs of a model as the page gives them. A plain value.
struct Form {
  bool has_picture = false;
  FeatureDescription picture;  // where has_picture
  std::vector<Field> fields;

  /// Errors: kUnsupported for a model that needs what the page cannot give (two pictures, a
  /// dictionary, a large array ...), naming the input; such inputs that are optional are left out.
  static Result<Form> of(const ModelDescription& description);
};

/// A field's text as its input takes it: a number, numbers with commas or spaces between them, or
/// the text itself. Errors name the field, what was found and what is wanted.
Result<FeatureValue> parse_field(const Field& field, std::string_view text);

}  // namespace pome::app
