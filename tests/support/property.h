// Properties of random cases: seeded, and shrunk when one fails.
#pragma once

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace pome::testing {

/// The random choices of one case, written down as they are made. What a case is follows from them
/// alone, so that a smaller case is one with smaller choices. 0 is the smallest: give `pick` the
/// plain choice as `low`.
class Draws {
 public:
  explicit Draws(uint64_t seed) : engine_(seed) {}
  /// Makes the choices again; behind their end the smallest.
  explicit Draws(std::vector<int64_t> choices) : choices_(std::move(choices)), replays_(true) {}

  /// A number in [low, high].
  int pick(int low, int high) {
    const int64_t most = int64_t{high} - low;
    if (next_ == choices_.size()) {
      choices_.push_back(
          replays_ ? 0 : static_cast<int64_t>(engine_() % static_cast<uint64_t>(most + 1)));
    }
    int64_t& choice = choices_[next_++];
    choice = std::min(choice, most);
    return static_cast<int>(low + choice);
  }
  bool flip() { return pick(0, 1) != 0; }

  /// The choices made so far.
  std::vector<int64_t> choices() const {
    return {choices_.begin(), choices_.begin() + static_cast<std::ptrdiff_t>(next_)};
  }

 private:
  std::mt19937_64 engine_;
  std::vector<int64_t> choices_;
  size_t next_ = 0;
  bool replays_ = false;
};

/// What the property, a function of Draws& that uses EXPECT and ASSERT, finds wrong: nothing where
/// it holds. `choices` become those it made.
template <typename Property>
std::vector<::testing::TestPartResult> failures(const Property& property, Draws draws,
                                                std::vector<int64_t>& choices) {
  ::testing::TestPartResultArray results;
  {
    ::testing::ScopedFakeTestPartResultReporter quiet(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    property(draws);
  }
  choices = draws.choices();
  std::vector<::testing::TestPartResult> failed;
  for (int i = 0; i < results.size(); ++i)
    if (results.GetTestPartResult(i).failed()) failed.push_back(results.GetTestPartResult(i));
  return failed;
}

template <typename Property>
bool fails(const Property& property, Draws draws, std::vector<int64_t>& choices) {
  return !failures(property, std::move(draws), choices).empty();
}

/// Choices for which the property still fails and none of which can be made smaller alone, or the
/// best that some hundred attempts find. Requires that it fails for `choices`.
template <typename Property>
std::vector<int64_t> shrink(const Property& property, std::vector<int64_t> choices) {
  int attempts = 400;
  for (bool smaller = true; smaller && attempts > 0;) {
    smaller = false;
    for (size_t i = 0; i < choices.size(); ++i) {
      for (int64_t candidate : {int64_t{0}, choices[i] / 2, choices[i] - 1}) {
        if (i >= choices.size() || candidate < 0 || candidate >= choices[i] || --attempts < 0)
          continue;
        std::vector<int64_t> tried = choices;
        tried[i] = candidate;
        std::vector<int64_t> made;
        if (!fails(property, Draws(tried), made)) continue;
        choices = std::move(made);
        smaller = true;
      }
    }
  }
  return choices;
}

/// Tries the property on `cases` random cases. The first that fails is shrunk, and the smallest
/// case found is what the test reports, with its choices.
///
///     for_all(100, 7, [&](Draws& d) { check(d.pick(1, 40), d.pick(1, 9)); });
template <typename Property>
void for_all(int cases, uint64_t seed, const Property& property) {
  for (int i = 0; i < cases; ++i) {
    std::vector<int64_t> choices;
    if (!fails(property, Draws(seed * 1000003 + static_cast<uint64_t>(i)), choices)) continue;
    choices = shrink(property, std::move(choices));
    std::string text;
    for (int64_t choice : choices) text += (text.empty() ? "" : ", ") + std::to_string(choice);
    SCOPED_TRACE("case " + std::to_string(i) + " of seed " + std::to_string(seed) +
                 ", shrunk to the choices {" + text + "}");
    const auto failed = failures(property, Draws(choices), choices);
    if (failed.empty()) ADD_FAILURE() << "it failed, but not when it ran again";
    for (const ::testing::TestPartResult& f : failed)
      ADD_FAILURE_AT(f.file_name() ? f.file_name() : "", f.line_number()) << f.message();
    return;
  }
}

}  // namespace pome::testing
