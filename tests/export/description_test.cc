// Descriptions: message -> value -> message.
#include "export/description.h"

#include <gtest/gtest.h>

#include "format/model_file.h"
#include "format/proto/model.pb.h"
#include "format/save.h"
#include "import/description.h"
#include "tests/support/test_data.h"

namespace pome::exporter {
namespace {

namespace fs = std::filesystem;
namespace proto = CoreML::Specification;

/// The description of `model` written again from what was read of it.
proto::Model rewritten(const proto::Model& model) {
  const auto description = import::read_description(model);
  EXPECT_TRUE(description) << description.error().to_string();
  proto::Model again;
  if (description) write_description(*description, again);
  return again;
}

proto::Model only_description(const proto::Model& model) {
  proto::Model copy;
  copy.set_specificationversion(model.specificationversion());
  copy.set_isupdatable(model.isupdatable());
  *copy.mutable_description() = model.description();
  copy.mutable_description()->mutable_metadata();  // written always
  return copy;
}

proto::FeatureDescription* add_array(proto::Model& model, const std::string& name) {
  auto* feature = model.mutable_description()->add_input();
  feature->set_name(name);
  feature->set_shortdescription("about " + name);
  feature->mutable_type()->mutable_multiarraytype()->set_datatype(proto::ArrayFeatureType::FLOAT32);
  return feature;
}

/// Every kind of feature.
proto::Model rich_model() {
  proto::Model model;
  model.set_specificationversion(9);
  model.mutable_identity();
  auto* fixed = add_array(model, "fixed")->mutable_type();
  fixed->set_isoptional(true);
  fixed->mutable_multiarraytype()->add_shape(3);
  fixed->mutable_multiarraytype()->set_floatdefaultvalue(2.5f);
  auto* enumerated = add_array(model, "enumerated")->mutable_type()->mutable_multiarraytype();
  enumerated->add_shape(1);
  for (const int64_t extent : {1, 2})
    enumerated->mutable_enumeratedshapes()->add_shapes()->add_shape(extent);
  auto* ranged = add_array(model, "ranged")->mutable_type()->mutable_multiarraytype();
  ranged->add_shape(5);
  auto* range = ranged->mutable_shaperange()->add_sizeranges();
  range->set_lowerbound(2);
  range->set_upperbound(-1);
  const auto add = [&](const std::string& name) {
    auto* feature = model.mutable_description()->add_input();
    feature->set_name(name);
    return feature->mutable_type();
  };
  add("int64")->mutable_int64type();
  add("double")->mutable_doubletype();
  add("string")->mutable_stringtype();
  add("dictionary")->mutable_dictionarytype()->mutable_int64keytype();
  auto* sequence = add("sequence")->mutable_sequencetype();
  sequence->mutable_stringtype();
  sequence->mutable_sizerange()->set_lowerbound(1);
  sequence->mutable_sizerange()->set_upperbound(9);
  auto* image = add("image")->mutable_imagetype();
  image->set_width(4);
  image->set_height(5);
  image->set_colorspace(proto::ImageFeatureType::BGR);
  image->mutable_imagesizerange()->mutable_widthrange()->set_upperbound(-1);
  image->mutable_imagesizerange()->mutable_heightrange()->set_upperbound(100);
  auto* state = model.mutable_description()->add_state();
  state->set_name("state");
  state->mutable_type()->mutable_statetype()->mutable_arraytype()->set_datatype(
      proto::ArrayFeatureType::FLOAT16);
  state->mutable_type()->mutable_statetype()->mutable_arraytype()->add_shape(7);
  auto& metadata = *model.mutable_description()->mutable_metadata();
  metadata.set_author("Zoë");
  metadata.set_license("MIT");
  metadata.set_versionstring("1");
  metadata.set_shortdescription("s");
  (*metadata.mutable_userdefined())["k"] = "v";
  model.mutable_description()->set_predictedfeaturename("p");
  model.mutable_description()->set_predictedprobabilitiesname("q");
  return model;
}

TEST(Description, EveryKindOfFeatureComesBack) {
  const proto::Model model = rich_model();
  EXPECT_TRUE(format::serialize(rewritten(model)).value() ==
              format::serialize(only_description(model)).value());
}

TEST(Description, RealModelsComeBack) {
  const fs::path root = testing::test_data("models");
  if (!fs::exists(root)) GTEST_SKIP() << root << " is not there";
  int compared = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".mlmodel") continue;
    const auto file = format::ModelFile::load(entry.path());
    if (!file) continue;
    EXPECT_TRUE(format::serialize(rewritten(file->model())).value() ==
                format::serialize(only_description(file->model())).value())
        << entry.path();
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST(Description, FunctionsComeBackAndTheDefaultOneIsTheModels) {
  proto::Model model;
  model.set_specificationversion(9);
  model.mutable_mlprogram();
  for (const char* name : {"first", "second"}) {
    auto* function = model.mutable_description()->add_functions();
    function->set_name(name);
    auto* input = function->add_input();
    input->set_name(std::string("x_of_") + name);
    input->mutable_type()->mutable_doubletype();
  }
  model.mutable_description()->set_defaultfunctionname("second");
  const auto description = import::read_description(model);
  ASSERT_TRUE(description) << description.error().to_string();
  EXPECT_NE(description->input("x_of_second"), nullptr);
  EXPECT_EQ(description->functions.size(), 2u);
  EXPECT_TRUE(format::serialize(rewritten(model)).value() ==
              format::serialize(only_description(model)).value());
  model.mutable_description()->set_defaultfunctionname("third");
  EXPECT_FALSE(import::read_description(model));
}

TEST(Description, DefaultShapesAreThoseOfTheFormat) {
  proto::Model model = rich_model();
  auto& inputs = *model.mutable_description()->mutable_input();
  inputs[1].mutable_type()->mutable_multiarraytype()->clear_shape();
  inputs[2].mutable_type()->mutable_multiarraytype()->clear_shape();
  inputs[8].mutable_type()->mutable_imagetype()->clear_width();
  inputs[8].mutable_type()->mutable_imagetype()->clear_height();
  const auto description = import::read_description(model);
  ASSERT_TRUE(description) << description.error().to_string();
  EXPECT_EQ(description->input("enumerated")->multi_array.shape, std::vector<int64_t>{1});
  EXPECT_EQ(description->input("ranged")->multi_array.shape, std::vector<int64_t>{2});
  EXPECT_EQ(description->input("image")->image.width, 1);
}

TEST(Description, HostileFeaturesAreNamed) {
  const auto error = [](const auto& change) {
    proto::Model model = rich_model();
    change(*model.mutable_description());
    const auto description = import::read_description(model);
    return description ? std::string() : description.error().to_string();
  };
  const auto expect = [](const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  using D = proto::ModelDescription;
  expect(error([](D& d) { d.mutable_input(0)->clear_name(); }), "input 0: the feature has no name");
  expect(error([](D& d) { d.mutable_input(1)->set_name("fixed"); }), "\"fixed\" stands twice");
  expect(error([](D& d) { d.mutable_input(0)->set_name(std::string("a\0b", 3)); }), "contains NUL");
  expect(error([](D& d) { d.mutable_input(0)->clear_type(); }),
         "input \"fixed\": the feature has no");
  const auto array = [](D& d) {
    return d.mutable_input(0)->mutable_type()->mutable_multiarraytype();
  };
  expect(error([&](D& d) { array(d)->set_shape(0, -3); }), "an extent of -3");
  expect(error([&](D& d) { array(d)->set_shape(0, 0); }), "an extent of 0");
  expect(error([&](D& d) {
           array(d)->set_shape(0, int64_t{1} << 40);
           array(d)->add_shape(int64_t{1} << 40);
         }),
         "overflows");
  expect(error([&](D& d) {
           array(d)->set_datatype(proto::ArrayFeatureType::INVALID_ARRAY_DATA_TYPE);
         }),
         "element type 0");
  const auto image = [](D& d) { return d.mutable_input(8)->mutable_type()->mutable_imagetype(); };
  expect(error([&](D& d) { image(d)->set_width(-1); }), "the image is -1 x 5");
  expect(error([&](D& d) { image(d)->set_height(70'000); }), "4 x 70000");
  expect(error([&](D& d) { image(d)->clear_colorspace(); }), "colour space 0");
  expect(error([&](D& d) {
           image(d)->mutable_imagesizerange()->mutable_heightrange()->set_lowerbound(101);
         }),
         "holds nothing");
}

TEST(Description, VersionsFollowTheFeatures) {
  ModelDescription description;
  EXPECT_EQ(description_version(description), 1);
  FeatureDescription array;
  array.type = FeatureType::kMultiArray;
  array.multi_array.ranges = {{1, -1}};
  description.inputs = {array};
  EXPECT_EQ(description_version(description), 2);
  description.inputs[0].multi_array.data_type = MultiArrayDataType::kFloat16;
  EXPECT_EQ(description_version(description), 7);
  description.inputs[0].multi_array.data_type = MultiArrayDataType::kInt8;
  EXPECT_EQ(description_version(description), 10);
}

}  // namespace
}  // namespace pome::exporter
