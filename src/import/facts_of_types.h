// The facts of each family of model types; each adds what it knows and leaves others alone.
// Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "format/model_fwd.h"
#include "import/facts.h"

namespace pome::import {

inline void add(ModelFacts& facts, std::string name, std::string text) {
  facts.facts.emplace_back(std::move(name), std::move(text));
}
inline void add(ModelFacts& facts, std::string name, int64_t number) {
  add(facts, std::move(name), std::to_string(number));
}

void add_learned_facts(const CoreML::Specification::Model& model, ModelFacts& facts);
void add_engineering_facts(const CoreML::Specification::Model& model, ModelFacts& facts);
/// Types that stand for data or code elsewhere: Apple's own, linked and custom models.
void add_system_facts(const CoreML::Specification::Model& model, ModelFacts& facts);

}  // namespace pome::import
