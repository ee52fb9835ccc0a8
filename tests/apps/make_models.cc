// Writes small models of every kind that the page shows. Usage: make_app_models FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "format/proto/model.pb.h"
#include "tests/cli/models.h"

namespace {

namespace spec = CoreML::Specification;
namespace fs = std::filesystem;

void write(spec::Model& model, const fs::path& path) {
  std::ofstream(path, std::ios::binary) << model.SerializeAsString();
}

spec::FeatureType* add(google::protobuf::RepeatedPtrField<spec::FeatureDescription>* features,
                       const char* name) {
  auto* feature = features->Add();
  feature->set_name(name);
  return feature->mutable_type();
}

void make_picture(spec::FeatureType* type, int width, int height) {
  type->mutable_imagetype()->set_width(width);
  type->mutable_imagetype()->set_height(height);
  type->mutable_imagetype()->set_colorspace(spec::ImageFeatureType::RGB);
}

void make_array(spec::FeatureType* type, std::initializer_list<int64_t> shape) {
  auto* array = type->mutable_multiarraytype();
  for (int64_t extent : shape) array->add_shape(extent);
  array->set_datatype(spec::ArrayFeatureType::FLOAT32);
}

void add_constant(spec::NeuralNetwork& network, const char* name, uint64_t columns,
                  std::initializer_list<float> values) {
  auto* layer = network.add_layers();
  layer->set_name(name);
  layer->add_output(name);
  layer->mutable_loadconstantnd()->add_shape(values.size() / columns);
  layer->mutable_loadconstantnd()->add_shape(columns);
  for (float value : values) layer->mutable_loadconstantnd()->mutable_data()->add_floatvalue(value);
}

/// Any number of rows.
void make_rows(spec::FeatureType* type, int columns) {
  auto* array = type->mutable_multiarraytype();
  array->set_datatype(spec::ArrayFeatureType::FLOAT32);
  array->mutable_shaperange()->add_sizeranges()->set_upperbound(-1);
  auto* width = array->mutable_shaperange()->add_sizeranges();
  width->set_lowerbound(static_cast<uint64_t>(columns));
  width->set_upperbound(columns);
}

void make_threshold(spec::FeatureType* type) {
  type->mutable_doubletype();
  type->set_isoptional(true);
}

void make_network(spec::Model& part) {
  part.set_specificationversion(4);
  auto* description = part.mutable_description();
  make_picture(add(description->mutable_input(), "image"), 16, 8);
  make_array(add(description->mutable_output(), "raw_confidence"), {3, 2});
  make_array(add(description->mutable_output(), "raw_coordinates"), {3, 4});
  auto& network = *part.mutable_neuralnetwork();
  network.set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
  add_constant(network, "raw_confidence", 2, {0.9f, 0.05f, 0.8f, 0.1f, 0.2f, 0.6f});
  add_constant(network, "raw_coordinates", 4,
               {0.25f, 0.25f, 0.4f, 0.4f, 0.27f, 0.25f, 0.4f, 0.4f, 0.75f, 0.75f, 0.4f, 0.3f});
}

void make_suppression(spec::Model& part) {
  part.set_specificationversion(4);
  auto* description = part.mutable_description();
  make_array(add(description->mutable_input(), "raw_confidence"), {3, 2});
  make_array(add(description->mutable_input(), "raw_coordinates"), {3, 4});
  make_threshold(add(description->mutable_input(), "confidenceThreshold"));
  make_rows(add(description->mutable_output(), "confidence"), 2);
  make_rows(add(description->mutable_output(), "coordinates"), 4);
  auto* suppression = part.mutable_nonmaximumsuppression();
  suppression->set_iouthreshold(0.5);
  suppression->set_confidencethreshold(0.3);
  suppression->set_confidenceinputfeaturename("raw_confidence");
  suppression->set_coordinatesinputfeaturename("raw_coordinates");
  suppression->set_confidencethresholdinputfeaturename("confidenceThreshold");
  suppression->set_confidenceoutputfeaturename("confidence");
  suppression->set_coordinatesoutputfeaturename("coordinates");
  suppression->mutable_picktop()->set_perclass(true);
  for (const char* label : {"cat", "dog"})
    suppression->mutable_stringclasslabels()->add_vector(label);
}

/// Finds the same whatever the picture (16 x 8 pixels): a cat in the upper left quarter (0.9), the
/// same cat a little aside (0.8, suppressed), a dog in the lower right one (0.6).
void write_detector(const fs::path& path) {
  spec::Model model;
  model.set_specificationversion(4);
  auto* description = model.mutable_description();
  make_picture(add(description->mutable_input(), "image"), 16, 8);
  make_threshold(add(description->mutable_input(), "confidenceThreshold"));
  description->mutable_input(1)->set_shortdescription("boxes below are left out");
  make_rows(add(description->mutable_output(), "confidence"), 2);
  make_rows(add(description->mutable_output(), "coordinates"), 4);
  make_network(*model.mutable_pipeline()->add_models());
  make_suppression(*model.mutable_pipeline()->add_models());
  write(model, path);
}

/// A long chain of convolutions on a picture of 512 x 512: seconds on one thread.
void write_slow(const fs::path& path) {
  constexpr uint64_t kChannels = 64;
  spec::Model model;
  model.set_specificationversion(1);
  make_picture(add(model.mutable_description()->mutable_input(), "image"), 512, 512);
  make_array(add(model.mutable_description()->mutable_output(), "y"), {});
  std::string from = "image";
  for (int i = 0; i < 400; ++i) {
    auto* layer = model.mutable_neuralnetwork()->add_layers();
    const std::string to = i == 399 ? "y" : "c" + std::to_string(i);
    layer->set_name(to);
    layer->add_input(from);
    layer->add_output(to);
    auto* convolution = layer->mutable_convolution();
    const uint64_t channels = i == 0 ? 3 : kChannels;
    convolution->set_outputchannels(kChannels);
    convolution->set_kernelchannels(channels);
    convolution->set_ngroups(1);
    convolution->mutable_valid();
    for (int k = 0; k < 2; ++k) {
      convolution->add_kernelsize(1);
      convolution->add_stride(1);
    }
    for (uint64_t k = 0; k < kChannels * channels; ++k)
      convolution->mutable_weights()->add_floatvalue(static_cast<float>(k % 7) / 200);
    from = to;
  }
  write(model, path);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_app_models FOLDER\n", stderr);
    return 2;
  }
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  write_detector(folder / "Detector.mlmodel");
  write_slow(folder / "Slow.mlmodel");
  pome::testing::write_doubling_model(folder / "Doubling.mlmodel");
  pome::testing::write_two_pictures_model(folder / "TwoPictures.mlmodel");
  pome::testing::write_negative_model(folder / "Negative.mlmodel");
  pome::testing::write_model_with_escapes(folder / "Escapes.mlmodel");
}
