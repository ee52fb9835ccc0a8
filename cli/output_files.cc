#include "output_files.h"

#include "arrays.h"
#include "base/text.h"
#include "predictions.h"

namespace pome::cli {
namespace {

/// Numbers as an array: arrays themselves, single numbers; nothing for texts and dictionaries.
const MultiArray* array_of(const FeatureValue& value, MultiArray& made) {
  if (const auto* array = value.get_if<MultiArray>()) return array;
  const auto* real = value.get_if<double>();
  const auto* integer = value.get_if<int64_t>();
  if (real == nullptr && integer == nullptr) return nullptr;
  auto scalar = MultiArray::create(MultiArrayDataType::kFloat64, {});
  if (!scalar.ok()) return nullptr;
  made = *std::move(scalar);
  made.set(0, real != nullptr ? *real : static_cast<double>(*integer));
  return &made;
}

std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

bool OutputFiles::is_word(const std::string& word) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos) return word.ends_with(".json") || word.ends_with(".npz");
  return equals > 0 && (word.ends_with(".npy") || word.ends_with(".png"));
}

Result<OutputFiles> OutputFiles::create(const std::vector<std::string>& words,
                                        const ModelDescription& description, size_t predictions) {
  OutputFiles files;
  std::vector<std::string> names;
  for (const FeatureDescription& f : description.outputs) names.push_back(f.name);
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    Target target{equals == std::string::npos ? "" : word.substr(0, equals),
                  word.substr(equals == std::string::npos ? 0 : equals + 1)};
    const FeatureDescription* feature = description.output(target.name);
    if (!target.name.empty() && feature == nullptr) {
      return Error(ErrorCode::kUnknownName, "the model has no output " + quoted(target.name) +
                                                "; it gives " + quoted_list(names) + "." +
                                                did_you_mean(target.name, names));
    }
    const bool picture = target.path.ends_with(".png");
    if (feature != nullptr &&
        feature->type != (picture ? FeatureType::kImage : FeatureType::kMultiArray)) {
      const bool image = feature->type == FeatureType::kImage;
      return Error(ErrorCode::kTypeMismatch,
                   "output " + quoted(target.name) + " is a " + feature->type_text() + ", not " +
                       (picture ? "a picture" : "an array") + "; write " +
                       (image ? quoted(target.name + "=FILE.png") : std::string("FILE.json")));
    }
    if (predictions > 1 && !target.path.ends_with(".json")) {
      return Error(ErrorCode::kInvalidArgument, quoted(target.path) + " holds one prediction, " +
                                                    std::to_string(predictions) +
                                                    " are asked for; write FILE.json");
    }
    files.targets_.push_back(std::move(target));
  }
  return files;
}

void OutputFiles::add(const std::string& source, const FeatureProvider& outputs) {
  if (!targets_.empty()) predictions_.emplace_back(source, outputs);
}

Status OutputFiles::write_arrays(const std::string& path, const Output& output) const {
  NamedArrays arrays;
  std::vector<std::string> left_out;
  for (const auto& [name, value] : predictions_[0].second) {
    MultiArray made;
    if (const MultiArray* array = array_of(value, made)) {
      arrays[name] = *array;
    } else {
      left_out.push_back(name);
    }
  }
  if (!left_out.empty())
    note(output, path + " holds numbers alone; left out: " + quoted_list(left_out));
  return write_npz(path, arrays);
}

Status OutputFiles::write(const Output& output) const {
  for (const Target& target : targets_) {
    Status written;
    if (target.path.ends_with(".npz")) {
      written = write_arrays(target.path, output);
    } else if (target.path.ends_with(".png")) {
      written = predictions_[0].second[target.name].image().save_png(target.path);
    } else if (!target.name.empty()) {
      const FeatureValue& value = predictions_[0].second[target.name];
      written = write_file(target.path, format_npy(value.multi_array()));
    } else if (predictions_.size() == 1) {
      written = write_file(target.path, json_text(outputs_json(predictions_[0].second)));
    } else {
      Json list = Json::array();
      for (const auto& [source, outputs] : predictions_)
        list.push_back({{"source", source}, {"outputs", outputs_json(outputs)}});
      written = write_file(target.path, json_text(list));
    }
    if (!written.ok()) return written;
  }
  return {};
}

}  // namespace pome::cli
