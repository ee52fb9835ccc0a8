#include "tests/convert/golden.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace pome::testing {

std::filesystem::path keras_data(const std::string& name) {
  return std::filesystem::path(POME_SOURCE_DIR) / "tests/data/keras" / name;
}

std::vector<std::string> golden_models() {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const char* folder : {"keras1", "keras2", "keras224", "keras3"}) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(keras_data(folder), missing)) {
      fs::path golden = entry.path();
      golden.replace_extension(".golden");
      if (entry.path().extension() == ".golden" || !fs::exists(golden)) continue;
      files.push_back(std::string(folder) + "/" + entry.path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string golden_test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

Golden read_golden(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::getline(file, line);
  const auto header = nlohmann::json::parse(line);
  Golden golden;
  const auto read = [&](const nlohmann::json& list, std::vector<GoldenTensor>& to) {
    for (const auto& entry : list) {
      GoldenTensor tensor;
      tensor.name = entry["name"];
      tensor.shape = entry["shape"].get<std::vector<int64_t>>();
      size_t n = 1;
      for (int64_t d : tensor.shape) n *= static_cast<size_t>(d);
      tensor.values.resize(n);
      file.read(reinterpret_cast<char*>(tensor.values.data()), static_cast<long>(n * 4));
      to.push_back(std::move(tensor));
    }
  };
  golden.tolerance = header["tolerance"];
  read(header["inputs"], golden.inputs);
  read(header["outputs"], golden.outputs);
  return golden;
}

ConvertOptions as_arrays() {
  ConvertOptions options;
  options.image_inputs = std::vector<std::string>();
  return options;
}

std::string mil_name(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') c = '_';
  return std::isdigit(static_cast<unsigned char>(name[0])) ? "_" + name : name;
}

std::string compare_with_keras(const std::filesystem::path& model, const Golden& golden,
                               const std::set<std::string>& only) {
  const auto converted = translate::translate_file(model, as_arrays());
  if (!converted.ok()) return converted.error().to_string();
  const auto& description = converted->description;
  if (description.outputs.size() != golden.outputs.size() ||
      description.inputs.size() != golden.inputs.size())
    return "inputs or outputs differ in number";
  Tensors inputs;
  for (const GoldenTensor& input : golden.inputs)
    inputs.emplace(mil_name(input.name), tensor(Shape(input.shape), input.values));
  const auto got = evaluate(*converted->program->function("main"), inputs);
  if (!got.ok()) return got.error().to_string();
  std::string wrong;
  std::set<std::string> seen;
  for (size_t i = 0; i < golden.outputs.size(); ++i) {
    const GoldenTensor& want = golden.outputs[i];
    if (!only.empty() && !only.contains(want.name)) continue;
    // The second output of a name that stands twice has a number behind it.
    const std::string& other = description.outputs[i].name;
    const bool twice = !seen.insert(want.name).second && other.starts_with(mil_name(want.name));
    const auto found = got->find(twice ? other : mil_name(want.name));
    if (found == got->end()) return "no output " + want.name;
    const Shape shape(want.shape);
    // Relative to the largest value: sums of many terms have no other honest measure.
    double largest = 1e-3;
    for (float v : want.values) largest = std::max(largest, std::abs(static_cast<double>(v)));
    const auto expected = tensor(shape, want.values);
    const std::string text = difference(found->second.view(), expected.view(),
                                        golden.tolerance * largest, golden.tolerance);
    if (!text.empty()) wrong += want.name + ": " + text + "\n";
  }
  return wrong;
}

}  // namespace pome::testing
