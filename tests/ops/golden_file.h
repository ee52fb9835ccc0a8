// Reads the golden files that tools/goldens/golden.py writes; the format is described there.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "ir/dtype.h"

namespace pome::ops {

struct GoldenOutput {
  std::string type;  // "fp32[2,3]"
  ir::DType dtype = ir::DType::kFp32;
  double rtol = 0;
  double atol = 0;
  std::vector<double> values;
};

/// Outputs by "op opset" TAB sample line.
using GoldenFile = std::map<std::string, std::vector<GoldenOutput>>;

inline void read_golden_output(std::istream& in, GoldenOutput& output) {
  std::string line;
  std::getline(in, line);
  std::istringstream header(line);
  header >> output.type >> output.rtol >> output.atol;
  const size_t bracket = output.type.find('[');
  ASSERT_NE(bracket, std::string::npos) << line;
  const auto dtype = ir::dtype_from_name(output.type.substr(0, bracket));
  ASSERT_TRUE(dtype) << line;
  output.dtype = *dtype;
  int64_t n = 1;
  std::istringstream dims(output.type.substr(bracket + 1, output.type.size() - bracket - 2));
  for (std::string d; std::getline(dims, d, ',');) n *= std::stoll(d);
  std::vector<char> bytes(static_cast<size_t>(n) * 4);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
    float f = 0;
    int32_t k = 0;
    std::memcpy(&f, &bytes[i * 4], 4);
    std::memcpy(&k, &bytes[i * 4], 4);
    output.values.push_back(ir::is_float(output.dtype) ? static_cast<double>(f) : k);
  }
  ASSERT_EQ(in.get(), '\n') << line;
}

/// Empty when there is no such file.
inline void read_golden_file(const std::string& path, GoldenFile& file) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return;
  std::string line;
  std::getline(in, line);
  ASSERT_EQ(line, "pome-goldens 1") << path;
  while (std::getline(in, line)) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << path;
    const size_t space = line.rfind(' ', tab);
    const int outputs = std::stoi(line.substr(space + 1, tab - space - 1));
    auto& entry = file[line.substr(0, space) + line.substr(tab)];
    for (int i = 0; i < outputs; ++i)
      ASSERT_NO_FATAL_FAILURE(read_golden_output(in, entry.emplace_back()));
  }
}

}  // namespace pome::ops
