// Classes of two functions of one ML program, which coremltools made
// (tools/goldens/two_functions.py).
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "Distance.h"
#include "Project.h"

namespace {

const nlohmann::json& recorded() {
  static const nlohmann::json json = nlohmann::json::parse(
      std::ifstream(POME_SOURCE_DIR "/tests/data/typed/two_functions.json"), nullptr, false);
  return json;
}

std::vector<float> given(const char* name) { return recorded().at(name); }

void expect_near(std::span<const float> made, const char* name) {
  const std::vector<double> expected = recorded().at(name);
  ASSERT_EQ(made.size(), expected.size()) << name;
  for (size_t i = 0; i < made.size(); ++i) EXPECT_NEAR(made[i], expected[i], 1e-5) << name << i;
}

static_assert(Project::Input::x_shape == std::array<std::int64_t, 2>{3, 4});

TEST(TypedFunctions, TheDefaultOne) {
  const auto model = Project::load();
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  const auto out = model->prediction(Project::Input::x_from(given("x")).value());
  ASSERT_TRUE(out.ok()) << out.error().to_string();
  expect_near(out->projected_values(), "projected");
}

TEST(TypedFunctions, AnotherOneByName) {
  const auto embedded = Distance::load();
  ASSERT_TRUE(embedded.ok()) << embedded.error().to_string();
  EXPECT_EQ(embedded->model().configuration().function_name, "distance");
  const auto from_path =
      Distance::load(POME_SOURCE_DIR "/tests/data/typed/two_functions.mlpackage");
  ASSERT_TRUE(from_path.ok()) << from_path.error().to_string();
  for (const Distance* model : {&*embedded, &*from_path}) {
    const auto out = model->prediction(Distance::Input::p_from(given("p")).value(),
                                       Distance::Input::q_from(given("q")).value());
    ASSERT_TRUE(out.ok()) << out.error().to_string();
    expect_near(out->distance_values(), "distance");
    expect_near(out->direction_values(), "direction");
  }
}

/// The class of the default function, told to load another one, sees that it does not fit.
TEST(TypedFunctions, AnotherFunctionThanTheClassWasMadeFor) {
  pome::ModelConfiguration configuration;
  configuration.function_name = "distance";
  const auto model = Project::load(configuration);
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.error().message().find("\"x\""), std::string::npos) << model.error().message();
}

}  // namespace
