// How many CPUs a container leaves to this process.
#pragma once

#include <string>

namespace pome {

/// The control group of this process ("/" or "/a/b"), from /proc/self/cgroup; "/" where it cannot
/// be read.
std::string own_control_group();

/// The least CPU limit of the control group `group` and those around it, whose files lie below
/// `root` (version 2; version 1 with its controller in `root`/cpu), rounded down to whole CPUs but
/// at least 1; 0 where there is none. Groups that are not there have no limit.
int control_group_cpus(const std::string& root, const std::string& group);

}  // namespace pome
