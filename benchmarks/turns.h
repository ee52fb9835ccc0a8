// Variants of one thing in turns within one process, so that all see as much of the machine.
#pragma once

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace pome::bench {

/// Processor time on one thread, so that other work on the machine counts little; the clock on
/// more.
inline clockid_t clock_for(int threads) {
  return threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
}

inline double milliseconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6;
}

/// What the rounds took, of one variant.
struct Turns {
  std::string name;
  std::vector<double> times;
  std::vector<double> ratios;  // to the first variant within the round
};

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Lets time_of(variant) -> milliseconds run once a round for each variant, which has a `turns`,
/// and prints a line for each; the rounds before the first counted one warm up.
template <typename Variant, typename TimeOf>
void take_turns(std::vector<Variant>& variants, int rounds, int warm_up, TimeOf time_of) {
  for (int round = -warm_up; round < rounds; ++round) {
    double first = 0;
    for (Variant& v : variants) {
      const double ms = time_of(v);
      if (&v == &variants[0]) first = ms;
      if (round < 0) continue;
      v.turns.times.push_back(ms);
      v.turns.ratios.push_back(ms / first);
    }
  }
  for (const Variant& v : variants) {
    const Turns& t = v.turns;
    std::printf("least %8.3f ms  median %8.3f ms  x %.3f  %s\n",
                *std::min_element(t.times.begin(), t.times.end()), median(t.times),
                median(t.ratios), t.name.c_str());
  }
}

}  // namespace pome::bench
