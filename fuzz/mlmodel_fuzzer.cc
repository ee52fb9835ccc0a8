// Any bytes: they load, are described and imported, or are an error. What the scan lets through,
// protobuf takes and writes again.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "format/model_file.h"
#include "format/save.h"
#include "fuzz/mutate_fields.h"
#include "import/description.h"
#include "import/mil/import_mil.h"
#include "import/neuralnetwork/neural_network.h"

namespace pome {
namespace {

void check(std::span<const std::byte> bytes) {
  const auto file = format::ModelFile::parse(bytes, nullptr, fuzz::model_limits());
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
  }
}

}  // namespace
}  // namespace pome

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  return pome::fuzz::mutate_model(data, size, max_size, seed, 2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pome::check(std::as_bytes(std::span(data, size)));
  return 0;
}
