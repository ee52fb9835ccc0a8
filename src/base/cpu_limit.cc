#include "base/cpu_limit.h"

#include <algorithm>
#include <fstream>
#include <limits>

namespace pome {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

/// The first number of a file, or the second where `second`; negative for what is not there.
double number_in(const std::string& path, bool second = false) {
  std::ifstream file(path);
  double value = -1;
  if (!(file >> value)) return -1;
  if (second && !(file >> value)) return -1;
  return value;
}

/// CPUs of one folder of a controller: version 2 says "quota period" or "max period" in
/// microseconds, version 1 has a file for each.
double limit_of(const std::string& root, const std::string& group) {
  const std::string two = root + group + "/cpu.max";
  double quota = number_in(two);
  double period = number_in(two, true);
  if (quota < 0) {
    quota = number_in(root + "/cpu" + group + "/cpu.cfs_quota_us");
    period = number_in(root + "/cpu" + group + "/cpu.cfs_period_us");
  }
  return quota > 0 && period > 0 ? quota / period : kNone;
}

}  // namespace

std::string own_control_group() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  std::string group = "/";
  while (std::getline(file, line)) {
    const size_t path = line.rfind(':');
    if (path == std::string::npos) continue;
    const bool unified = line.compare(0, 3, "0::") == 0;
    const bool controls_cpu = line.find(":cpu,") != std::string::npos ||
                              line.find(",cpu:") != std::string::npos ||
                              line.find(":cpu:") != std::string::npos;
    if (unified || controls_cpu) group = line.substr(path + 1);
    if (controls_cpu) break;
  }
  return group.empty() || group[0] != '/' ? "/" : group;
}

int control_group_cpus(const std::string& root, const std::string& group) {
  double limit = limit_of(root, "");
  for (size_t end = group.find('/', 1); end != std::string::npos; end = group.find('/', end + 1))
    limit = std::min(limit, limit_of(root, group.substr(0, end)));
  if (group.size() > 1) limit = std::min(limit, limit_of(root, group));
  if (limit == kNone) return 0;
  // Part of a CPU still runs a thread; more threads than the limit would be stopped in each period.
  return static_cast<int>(std::clamp(limit, 1.0, 1e6));
}

}  // namespace pome
