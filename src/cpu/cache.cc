#include "cpu/cache.h"

#include <unistd.h>

#include <algorithm>

namespace pome::cpu {

int64_t second_cache_bytes() {
  int64_t bytes = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
  static const int64_t told = sysconf(_SC_LEVEL2_CACHE_SIZE);
  bytes = told;
#endif
  if (bytes <= 0) bytes = int64_t{1} << 20;
  return std::clamp<int64_t>(bytes, int64_t{256} << 10, int64_t{4} << 20);
}

}  // namespace pome::cpu
