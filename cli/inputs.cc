#include "inputs.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "arrays.h"
#include "base/text.h"

namespace pome::cli {
namespace {

/// Walks nested lists: shape from the first elements, every other list must agree.
bool flatten(const nlohmann::json& j, size_t depth, std::vector<int64_t>& shape,
             std::vector<double>& values) {
  if (j.is_number() || j.is_boolean()) {
    values.push_back(j.is_boolean() ? (j.get<bool>() ? 1 : 0) : j.get<double>());
    return depth == shape.size();
  }
  if (!j.is_array() || depth >= 16) return false;
  if (depth == shape.size()) {
    if (!values.empty()) return false;
    shape.push_back(static_cast<int64_t>(j.size()));
  }
  if (shape[depth] != static_cast<int64_t>(j.size())) return false;
  for (const auto& element : j)
    if (!flatten(element, depth + 1, shape, values)) return false;
  return true;
}

/// An array of the element type that the feature declares.
Result<FeatureValue> array_of(const FeatureDescription& feature, std::vector<int64_t> shape,
                              const std::vector<double>& values) {
  const auto type = feature.type == FeatureType::kMultiArray ? feature.multi_array.data_type
                                                             : MultiArrayDataType::kFloat32;
  auto array = MultiArray::create(type, std::move(shape));
  if (!array.ok()) return std::move(array).error();
  for (size_t i = 0; i < values.size(); ++i) array->set(static_cast<int64_t>(i), values[i]);
  return FeatureValue(*std::move(array));
}

Result<FeatureValue> from_json(const FeatureDescription& feature, const std::string& path) {
  auto text = read_file(path);
  if (!text.ok()) return std::move(text).error();
  const auto j = nlohmann::json::parse(*text, nullptr, false);
  if (j.is_discarded()) return Error(ErrorCode::kInvalidFormat, "this is no JSON").at(path);
  if (j.is_string()) return FeatureValue(j.get<std::string>());
  if (j.is_number() && feature.type != FeatureType::kMultiArray)
    return FeatureValue(j.get<double>());
  if (j.is_object()) {
    StringDictionary map;
    for (const auto& [key, value] : j.items()) {
      if (!value.is_number())
        return Error(ErrorCode::kInvalidFormat, "value of " + quoted(key) + " is no number")
            .at(path);
      map[key] = value.get<double>();
    }
    return FeatureValue(std::move(map));
  }
  std::vector<int64_t> shape;
  std::vector<double> values;
  if (!flatten(j, 0, shape, values)) {
    return Error(ErrorCode::kInvalidFormat,
                 "the lists are of unequal lengths or hold something else than numbers")
        .at(path);
  }
  if (shape.empty()) shape = {1};
  auto array = array_of(feature, std::move(shape), values);
  if (!array.ok()) return std::move(array).error().at(path);
  return array;
}

Result<FeatureValue> from_npz(const FeatureDescription& feature, const std::string& path) {
  auto arrays = read_npz(path);
  if (!arrays.ok()) return std::move(arrays).error();
  const auto found = arrays->find(feature.name);
  if (found != arrays->end()) return FeatureValue(found->second);
  if (arrays->size() == 1) return FeatureValue(arrays->begin()->second);
  std::vector<std::string> names;
  for (const auto& [name, array] : *arrays) names.push_back(name);
  return Error(ErrorCode::kUnknownName,
               "the file has no array " + quoted(feature.name) + "; it has " + quoted_list(names))
      .at(path);
}

bool is_number(const std::string& text, double& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

/// Parses the VALUE of NAME=VALUE.
Result<FeatureValue> parse_value(const FeatureDescription& feature, const std::string& text,
                                 CropAndScale mode) {
  if (feature.type == FeatureType::kImage) return open_picture(feature, text, mode);
  if (!text.empty() && text[0] == '@') return from_json(feature, text.substr(1));
  if (text.ends_with(".npz")) return from_npz(feature, text);
  if (text.ends_with(".npy")) {
    auto bytes = read_file(text);
    if (!bytes.ok()) return std::move(bytes).error();
    auto array = parse_npy(*bytes, text);
    if (!array.ok()) return std::move(array).error();
    return FeatureValue(*std::move(array));
  }
  if (feature.type == FeatureType::kString) return FeatureValue(text);
  for (const char* suffix : {".jpg", ".jpeg", ".png", ".JPG", ".PNG"}) {
    if (text.ends_with(suffix)) return open_picture(feature, text, mode);
  }
  double value = 0;
  if (is_number(text, value)) return FeatureValue(value);
  return Error(ErrorCode::kInvalidArgument,
               "the value " + quoted(text) + " is no number, and input " + quoted(feature.name) +
                   " takes " + feature.type_text() + "; give a number, @file.json or file.npy");
}

Error unknown_input(const ModelDescription& description, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& f : description.inputs) names.push_back(f.name);
  return Error(ErrorCode::kUnknownName, "the model has no input " + quoted(name) + "; it takes " +
                                            quoted_list(names) + "." + did_you_mean(name, names));
}

/// A column's input, and which element of it: "features[3]", or -1 for the whole.
struct Column {
  const FeatureDescription* feature = nullptr;
  int64_t element = -1;
};

Result<Column> parse_column(const ModelDescription& description, const std::string& title) {
  if (const FeatureDescription* f = description.input(title)) return Column{f, -1};
  const size_t bracket = title.rfind('[');
  const std::string name = title.substr(0, bracket);
  const FeatureDescription* f = description.input(name);
  int64_t element = 0;
  if (bracket == std::string::npos || f == nullptr || !title.ends_with("]"))
    return unknown_input(description, name);
  const char* end = title.data() + title.size() - 1;
  const auto [stop, code] = std::from_chars(title.data() + bracket + 1, end, element);
  int64_t size = f->type == FeatureType::kMultiArray ? 1 : 0;
  for (const int64_t d : f->multi_array.shape) size *= d;
  if (code != std::errc() || stop != end || element < 0 || element >= size) {
    return Error(ErrorCode::kInvalidArgument, "column " + quoted(title) + " names no element of " +
                                                  f->type_text() + "; write " + name +
                                                  "[0] for the first");
  }
  return Column{f, element};
}

Result<FeatureProvider> parse_row(const std::vector<Column>& columns,
                                  const std::vector<std::string>& fields) {
  FeatureProvider inputs;
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto& [feature, element] = columns[i];
    if (feature->type == FeatureType::kString) {
      inputs.set(feature->name, fields[i]);
      continue;
    }
    double value = 0;
    if (!is_number(fields[i], value)) {
      return Error(ErrorCode::kInvalidFormat,
                   quoted(fields[i]) + " in column " + quoted(feature->name) + " is no number");
    }
    if (feature->type != FeatureType::kMultiArray) {
      inputs.set(feature->name, value);
      continue;
    }
    const FeatureValue* begun = inputs.find(feature->name);
    auto array = begun != nullptr ? Result<FeatureValue>(*begun)
                                  : array_of(*feature, feature->multi_array.shape, {});
    if (!array.ok()) return std::move(array).error();
    MultiArray elements = array->multi_array();
    if (element < 0 && elements.size() != 1) {
      return Error(ErrorCode::kShapeMismatch,
                   "input " + quoted(feature->name) + " takes " + feature->type_text() +
                       "; name columns " + feature->name + "[0], " + feature->name + "[1], ...");
    }
    elements.set(std::max<int64_t>(element, 0), value);
    inputs.set(feature->name, std::move(elements));
  }
  return inputs;
}

Status add_table(const ModelDescription& description, const std::string& path, GivenInputs& given) {
  if (!given.rows.empty())
    return Error(ErrorCode::kInvalidArgument, "a second table is given; one is read").at(path);
  auto table = read_csv(path);
  if (!table.ok()) return std::move(table).error();
  std::vector<Column> columns;
  for (const std::string& title : table->columns) {
    auto column = parse_column(description, title);
    if (!column.ok()) return std::move(column).error().at(path);
    columns.push_back(*column);
  }
  for (size_t i = 0; i < table->rows.size(); ++i) {
    auto row = parse_row(columns, table->rows[i]);
    if (!row.ok()) return std::move(row).error().at("row " + std::to_string(i + 1)).at(path);
    given.rows.push_back(*std::move(row));
  }
  return {};
}

Status add_arrays(const ModelDescription& description, const std::string& path,
                  GivenInputs& given) {
  auto arrays = read_npz(path);
  if (!arrays.ok()) return std::move(arrays).error();
  for (auto& [name, array] : *arrays) {
    if (description.input(name) == nullptr) return unknown_input(description, name).at(path);
    given.common.set(name, std::move(array));
  }
  return {};
}

}  // namespace

