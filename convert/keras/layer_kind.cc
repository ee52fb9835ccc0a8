#include "convert/keras/layer_kind.h"

#include "base/text.h"
#include "convert/keras/keras1.h"

namespace pome::keras {

bool LayerContext::channels_first() {
  const std::string format = config.text("data_format", "");
  if (format.empty() || format == "default") return source.channels_first;
  if (format != "channels_first" && format != "channels_last")
    config.fail("data_format", "\"channels_last\" or \"channels_first\"");
  return format == "channels_first";
}

const Argument* LayerContext::argument(size_t position, std::string_view keyword) const {
  if (position < args.size()) return &args[position];
  const auto found = kwargs.find(keyword);
  return found == kwargs.end() ? nullptr : &found->second;
}

Result<Array> LayerContext::weight(size_t slot, const std::vector<int64_t>& dims) const {
  if (slot >= layer.weights.size())
    return Error(ErrorCode::kInvalidModel, "it has " + std::to_string(layer.weights.size()) +
                                               " weights, number " + std::to_string(slot) +
                                               " is missing");
  const Array& array = layer.weights[slot];
  bool fits = array.dims().size() == dims.size();
  for (size_t i = 0; fits && i < dims.size(); ++i) fits = dims[i] < 0 || dims[i] == array.dims()[i];
  if (fits) return array;
  std::string name = "weight " + std::to_string(slot);
  if (layer.kind != nullptr && layer.kind->weights != nullptr) {
    const auto slots = layer.kind->weights(layer);
    if (slot < slots.size()) name = slots[slot].name;
  }
  return Error(ErrorCode::kInvalidModel, "its " + name + " has shape " + array.shape_text() +
                                             " in the file, its parameters ask for " +
                                             translate::extents_text(dims));
}

bool is_operator(const Layer& layer) {
  return layer.module.starts_with("keras.src.ops") || layer.module.starts_with("keras.ops");
}

/// A class of somebody's own: "package>Class", or out of another module.
static bool is_custom(const Layer& layer) {
  return !keras_module(layer.module) || layer.registered_name.find('>') != std::string::npos ||
         layer.class_name.find('>') != std::string::npos;
}

const LayerKind* find_kind(const Layer& layer) {
  const auto find_in = [&](std::span<const LayerKind> rows) -> const LayerKind* {
    for (const LayerKind& row : rows)
      if (row.class_name == layer.class_name) return &row;
    return nullptr;
  };
  if (is_operator(layer)) return find_in(operator_layers());
  if (is_custom(layer)) return nullptr;
  for (const auto rows : {activation_layers(), convolution_layers(), dense_layers(), merge_layers(),
                          normalization_layers(), pass_through_layers(), pooling_layers(),
                          preprocessing_layers(), spatial_layers()}) {
    if (const LayerKind* row = find_in(rows)) return row;
  }
  // Keras 3 leaves modules out of .h5 files: what is no layer there may be an operator.
  return layer.module.empty() ? find_in(operator_layers()) : nullptr;
}

Status check_supported(SourceModel& source) {
  std::vector<std::string> refused;
  std::optional<Error> first;
  for_each_layer(*source.model, [&](Layer& layer) {
    if (layer.class_name == "InputLayer") return;
    layer.kind = find_kind(layer);
    if (layer.kind != nullptr) return;
    refused.push_back(layer.outer + layer.name);
    if (first) return;
    std::string message = "the layer class " + pome::quoted(layer.class_name);
    if (!keras_module(layer.module)) message += " of the module " + pome::quoted(layer.module);
    message += " is not supported";
    if (layer.class_name == "Lambda" || is_custom(layer)) {
      message +=
          ": it is Python code that the file brings along, which is never run. Replace it "
          "by layers of Keras and save the model again";
    }
    first = Error(ErrorCode::kUnsupported, message).at(layer.place());
  });
  if (!first) return {};
  if (refused.size() == 1) return *first;
  std::string message =
      first->message() + ". Nor are " + std::to_string(refused.size() - 1) + " further layers: ";
  refused.erase(refused.begin());
  Error all(first->code(), message + quoted_list(refused, 6));
  return std::move(all).at(first->places().front());
}

}  // namespace pome::keras
