// A question, a picture and what was typed, becomes an answer: decode, fit, predict.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/server/form.h"
#include "pome/model.h"
#include "pome/result.h"

namespace pome::app {

/// What is asked. It points to its picture.
struct Question {
  /// A JPEG's or PNG's bytes; not looked at where the model takes no picture.
  std::span<const std::byte> picture;
  CropAndScale crop_and_scale = CropAndScale::kScaleFill;
  /// Texts of the form's fields by input name; an optional one may be missing or empty.
  std::map<std::string, std::string> fields;
  std::stop_token cancellation;
};

/// Milliseconds.
struct Times {
  double decode = 0;
  double resize = 0;
  double predict = 0;
};

/// What came of it. A plain value.
struct Answer {
  Times times;
  /// The picture as it went into the model, as fit_image() gives it.
  std::optional<Image> seen;
  /// What was given up while decoding, in words.
  std::vector<std::string> notes;
  FeatureProvider outputs;
};

/// The model with its form. Immutable: answers many threads at once.
class Answerer {
 public:
  /// Errors: as Form::of().
  static Result<Answerer> create(Model model, int64_t max_pixels);

  const Form& form() const { return form_; }
  const ModelDescription& description() const { return model_.description(); }

  /// Errors: not a picture, damaged, too many pixels; a field's text; whatever predict() says, and
  /// kCancelled when the token asked for it.
  Result<Answer> answer(const Question& question) const;

 private:
  Answerer(Model model, Form form, int64_t max_pixels)
      : model_(std::move(model)), form_(std::move(form)), max_pixels_(max_pixels) {}
  Status add_picture(const Question& question, Answer& answer, FeatureProvider& inputs) const;
  Status add_fields(const Question& question, FeatureProvider& inputs) const;

  Model model_;
  Form form_;
  int64_t max_pixels_;
};

}  // namespace pome::app
