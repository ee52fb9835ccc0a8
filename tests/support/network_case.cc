#include "tests/support/network_case.h"

#include <fstream>

#include "tests/support/evaluate.h"

namespace pome::testing {
namespace {

using nlohmann::json;

std::string from_base64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const size_t digit = alphabet.find(c);
    if (digit == std::string::npos) break;
    buffer = buffer << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(buffer >> bits & 0xff);
  }
  return bytes;
}

}  // namespace

std::shared_ptr<const std::string> NetworkCase::model() const {
  return std::make_shared<const std::string>(from_base64(record["model"].get<std::string>()));
}

std::ostream& operator<<(std::ostream& out, const NetworkCase& c) { return out << c.name(); }

std::vector<NetworkCase> read_network_cases(const std::string& file) {
  std::ifstream in(std::string(POME_SOURCE_DIR) + "/tests/data/nn/" + file);
  std::vector<NetworkCase> cases;
  for (json& record : json::parse(in)) cases.push_back({std::move(record)});
  return cases;
}

ops::OwnedTensor read_tensor(const json& record) {
  const auto dims = record["shape"].get<std::vector<int64_t>>();
  return tensor(Shape(std::span<const int64_t>(dims)), record["data"].get<std::vector<float>>());
}

}  // namespace pome::testing
