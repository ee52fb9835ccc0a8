// Damaged models of the feature-engineering types: what loads still, predicts or says why not.
//
// POME_MUTATIONS says how many per model; 5,000 is the long form.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>

#include "api/factory.h"
#include "base/file.h"
#include "format/model_file.h"
#include "tests/support/feature_json.h"
#include "tests/support/mutate_message.h"

namespace pome::testing {
namespace {

const std::filesystem::path kFolder = POME_SOURCE_DIR "/tests/data/classic/engineering";
// Of the processor's time, which does not grow when the machine is busy.
constexpr std::clock_t kLongest = 2 * CLOCKS_PER_SEC;

int mutations() {
  const char* wanted = std::getenv("POME_MUTATIONS");
  return wanted != nullptr ? std::atoi(wanted) : 200;
}

struct Outcome {
  int parsed = 0;
  int loaded = 0;
  int predicted = 0;
};

void attempt(const std::vector<std::byte>& bytes, const nlohmann::json& predictions,
             Outcome& outcome) {
  const std::clock_t start = std::clock();
  const auto file = format::ModelFile::parse(bytes, nullptr);
  if (!file.ok()) return;
  ++outcome.parsed;
  ModelConfiguration configuration;
  configuration.threads = 1;
  const auto predictor = api::make_predictor({file->share(), file->weights(), {}}, configuration);
  if (!predictor.ok()) {
    EXPECT_FALSE(predictor.error().message().empty());
    return;
  }
  ++outcome.loaded;
  for (const auto& prediction : predictions) {
    const auto outputs = (*predictor)->predict(features_of(prediction["inputs"]), {});
    outcome.predicted += outputs.ok();
  }
  ASSERT_LT(std::clock() - start, kLongest);
}

TEST(EngineeringMutation, NothingCrashesOrHangs) {
  const auto cases = nlohmann::json::parse(std::ifstream(kFolder / "cases.json"));
  Outcome all;
  for (const auto& c : cases) {
    const std::string name = c["model"].get<std::string>();
    SCOPED_TRACE(name);
    const auto good = read_file(kFolder / name, 1u << 30).value();
    MessageMutator mutate(good, 7);
    const int few = name == "vggish.mlmodel" ? 20 : 1;  // a second of sound takes milliseconds
    for (int i = 0; i < mutations() / few && !::testing::Test::HasFatalFailure(); ++i)
      attempt(mutate(), c["predictions"], all);
  }
  std::printf("%d parsed, %d loaded, %d predictions\n", all.parsed, all.loaded, all.predicted);
  EXPECT_GT(all.loaded * 4, all.parsed);
}

}  // namespace
}  // namespace pome::testing
