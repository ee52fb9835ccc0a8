// Reads a model and writes its message again: tools/check_protos.py compares the two with
// coremltools.
//
//     pome_rewrite_model MODEL.mlmodel|MODEL.mlpackage OUT.mlmodel
#include <chrono>
#include <iostream>

#include "base/file.h"
#include "format/model_file.h"
#include "format/save.h"
#include "format/wire_scan.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto start = std::chrono::steady_clock::now();
  const auto file = pome::format::ModelFile::load(argv[1]);
  const auto loaded = std::chrono::steady_clock::now();
  if (!file) {
    std::cerr << file.error().to_string() << '\n';
    return 1;
  }
  const auto scan = pome::format::scan_model(file->bytes(), {});
  const auto scanned = std::chrono::steady_clock::now();
  const auto bytes = pome::format::serialize(file->model());
  const auto written = bytes ? pome::write_file_atomically(argv[2], *bytes) : bytes.error();
  if (!written) {
    std::cerr << written.error().to_string() << '\n';
    return 1;
  }
  const auto ms = [](auto d) { return std::chrono::duration<double, std::milli>(d).count(); };
  std::cout << file->type_name() << "  bytes " << file->bytes().size() << "  fields "
            << scan->fields << "  unknown " << scan->unknown_fields << "  depth " << scan->depth
            << "  memory " << scan->memory_bytes << "  load " << ms(loaded - start)
            << " ms, of it the scan " << ms(scanned - loaded) << " ms\n";
  return 0;
}
