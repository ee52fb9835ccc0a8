#include "inputs.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "arrays.h"
#include "base/text.h"
#include "json_value.h"

namespace pome::cli {
namespace {

Result<FeatureValue> from_json(const FeatureDescription& feature, const std::string& path) {
  auto text = read_file(path);
  if (!text.ok()) return std::move(text).error();
  auto value = value_from_json_text(feature, *text);
  if (!value.ok()) return std::move(value).error().at(path);
  return value;
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

/// A number as the feature takes it; nothing when the text is none.
std::optional<FeatureValue> number_from(const FeatureDescription& feature,
                                        const std::string& text) {
  int64_t whole = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (feature.type == FeatureType::kInt64 && code == std::errc() &&
      end == text.data() + text.size())
    return FeatureValue(whole);
  double value = 0;
  if (!is_number(text, value)) return std::nullopt;
  return FeatureValue(value);
}

/// True for what is JSON on the command line: lists and objects.
bool is_json(const FeatureDescription& feature, const std::string& text) {
  return !text.empty() &&
         ((feature.type == FeatureType::kMultiArray && text[0] == '[') ||
          feature.type == FeatureType::kDictionary || feature.type == FeatureType::kSequence);
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
  if (is_json(feature, text)) {
    auto value = value_from_json_text(feature, text);
    if (value.ok()) return value;
    Error error(ErrorCode::kInvalidArgument,
                "the value " + quoted(text) + ": " + value.error().message() + ". Input " +
                    quoted(feature.name) + " takes " + feature.type_text() + ", e.g. " +
                    (feature.type == FeatureType::kDictionary ? feature.name + "='{\"key\": 1.5}'"
                     : feature.int64_keys || feature.type == FeatureType::kMultiArray
                         ? feature.name + "='[1, 2]'"
                         : feature.name + "='[\"text\"]'"));
    return error;
  }
  if (auto value = number_from(feature, text)) return *std::move(value);
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

/// A column's input, and which element of it: "features[3]", "words[good]", or the whole.
struct Column {
  const FeatureDescription* feature = nullptr;
  int64_t element = -1;  // of a multi-array or of a dictionary with Int64 keys
  std::string key;       // of a dictionary with texts as keys
};

Result<Column> parse_column(const ModelDescription& description, const std::string& title) {
  if (const FeatureDescription* f = description.input(title)) return Column{f, -1, {}};
  const size_t bracket = title.rfind('[');
  const std::string name = title.substr(0, bracket);
  const FeatureDescription* f = description.input(name);
  int64_t element = 0;
  if (bracket == std::string::npos || f == nullptr || !title.ends_with("]"))
    return unknown_input(description, name);
  const bool dictionary = f->type == FeatureType::kDictionary;
  if (dictionary && !f->int64_keys)
    return Column{f, 0, title.substr(bracket + 1, title.size() - bracket - 2)};
  const char* end = title.data() + title.size() - 1;
  const auto [stop, code] = std::from_chars(title.data() + bracket + 1, end, element);
  int64_t size = f->type == FeatureType::kMultiArray ? 1 : 0;
  for (const int64_t d : f->multi_array.shape) size *= d;
  if (code != std::errc() || stop != end || (!dictionary && (element < 0 || element >= size))) {
    return Error(ErrorCode::kInvalidArgument, "column " + quoted(title) + " names no element of " +
                                                  f->type_text() + "; write " + name +
                                                  "[0] for the first");
  }
  return Column{f, element, {}};
}

/// Puts a number into one element of an array.
Status set_element(const Column& column, double value, FeatureProvider& inputs) {
  const FeatureDescription& feature = *column.feature;
  const FeatureValue* begun = inputs.find(feature.name);
  auto array = begun != nullptr ? Result<FeatureValue>(*begun)
                                : array_of(feature, feature.multi_array.shape, {});
  if (!array.ok()) return std::move(array).error();
  MultiArray elements = array->multi_array();
  if (column.element < 0 && elements.size() != 1) {
    return Error(ErrorCode::kShapeMismatch, "input " + quoted(feature.name) + " takes " +
                                                feature.type_text() + "; name columns " +
                                                feature.name + "[0], " + feature.name + "[1], ...");
  }
  elements.set(std::max<int64_t>(column.element, 0), value);
  inputs.set(feature.name, std::move(elements));
  return {};
}

/// Puts a number into one entry of a dictionary.
template <typename Dictionary, typename Key>
void set_entry(const std::string& name, const Key& key, double value, FeatureProvider& inputs) {
  const FeatureValue* begun = inputs.find(name);
  const Dictionary* entries = begun != nullptr ? begun->get_if<Dictionary>() : nullptr;
  Dictionary dictionary = entries != nullptr ? *entries : Dictionary();
  dictionary[key] = value;
  inputs.set(name, std::move(dictionary));
}

/// Puts one field of a table where its column says.
Status set_field(const Column& column, const std::string& field, FeatureProvider& inputs) {
  const FeatureDescription& feature = *column.feature;
  const bool dictionary = feature.type == FeatureType::kDictionary;
  if (feature.type == FeatureType::kString) {
    inputs.set(feature.name, field);
    return {};
  }
  // An empty field is a value that is not there.
  if (field.empty() && (feature.optional || dictionary)) return {};
  if (feature.type == FeatureType::kSequence ||
      (dictionary && column.element < 0 && column.key.empty())) {
    auto value = value_from_json_text(feature, field);
    if (!value.ok()) return std::move(value).error();
    inputs.set(feature.name, *std::move(value));
    return {};
  }
  const auto number = number_from(feature, field);
  if (!number) {
    return Error(ErrorCode::kInvalidFormat,
                 quoted(field) + " in column " + quoted(feature.name) + " is no number");
  }
  const auto* whole = number->get_if<int64_t>();
  const double value = whole != nullptr ? static_cast<double>(*whole) : number->number();
  if (feature.type == FeatureType::kMultiArray) return set_element(column, value, inputs);
  if (dictionary && feature.int64_keys) {
    set_entry<Int64Dictionary>(feature.name, column.element, value, inputs);
  } else if (dictionary) {
    set_entry<StringDictionary>(feature.name, column.key, value, inputs);
  } else {
    inputs.set(feature.name, *number);
  }
  return {};
}

Result<FeatureProvider> parse_row(const std::vector<Column>& columns,
                                  const std::vector<std::string>& fields) {
  FeatureProvider inputs;
  for (size_t i = 0; i < columns.size(); ++i) {
    Status set = set_field(columns[i], fields[i], inputs);
    if (!set.ok()) return std::move(set).error();
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
