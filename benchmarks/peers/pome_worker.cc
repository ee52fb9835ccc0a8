// Pome's side of run.py: loads a model, then predicts once for every line on stdin and prints
// the milliseconds. Usage: pome_worker MODEL INPUT.bin THREADS [CACHE_FOLDER]   (INPUT.bin:
// float32, the shape of the model's one input; compiled networks are kept in CACHE_FOLDER)
#include <pome/model.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) return 2;
  pome::ModelConfiguration configuration;
  configuration.threads = std::atoi(argv[3]);
  if (argc == 5) configuration.compiled_cache = argv[4];
  auto model = pome::Model::load(argv[1], configuration).value();
  std::ifstream file(argv[2], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto& feature = model.description().inputs.at(0);
  const pome::FeatureProvider inputs = {
      {feature.name,
       pome::MultiArray::from_bytes(pome::MultiArrayDataType::kFloat32, feature.multi_array.shape,
                                    std::as_bytes(std::span(bytes)))
           .value()}};
  const std::string output = model.description().outputs.at(0).name;
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto start = std::chrono::steady_clock::now();
    auto result = model.predict(inputs).value();
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    const auto& y = result[output].multi_array();
    if (line == "values") {
      for (int64_t i = 0; i < y.size(); ++i) std::printf("%.9g ", y.at(i));
      std::printf("\n");
    } else {
      std::printf("%.6f\n", ms);
    }
    std::fflush(stdout);
  }
}
