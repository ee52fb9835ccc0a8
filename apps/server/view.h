// Answers and the model as the JSON that the page shows.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "apps/server/answerer.h"

namespace pome::app {

using Json = nlohmann::ordered_json;

/// Bytes as base64 (RFC 4648, with padding).
std::string base64(std::span<const std::byte> bytes);

/// A picture as {"width","height","png"}; half floats are shown as gray levels, 0 to 255.
Result<Json> picture_json(const Image& picture);

/// {"milliseconds":{...}, "notes":[...], "answers":[...]}, and "seen" where `with_seen`. An answer
/// has a "kind": labels (of a classifier), boxes (of a detector: "coordinates" and "confidence"),
/// picture, array (with its range, largest and first values), dictionary, list or value. What is
/// too long to show is cut, and "total" says how long it was. Texts are UTF-8 only where the
/// model's are.
Result<Json> answer_json(const Answer& answer, const ModelDescription& description, bool with_seen);

/// {"picture":{...} or null,"fields":[...]}: what the page asks for.
Json form_json(const Form& form);

/// "centerCrop", "scaleFit" or "scaleFill"; and back, nothing for another text.
std::string crop_name(CropAndScale crop);
std::optional<CropAndScale> crop_of(std::string_view name);

}  // namespace pome::app
