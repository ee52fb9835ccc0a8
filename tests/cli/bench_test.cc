// pome bench: what it reports, and the timeline that it writes.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

TEST(BenchVerb, WritesATimelineInTheTraceEventFormat) {
  const TemporaryFolder folder;
  write_doubling_model(folder.path() / "m.mlmodel");
  const Ran ran = run_pome(folder.path(), {"bench", "m.mlmodel", "--trace", "t.json", "--runs", "3",
                                           "--warmup", "2", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto report = nlohmann::json::parse(ran.out, nullptr, false);
  std::ifstream file(folder.path() / "t.json");
  const auto trace = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(trace["traceEvents"].is_array());
  std::map<std::string, int> count;
  double end_of_steps = 0;
  for (const auto& e : trace["traceEvents"]) {
    if (e["ph"] != "X") continue;
    ++count[e["cat"].get<std::string>()];
    EXPECT_GE(e["dur"].get<double>(), 0);
    if (e["cat"] != "op") continue;
    // Steps follow each other.
    EXPECT_GE(e["ts"].get<double>(), end_of_steps - 1e-6);
    end_of_steps = e["ts"].get<double>() + e["dur"].get<double>();
    EXPECT_FALSE(e["args"]["kernel"].get<std::string>().empty());
  }
  EXPECT_EQ(count["phase"], 3);       // load, first, warm-up
  EXPECT_EQ(count["prediction"], 5);  // of which each has the plan's steps
  EXPECT_EQ(count["op"] % 5, 0);
  EXPECT_GT(count["op"], 0);
  EXPECT_GT(report["loadMilliseconds"].get<double>(), 0);
  EXPECT_GT(report["warmUpMilliseconds"].get<double>(), 0);
}

TEST(BenchVerb, SumsOverKindsOfOps) {
  const TemporaryFolder folder;
  write_doubling_model(folder.path() / "m.mlmodel");
  const Ran ran = run_pome(folder.path(), {"bench", "m.mlmodel", "--per-op", "--runs", "2"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("steps  kernel             kinds"), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace pome::testing
