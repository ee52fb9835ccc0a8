#include "tests/classic/learned.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/try.h"
#include "classic/classic.h"
#include "import/description.h"

namespace pome::testing {
namespace {

void add_array(spec::FeatureDescription* feature, const std::string& name, int features) {
  feature->set_name(name);
  auto* array = feature->mutable_type()->mutable_multiarraytype();
  array->set_datatype(spec::ArrayFeatureType::DOUBLE);
  array->add_shape(features);
}

}  // namespace

spec::Model read_model(const std::string& file) {
  std::ifstream in(std::string(POME_SOURCE_DIR "/tests/data/classic/") + file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  spec::Model model;
  EXPECT_TRUE(!bytes.empty() && model.ParseFromString(bytes)) << file;
  return model;
}

Result<std::unique_ptr<Predictor>> make_predictor(const spec::Model& model, int threads) {
  auto shared = std::make_shared<const spec::Model>(model);
  POME_ASSIGN(const ModelDescription description, import::read_description(*shared));
  ModelConfiguration configuration;
  configuration.threads = threads;
  return classic::make_predictor({shared, description, configuration});
}

FeatureProvider to_inputs(const ModelDescription& description, const std::vector<double>& row) {
  FeatureProvider inputs;
  size_t at = 0;
  for (const FeatureDescription& input : description.inputs) {
    if (input.type == FeatureType::kMultiArray) {
      const auto& shape = input.multi_array.shape;
      MultiArray array = MultiArray::create(MultiArrayDataType::kFloat64, shape).value();
      for (int64_t i = 0; i < array.size(); ++i) array.set(i, row.at(at++));
      inputs.set(input.name, array);
    } else if (const double v = row.at(at++); !input.optional || !std::isnan(v)) {
      inputs.set(input.name, v);
    }
  }
  EXPECT_EQ(at, row.size());
  return inputs;
}

spec::Model regressor(int features) {
  spec::Model model;
  model.set_specificationversion(4);
  add_array(model.mutable_description()->add_input(), "x", features);
  spec::FeatureDescription* y = model.mutable_description()->add_output();
  y->set_name("y");
  y->mutable_type()->mutable_doubletype();
  model.mutable_description()->set_predictedfeaturename("y");
  return model;
}

spec::Model classifier(int features, bool texts) {
  spec::Model model = regressor(features);
  auto* description = model.mutable_description();
  spec::FeatureDescription* label = description->mutable_output(0);
  label->set_name("label");
  spec::FeatureDescription* probabilities = description->add_output();
  probabilities->set_name("probabilities");
  auto* dictionary = probabilities->mutable_type()->mutable_dictionarytype();
  if (texts) {
    label->mutable_type()->mutable_stringtype();
    dictionary->mutable_stringkeytype();
  } else {
    label->mutable_type()->mutable_int64type();
    dictionary->mutable_int64keytype();
  }
  description->set_predictedfeaturename("label");
  description->set_predictedprobabilitiesname("probabilities");
  return model;
}

std::string complaint(const spec::Model& model) {
  const auto predictor = make_predictor(model);
  return predictor.ok() ? "" : predictor.error().to_string();
}

}  // namespace pome::testing
