// Any bytes: they load, are described and imported (classic models: made, and run once), or are an
// error. What the scan lets through,
// protobuf takes and writes again.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "classic/classic.h"
#include "format/model_file.h"
#include "format/save.h"
#include "format/wire_scan.h"
#include "import/description.h"
#include "import/mil/import_mil.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/support/mutate_message.h"

namespace pome {
namespace {

format::Limits limits() {
  format::Limits limits;
  limits.max_memory_bytes = 64 << 20;
  return limits;
}

/// Small numbers for what is simply numbers; other inputs stay away.
FeatureProvider some_inputs(const ModelDescription& description) {
  FeatureProvider inputs;
  for (const FeatureDescription& input : description.inputs) {
    if (input.type == FeatureType::kDouble || input.type == FeatureType::kInt64)
      inputs.set(input.name, 1);
    if (input.type == FeatureType::kString) inputs.set(input.name, "a");
    if (input.type != FeatureType::kMultiArray) continue;
    int64_t size = 1;
    for (const int64_t n : input.multi_array.shape)
      size = n > 0 && n < 65536 && size * n < 65536 ? size * n : 0;
    if (size <= 0) continue;
    auto array = MultiArray::create(MultiArrayDataType::kFloat32, input.multi_array.shape);
    if (array.ok()) inputs.set(input.name, *std::move(array));
  }
  return inputs;
}

void run_classic(const format::ModelFile& file, const ModelDescription& description) {
  ModelConfiguration configuration;
  configuration.threads = 1;
  const auto predictor = classic::make_predictor({file.share(), description, configuration});
  if (predictor.ok()) (void)(*predictor)->predict(some_inputs(description), {}).ok();
}

void check(std::span<const std::byte> bytes) {
  const auto file = format::ModelFile::parse(bytes, nullptr, limits());
  if (!file.ok()) {
    if (file.error().message() == "the file is not a Core ML model, or damaged") std::abort();
    return;
  }
  if (!format::serialize(file->model()).ok()) std::abort();
  auto description = import::read_description(file->model());
  if (!description.ok()) return;
  if (file->type_name() == "mlProgram") {
    (void)import::import_mil(file->model(), format::WeightFiles(), *std::move(description)).ok();
  } else if (file->type_name().starts_with("neuralNetwork")) {
    (void)import::import_neural_network(file->model(), file->share(), *std::move(description)).ok();
  } else if (classic::supports(file->type_name())) {
    run_classic(*file, *description);
  }
}

}  // namespace
}  // namespace pome

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

/// Every other time the fields are changed and not the bytes, so that deep ones are reached.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (seed % 2 == 0 || !pome::format::scan_model(bytes, pome::limits()).ok())
    return LLVMFuzzerMutate(data, size, max_size);
  const std::vector<std::byte> changed = pome::testing::MessageMutator(bytes, seed)();
  if (changed.empty() || changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, changed.data(), changed.size());
  return changed.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pome::check(std::as_bytes(std::span(data, size)));
  return 0;
}
