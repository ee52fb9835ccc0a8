// The configuration of a Keras model: JSON to graph to program, without weights.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "convert/keras/graph.h"
#include "convert/keras/translate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  // Two letters choose generation and target, the rest is the text.
  const std::string version(1, static_cast<char>('1' + data[0] % 3));
  const bool neural_network = data[1] % 2 != 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto json = pome::keras::parse_json(text);
  if (!json.ok()) return 0;
  auto source = pome::keras::parse_source(*json, version, "");
  if (!source.ok() || !pome::keras::check_supported(*source).ok()) return 0;
  // Weights that some layers may take: their contents do not matter.
  float* values = nullptr;
  const auto one = pome::translate::Array::allocate({3, 3, 3, 3}, 1 << 20, values);
  const auto vector = pome::translate::Array::allocate({3}, 1 << 20, values);
  pome::keras::for_each_layer(*source->model, [&](pome::keras::Layer& layer) {
    if (one.ok() && vector.ok()) layer.weights = {*one, *vector, *vector, *vector};
  });
  pome::ConvertOptions options;
  options.batch = data[1] % 4 == 3 ? -1 : 1;
  const auto converted = pome::keras::translate_source(*source, options, neural_network);
  if (!converted.ok() && converted.error().code() == pome::ErrorCode::kInternal) __builtin_trap();
  return 0;
}
