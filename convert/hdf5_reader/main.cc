// pome-hdf5-reader MEMORY_BYTES CPU_SECONDS [SKIPPED_GROUP...]
//
// Reads the HDF5 file on descriptor 3 and writes all it holds to standard output (protocol.h). A
// process of its own, because the HDF5 library has a long history of faults on damaged files: here
// they end this process, under its limits, and the converter reports that.
#include <sys/resource.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "convert/hdf5_reader/walk.h"

namespace {

#if defined(__has_feature)  // clang's way to ask
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)  // GCC's
constexpr bool kSanitized = true;  // reserves terabytes of addresses
#else
constexpr bool kSanitized = false;
#endif

void limit(int resource, unsigned long long value) {
  rlimit r{};
  if (getrlimit(static_cast<decltype(RLIMIT_CPU)>(resource), &r) != 0) return;
  if (r.rlim_max != RLIM_INFINITY && value > r.rlim_max) value = r.rlim_max;
  r.rlim_cur = value;
  setrlimit(static_cast<decltype(RLIMIT_CPU)>(resource), &r);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const unsigned long long memory = std::strtoull(argv[1], nullptr, 10);
  const unsigned long long seconds = std::strtoull(argv[2], nullptr, 10);
  if (memory > 0 && !kSanitized) limit(RLIMIT_AS, memory);
  if (seconds > 0) limit(RLIMIT_CPU, seconds);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  const std::vector<std::string> skipped(argv + 3, argv + argc);
  return pome::hdf5::write_everything(memory, skipped) ? 0 : 1;
}
