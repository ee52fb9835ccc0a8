// Neural networks of a few layers with what they give: tests/data/nn/*.json, made by
// tools/goldens/neural_network.py.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "ops/evaluate.h"

namespace pome::testing {

struct NetworkCase {
  nlohmann::json record;
  std::string name() const { return record["name"].get<std::string>(); }
  double tolerance() const { return record["tolerance"].get<double>(); }
  /// The bytes of the .mlmodel file.
  std::shared_ptr<const std::string> model() const;
};

std::ostream& operator<<(std::ostream& out, const NetworkCase& c);

std::vector<NetworkCase> read_network_cases(const std::string& file);
/// {"shape", "data"}.
ops::OwnedTensor read_tensor(const nlohmann::json& record);

}  // namespace pome::testing
