// Walking trees whose nodes compare integers. Internal to this folder.
//
// A node says only: go to `left`, or to the node behind it when the row's key in `column` is larger
// than the threshold. Everything else was settled when the nodes were made (forest.cc): keys are
// integers that order as the numbers do, a missing value's key is the smallest or the largest
// there is, and a leaf leads to itself. So a step has no branch that depends on data, several rows
// are walked in turn, and the processor overlaps their loads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace pome::classic {

/// Eight bytes: float keys, at most 65,536 nodes in a tree and 65,536 columns.
struct PackedNode {
  using Key = int32_t;
  static constexpr uint64_t kMaxIndex = 0xffff;
  uint64_t bits;  // column | left | threshold: 16, 16 and 32 bits, from the top

  static PackedNode make(Key threshold, uint32_t left, uint32_t column, bool /*equal*/) {
    return {uint64_t{column} << 48 | uint64_t{left} << 32 | static_cast<uint32_t>(threshold)};
  }
  uint32_t next(const Key* row) const {
    const bool right = row[bits >> 48] > static_cast<Key>(static_cast<uint32_t>(bits));
    return static_cast<uint32_t>(static_cast<uint16_t>(bits >> 32)) + right;
  }
};

/// Any sizes; with kEquality also nodes that go left on equality alone.
template <typename K, bool kEquality>
struct WideNode {
  using Key = K;
  static constexpr uint64_t kMaxIndex = 0x7fffffff;
  Key threshold;
  uint32_t left;
  uint32_t column_and_kind;  // bit 31: equality

  static WideNode make(Key threshold, uint32_t left, uint32_t column, bool equal) {
    return {threshold, left, column | (equal ? 1u << 31 : 0)};
  }
  uint32_t next(const Key* row) const {
    const Key key = row[column_and_kind & 0x7fffffff];
    bool right = key > threshold;
    if constexpr (kEquality) {
      // A missing value's smallest key is equal to everything.
      const bool less = key < threshold && key != std::numeric_limits<Key>::min();
      right = right || (less && (column_and_kind >> 31) != 0);
    }
    return left + right;
  }
};

/// Rows or trees that are walked in turn.
inline constexpr size_t kWalkers = 8;

/// Levels that are walked without looking whether all have arrived: a leaf leads to itself.
inline constexpr uint32_t kBlindLevels = 4;

/// Walks kWalkers walkers, each from its root: places[w] becomes the leaf. `step(w, place)` is the
/// next place of walker w. Walks `deepest` levels at most.
template <typename Step>
void walk(uint32_t deepest, uint32_t (&places)[kWalkers], const Step& step) {
  uint32_t level = 0;
  for (; level + kBlindLevels < deepest; level += kBlindLevels) {
    for (uint32_t l = 1; l < kBlindLevels; ++l)
      for (size_t w = 0; w < kWalkers; ++w) places[w] = step(w, places[w]);
    uint32_t moved = 0;
    for (size_t w = 0; w < kWalkers; ++w) {
      const uint32_t next = step(w, places[w]);
      moved |= next ^ places[w];
      places[w] = next;
    }
    if (moved == 0) return;
  }
  for (; level < deepest; ++level)
    for (size_t w = 0; w < kWalkers; ++w) places[w] = step(w, places[w]);
}

}  // namespace pome::classic