Result<FeatureValue> open_picture(const FeatureDescription& feature, const std::string& path,
                                  CropAndScale mode) {
  if (feature.type != FeatureType::kImage) {
    return Error(ErrorCode::kTypeMismatch, "a picture was given, input " + quoted(feature.name) +
                                               " takes " + feature.type_text() + "; give --input " +
                                               feature.name + "=FILE.npy")
        .at(path);
  }
  auto image = Image::open_for(path, static_cast<int>(feature.image.width),
                               static_cast<int>(feature.image.height), mode);
  if (!image.ok()) return std::move(image).error();
  return FeatureValue(*std::move(image));
}

bool is_input_word(const std::string& word) {
  return word.find('=') != std::string::npos || word.ends_with(".npz") || word.ends_with(".csv");
}

Result<GivenInputs> read_inputs(const ModelDescription& description,
                                const std::vector<std::string>& words, CropAndScale mode) {
  GivenInputs given;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    Status added;
    if (equals == std::string::npos) {
      added = word.ends_with(".csv") ? add_table(description, word, given)
                                     : add_arrays(description, word, given);
    } else {
      const std::string name = word.substr(0, equals);
      const FeatureDescription* feature = description.input(name);
      if (feature == nullptr) return unknown_input(description, name);
      auto value = parse_value(*feature, word.substr(equals + 1), mode);
      if (!value.ok()) return std::move(value).error();
      given.common.set(name, *std::move(value));
    }
    if (!added.ok()) return std::move(added).error();
  }
  return given;
}

}  // namespace pome::cli
