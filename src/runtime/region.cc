#include "runtime/region.h"

#include <algorithm>

#include "base/try.h"
#include "runtime/region_builder.h"

namespace pome::runtime {
namespace {

/// Forms of one place that are compiled whatever their size.
constexpr int kAlwaysCompiled = 4;
/// Elements read, above which compiling pays even for a shape that comes once.
constexpr int64_t kWorthwhile = 1 << 14;

/// False when a slot holds no tensor.
bool append_key(const std::vector<int>& reads, const std::vector<HostValue>& slots,
                std::vector<int64_t>& key, int64_t& elements) {
  for (const int slot : reads) {
    const TensorPtr& tensor = slots[static_cast<size_t>(slot)].tensor;
    if (tensor == nullptr) return false;
    const Shape& shape = tensor->type().shape();
    key.push_back(static_cast<int64_t>(tensor->type().dtype()));
    key.push_back(shape.rank());
    key.insert(key.end(), shape.begin(), shape.end());
    elements += shape.elements();
  }
  return true;
}

/// Elements of the constants that the ops read.
int64_t constant_elements(const HostBlock& block, size_t first, size_t last) {
  int64_t elements = 0;
  for (size_t i = first; i < last; ++i)
    for (const HostOperand& operand : block.ops[i].operands)
      if (operand.source.literal != nullptr) elements += operand.source.literal->size();
  return elements;
}

}  // namespace

RegionCache::RegionCache(const HostProgram& program, const RegionOptions& options)
    : program_(program), options_(options) {
  if (options_.plan.blobs == nullptr) options_.plan.blobs = &blobs_;
  for (int i = 0; i < program.sites; ++i) sites_.push_back(std::make_unique<PerProcess<Site>>());
}

Result<RegionCache::Lease> RegionCache::lease(Site& site, std::shared_ptr<Region> region) {
  if (region->count == 0) return Lease{};
  std::unique_ptr<Session> session;
  {
    const std::lock_guard<std::mutex> lock(site.mutex);
    if (!region->idle.empty()) {
      session = std::move(region->idle.back());
      region->idle.pop_back();
    }
  }
  if (session == nullptr) {
    POME_ASSIGN(session, Session::create(region->plan, options_.plan.backend, options_.pool));
  }
  return Lease{std::move(region), std::move(session)};
}

void RegionCache::store(Site& site, std::vector<int64_t> key, std::shared_ptr<Region> region) {
  bytes_ += region->bytes;
  site.entries.push_front({std::move(key), std::move(region)});
  while (site.entries.size() > 1 &&
         (site.entries.size() > options_.kept || bytes_ > options_.plan.memory_limit)) {
    bytes_ -= site.entries.back().region->bytes;
    site.entries.pop_back();
  }
}

Result<RegionCache::Lease> RegionCache::borrow(const HostBlock& block, size_t i,
                                               const std::vector<HostValue>& slots) {
  const HostOp& first = block.ops[i];
  Site& site = sites_[static_cast<size_t>(first.site)]->get();
  std::vector<int64_t> key;
  int64_t elements = 0;
  std::shared_ptr<Region> region;
  {
    const std::lock_guard<std::mutex> lock(site.mutex);
    if (!site.known) {
      site.reads = slots_read(block, i, first.run_end);
      site.known = true;
    }
    if (!append_key(site.reads, slots, key, elements)) return Lease{};
    const auto entry = std::find_if(site.entries.begin(), site.entries.end(),
                                    [&](const Entry& e) { return e.key == key; });
    if (entry != site.entries.end()) {
      site.entries.splice(site.entries.begin(), site.entries, entry);
      region = entry->region;
    } else if (++site.compiled > kAlwaysCompiled && elements < kWorthwhile &&
               constant_elements(block, i, first.run_end) < kWorthwhile) {
      return Lease{};
    }
  }
  if (region == nullptr) {
    region = build_region(program_, block, i, slots, options_.plan);
    const std::lock_guard<std::mutex> lock(site.mutex);
    store(site, std::move(key), region);
  }
  return lease(site, std::move(region));
}

void RegionCache::give_back(const HostOp& first, Lease lease) {
  const std::lock_guard<std::mutex> lock(sites_[static_cast<size_t>(first.site)]->get().mutex);
  lease.region->idle.push_back(std::move(lease.session));
}

}  // namespace pome::runtime
