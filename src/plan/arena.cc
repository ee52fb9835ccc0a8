#include "plan/arena.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/text.h"

namespace pome::plan {
namespace {

constexpr uint64_t kAlignment = 64;

uint64_t rounded(uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

/// The lowest offset where `block` fits between `placed`, which are sorted by offset.
uint64_t lowest_gap(const Lifetime& block, const std::vector<const Lifetime*>& placed) {
  uint64_t offset = 0;
  for (const Lifetime* other : placed) {
    if (!overlap(block, *other)) continue;
    if (offset + rounded(block.bytes) <= other->offset) break;
    offset = std::max(offset, other->offset + rounded(other->bytes));
  }
  return offset;
}

}  // namespace

Result<uint64_t> place(std::span<Lifetime> blocks, uint64_t limit) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return blocks[a].bytes > blocks[b].bytes; });
  std::vector<const Lifetime*> placed;
  uint64_t total = 0;
  for (size_t i : order) {
    Lifetime& block = blocks[i];
    if (block.bytes > limit) total = block.bytes;
    if (total <= limit) {
      block.offset = lowest_gap(block, placed);
      total = std::max(total, block.offset + rounded(block.bytes));
    }
    if (total > limit) {
      return Error(ErrorCode::kLimitExceeded, "the intermediate tensors need more than " +
                                                  format_bytes(total) + ", the memory limit is " +
                                                  format_bytes(limit) +
                                                  "; raise ModelConfiguration::memory_limit");
    }
    placed.insert(std::upper_bound(
                      placed.begin(), placed.end(), &block,
                      [](const Lifetime* a, const Lifetime* b) { return a->offset < b->offset; }),
                  &block);
  }
  return total;
}

}  // namespace pome::plan
