#include "convert/keras/keras1.h"

#include <array>
#include <utility>

#include "base/try.h"

namespace pome::keras {
namespace {

constexpr std::pair<std::string_view, std::string_view> kClasses[] = {
    {"Convolution2D", "Conv2D"},
    {"AtrousConvolution2D", "Conv2D"},
    {"AtrousConv2D", "Conv2D"},
    {"SeparableConvolution2D", "SeparableConv2D"},
    {"Deconvolution2D", "Conv2DTranspose"},
};

constexpr std::pair<std::string_view, std::string_view> kParameters[] = {
    {"nb_filter", "filters"},
    {"border_mode", "padding"},
    {"subsample", "strides"},
    {"output_dim", "units"},
    {"bias", "use_bias"},
    {"atrous_rate", "dilation_rate"},
    {"p", "rate"},
    {"sigma", "stddev"},
};

void rename(Json& config, std::string_view from, std::string_view to) {
  const std::string old(from);
  const std::string renamed(to);
  if (!config.contains(old)) return;
  if (!config.contains(renamed)) config[renamed] = config[old];
  config.erase(old);
}

/// Merge(mode=...) became one class a mode.
Status modernise_merge(Layer& layer) {
  const Json& config = layer.config;
  static constexpr std::pair<std::string_view, std::string_view> kModes[] = {
      {"sum", "Add"},     {"mul", "Multiply"}, {"ave", "Average"}, {"concat", "Concatenate"},
      {"max", "Maximum"}, {"dot", "Dot"},      {"cos", "Dot"},
  };
  const std::string mode = text_member(config, "mode");
  if (config.contains("layers") && config["layers"].is_array() && !config["layers"].empty()) {
    return Error(ErrorCode::kUnsupported,
                 "a Merge that holds whole models is not supported; build the network with the "
                 "functional interface")
        .at(layer.place());
  }
  for (const auto& [old, renamed] : kModes) {
    if (mode != old) continue;
    layer.class_name = renamed;
    Json changed = config;
    if (mode == "concat" && changed.contains("concat_axis")) rename(changed, "concat_axis", "axis");
    if (mode == "dot" || mode == "cos") rename(changed, "dot_axes", "axes");
    if (mode == "cos") changed["normalize"] = true;
    layer.config = std::move(changed);
    return {};
  }
  return Error(ErrorCode::kUnsupported, "the merge mode " + excerpt(Json(mode)) +
                                            " is not supported: it is Python code, which is never "
                                            "run")
      .at(layer.place());
}

/// [[["x", 0, 0]], ...] stays; what Keras 1 says in two numbers, Keras 2 says in a pair.
void join(Json& config, const char* rows, const char* columns, const char* pair) {
  if (!config.contains(rows) || !config.contains(columns)) return;
  config[pair] = Json::array({config[rows], config[columns]});
  config.erase(rows);
  config.erase(columns);
}

}  // namespace

Status modernise(Layer& layer) {
  for (const auto& [old, renamed] : kClasses)
    if (layer.class_name == old) layer.class_name = renamed;
  if (layer.class_name == "Merge") return modernise_merge(layer);
  Json& config = layer.config;
  for (const auto& [old, renamed] : kParameters) rename(config, old, renamed);
  join(config, "nb_row", "nb_col", "kernel_size");
  if (const Json* order = member(config, "dim_ordering"); order != nullptr && order->is_string()) {
    if (*order == "th") config["data_format"] = "channels_first";
    if (*order == "tf") config["data_format"] = "channels_last";
  }
  if (layer.class_name == "BatchNormalization" && config.contains("mode") && config["mode"] != 0 &&
      config["mode"] != 2) {
    return Error(ErrorCode::kUnsupported,
                 "BatchNormalization mode " + excerpt(config["mode"]) +
                     " normalises each sample by itself and is not supported")
        .at(layer.place());
  }
  return {};
}

Status modernise_weights(const Layer& layer, bool channels_first, std::vector<Array>& weights) {
  if (weights.empty() || weights[0].rank() != 4) return {};
  const auto turn = [](Array& a, const std::vector<int>& perm) -> Status {
    POME_ASSIGN(a, a.transposed(perm));
    return {};
  };
  if (layer.class_name == "Conv2D" && channels_first) return turn(weights[0], {2, 3, 1, 0});
  if (layer.class_name == "Conv2DTranspose")
    return turn(weights[0],
                channels_first ? std::vector<int>{2, 3, 0, 1} : std::vector<int>{0, 1, 3, 2});
  if (layer.class_name == "SeparableConv2D" && channels_first) {
    POME_TRY(turn(weights[0], {2, 3, 1, 0}));
    if (weights.size() > 1 && weights[1].rank() == 4) return turn(weights[1], {2, 3, 1, 0});
  }
  return {};
}

bool default_channels_first(const SourceModel& source) {
  int first = 0;
  int last = 0;
  for_each_layer(*source.model, [&](const Layer& layer) {
    const std::string format = text_member(layer.config, "data_format");
    if (format == "channels_first") ++first;
    if (format == "channels_last") ++last;
  });
  if (first != last) return first > last;
  return source.generation == 1 && source.backend == "theano";
}

}  // namespace pome::keras
