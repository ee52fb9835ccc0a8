// Damages the content of a model and leaves its wire format whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "format/schema.h"

namespace pome::testing {

/// A field of a message; those of a message in turn are its children.
struct WireField {
  uint32_t tag = 0;
  uint64_t number = 0;  // of wire type 0
  std::string bytes;    // of other wire types
  bool is_message = false;
  std::vector<WireField> children;
};

/// Gives copies of a model in which a few fields were dropped, doubled, exchanged, or given other
/// values: numbers that wrap, texts and lists of other lengths. They all pass the parser, and so
/// reach what lies behind it. What it does follows from the seed.
class MessageMutator {
 public:
  /// Requires the bytes of a well-formed Model.
  MessageMutator(std::span<const std::byte> model, uint64_t seed);
  std::vector<std::byte> operator()();

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  void damage(std::vector<WireField>& fields);
  void damage_value(WireField& field);

  std::vector<WireField> model_;
  std::mt19937_64 random_;
};

}  // namespace pome::testing
