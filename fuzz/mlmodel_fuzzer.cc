// Any bytes: they load, are described and imported, or are an error. What the scan lets through,
// protobuf takes and writes again.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

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
