// pome plan: kernels, weights, refusals, memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

TEST(PlanVerb, JsonTellsDeviceWeightAndMemory) {
  const TemporaryFolder folder;
  write_negative_model(folder.path() / "m.mlmodel");
  const Ran ran = run_pome(folder.path(), {"plan", "m.mlmodel", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto j = nlohmann::json::parse(ran.out, nullptr, false);
  double sum = 0;
  for (const auto& step : j["steps"]) {
    sum += step["costWeight"].get<double>();
    EXPECT_EQ(step["device"], "CPU");
    EXPECT_GT(step["bytes"].get<int64_t>(), 0);
  }
  EXPECT_NEAR(sum, 1, 1e-9);
  for (const auto& block : j["arena"]) {
    EXPECT_LE(block["offset"].get<uint64_t>() + block["bytes"].get<uint64_t>(),
              j["arenaBytes"].get<uint64_t>());
    EXPECT_LE(block["firstStep"].get<int>(), block["lastStep"].get<int>());
  }
}

TEST(PlanVerb, MemoryIsALineAStep) {
  const TemporaryFolder folder;
  write_negative_model(folder.path() / "m.mlmodel");
  const Ran plain = run_pome(folder.path(), {"plan", "m.mlmodel"});
  const Ran drawn = run_pome(folder.path(), {"plan", "m.mlmodel", "--memory"});
  ASSERT_EQ(drawn.status, 0) << drawn.err;
  const auto lines = [](const std::string& s) { return std::count(s.begin(), s.end(), '\n'); };
  // The head, and one line for each step that the plan itself has a line for.
  EXPECT_EQ(lines(drawn.out), lines(plain.out) + 2 + (lines(plain.out) - 1));
  EXPECT_NE(drawn.out.find("(peak)"), std::string::npos) << drawn.out;
}

TEST(PlanVerb, WhatIsNoNetworkHasNoArena) {
  const TemporaryFolder folder;
  write_trees_model(folder.path() / "m.mlmodel");
  const Ran ran = run_pome(folder.path(), {"plan", "--without", "a,b", "m.mlmodel", "--memory"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("100.0%  evaluator "), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\nno arena: "), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace pome::testing
