#include "apps/server/answerer.h"

#include <chrono>
#include <limits>

#include "pome/image_input.h"

namespace pome::app {
namespace {

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

/// The size that pictures are decoded for; 0 where that depends on the picture.
int fixed_side(const ImageConstraint& image, int64_t side) {
  const bool flexible = !image.enumerated.empty() || image.width_range || image.height_range;
  return flexible || side < 1 || side > std::numeric_limits<int>::max() ? 0
                                                                        : static_cast<int>(side);
}

}  // namespace

Result<Answerer> Answerer::create(Model model, int64_t max_pixels) {
  auto form = Form::of(model.description());
  if (!form.ok()) return std::move(form).error();
  return Answerer(std::move(model), *std::move(form), max_pixels);
}

Result<Answer> Answerer::answer(const Question& question) const {
  Answer answer;
  FeatureProvider inputs;
  if (form_.has_picture && (!question.picture.empty() || !form_.picture.optional)) {
    Status added = add_picture(question, answer, inputs);
    if (!added.ok()) return std::move(added).error();
  }
  Status added = add_fields(question, inputs);
  if (!added.ok()) return std::move(added).error();
  PredictionOptions options;
  options.crop_and_scale = question.crop_and_scale;
  options.cancellation = question.cancellation;
  const auto start = std::chrono::steady_clock::now();
  auto outputs = model_.predict(inputs, options);
  if (!outputs.ok()) return std::move(outputs).error();
  answer.times.predict = milliseconds_since(start);
  answer.outputs = *std::move(outputs);
  return answer;
}

Status Answerer::add_picture(const Question& question, Answer& answer,
                             FeatureProvider& inputs) const {
  const ImageConstraint& input = form_.picture.image;
  DecodeOptions options;
  options.max_pixels = max_pixels_;
  options.for_width = fixed_side(input, input.width);
  options.for_height = fixed_side(input, input.height);
  options.crop_and_scale = question.crop_and_scale;
  const auto start = std::chrono::steady_clock::now();
  auto picture = decode_image(question.picture, "picture", options);
  if (!picture.ok()) return std::move(picture).error();
  answer.times.decode = milliseconds_since(start);
  answer.notes = picture->notes();
  const auto decoded = std::chrono::steady_clock::now();
  auto seen = fit_image(*picture, input, question.crop_and_scale);
  if (!seen.ok()) return std::move(seen).error();
  answer.times.resize = milliseconds_since(decoded);
  answer.seen = *seen;
  inputs.set(form_.picture.name, *std::move(seen));
  return {};
}

Status Answerer::add_fields(const Question& question, FeatureProvider& inputs) const {
  for (const Field& field : form_.fields) {
    const auto given = question.fields.find(field.feature.name);
    const bool empty = given == question.fields.end() || given->second.empty();
    if (empty && field.feature.optional) continue;
    if (empty && field.feature.type != FeatureType::kString) {
      return Error(ErrorCode::kMissingInput, "a value is wanted: " + field.feature.type_text())
          .at(field.feature.name);
    }
    auto value = parse_field(field, given == question.fields.end() ? "" : given->second);
    if (!value.ok()) return std::move(value).error();
    inputs.set(field.feature.name, *std::move(value));
  }
  return {};
}

}  // namespace pome::app
