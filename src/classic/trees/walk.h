// Walking trees whose nodes compare integers. Internal to this folder.
//
// A node says only: go to `left`, or to the node behind it when the key in `slot` is larger than
// the threshold. Everything else was settled when the nodes were made (forest.cc): keys are
// unsigned integers that order as the numbers do, a missing value's key is the smallest or the
// largest there is, and a leaf leads to itself. So a step has no branch that depends on data (a
// compare and an add with carry), eight rows are walked in turn, and the processor overlaps their
// loads.
//
// The keys of kWalkers rows lie [column][row]: a slot is the column times kWalkers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace pome::classic {

/// Rows or trees that are walked in turn.
inline constexpr size_t kWalkers = 8;

/// Eight bytes: float keys, at most 65,536 nodes in a tree and 8,192 columns.
struct PackedNode {
  using Key = uint32_t;
  static constexpr uint64_t kMostNodes = 1 << 16;
  static constexpr uint64_t kMostColumns = (1 << 16) / kWalkers;
  Key threshold;
  uint16_t left;
  uint16_t slot;

  static PackedNode make(Key threshold, uint32_t left, uint32_t slot, bool /*equal*/) {
    return {threshold, static_cast<uint16_t>(left), static_cast<uint16_t>(slot)};
  }
  /// `keys` points to the walker's key of column 0.
  uint32_t next(const Key* keys) const { return uint32_t{left} + (threshold < keys[slot] ? 1 : 0); }
};

/// Any sizes; with kEquality also nodes that go left on equality alone.
template <typename K, bool kEquality>
struct WideNode {
  using Key = K;
  Key threshold;
  uint32_t left;
  uint32_t slot;  // lowest bit: equality; slots are multiples of kWalkers

  static WideNode make(Key threshold, uint32_t left, uint32_t slot, bool equal) {
    return {threshold, left, slot | (equal ? 1 : 0)};
  }
  uint32_t next(const Key* keys) const {
    if constexpr (kEquality) {
      const Key key = keys[slot & ~uint32_t{1}];
      // A missing value's smallest key is equal to everything.
      const bool less = key < threshold && key != std::numeric_limits<Key>::min();
      return left + (threshold < key || (less && (slot & 1) != 0) ? 1 : 0);
    } else {
      return left + (threshold < keys[slot] ? 1 : 0);
    }
  }
};

/// Levels that are walked without looking whether all have arrived: a leaf leads to itself.
inline constexpr uint32_t kBlindLevels = 4;

/// Takes every walker one step; places stay in registers, since no loop counts them.
template <typename Step, size_t... kWalker>
[[gnu::always_inline]] inline void step_all(uint32_t (&places)[kWalkers], const Step& step,
                                            std::index_sequence<kWalker...>) {
  ((places[kWalker] = step(kWalker, places[kWalker])), ...);
}

/// Walks kWalkers walkers, each from its root: places[w] becomes the leaf. `step(w, place)` is the
/// next place of walker w. Walks `deepest` levels at most.
template <typename Step>
[[gnu::always_inline]] inline void walk(uint32_t deepest, uint32_t (&places)[kWalkers],
                                        const Step& step) {
  constexpr auto kAll = std::make_index_sequence<kWalkers>();
  uint32_t level = 0;
  for (; level + kBlindLevels < deepest; level += kBlindLevels) {
    for (uint32_t l = 1; l < kBlindLevels; ++l) step_all(places, step, kAll);
    uint32_t moved = 0;
    step_all(
        places,
        [&](size_t w, uint32_t place) __attribute__((always_inline)) {
          const uint32_t next = step(w, place);
          moved |= next ^ place;
          return next;
        },
        kAll);
    if (moved == 0) return;
  }
  for (; level < deepest; ++level) step_all(places, step, kAll);
}

}  // namespace pome::classic
