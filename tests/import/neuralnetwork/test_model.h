// A NeuralNetwork under construction, and what tests of the importer build out of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "format/proto/model.pb.h"
#include "import/description.h"
#include "import/neuralnetwork/neural_network.h"
#include "tests/support/evaluate.h"

namespace pome::testing {

namespace spec = CoreML::Specification;

/// A model under construction: arrays and pictures in, arrays out.
struct TestModel {
  std::shared_ptr<spec::Model> model = std::make_shared<spec::Model>();
  spec::NeuralNetwork* network = model->mutable_neuralnetwork();

  explicit TestModel(int version = 1) { model->set_specificationversion(version); }

  spec::ArrayFeatureType* input(const std::string& name, const std::vector<int64_t>& shape) {
    auto* feature = model->mutable_description()->add_input();
    feature->set_name(name);
    auto* array = feature->mutable_type()->mutable_multiarraytype();
    array->set_datatype(spec::ArrayFeatureType::FLOAT32);
    for (const int64_t d : shape) array->add_shape(d);
    return array;
  }
  void picture(const std::string& name, int64_t size, spec::ImageFeatureType::ColorSpace color) {
    auto* feature = model->mutable_description()->add_input();
    feature->set_name(name);
    auto* image = feature->mutable_type()->mutable_imagetype();
    image->set_width(size);
    image->set_height(size);
    image->set_colorspace(color);
  }
  void output(const std::string& name) {
    auto* feature = model->mutable_description()->add_output();
    feature->set_name(name);
    feature->mutable_type()->mutable_multiarraytype()->set_datatype(
        spec::ArrayFeatureType::FLOAT32);
  }
  spec::NeuralNetworkLayer* layer(const std::string& name, const std::string& in,
                                  const std::string& out) {
    auto* l = network->add_layers();
    l->set_name(name);
    if (!in.empty()) l->add_input(in);
    l->add_output(out);
    return l;
  }

  Result<import::ImportedModel> run(bool owned = true) const {
    auto description = import::read_description(*model);
    if (!description.ok()) return std::move(description).error();
    return import::import_neural_network(*model, owned ? model : nullptr, *description);
  }
};

inline std::string error_of(const TestModel& m) {
  const auto imported = m.run();
  return imported.ok() ? "no error" : imported.error().to_string();
}

/// x [3,8,8] -> a 3x3 convolution of 8 channels -> y
inline spec::ConvolutionLayerParams* add_convolution(TestModel& m, int weights = 216) {
  m.input("x", {3, 8, 8});
  m.output("y");
  auto* p = m.layer("conv_3", "x", "y")->mutable_convolution();
  p->set_outputchannels(8);
  p->set_kernelchannels(3);
  p->mutable_valid();
  for (int i = 0; i < weights; ++i) p->mutable_weights()->add_floatvalue(0.01f * i);
  return p;
}

inline Tensors x_of(const Shape& shape, float value = 1) {
  Tensors inputs;
  inputs.emplace("x",
                 tensor(shape, std::vector<float>(static_cast<size_t>(shape.elements()), value)));
  return inputs;
}

}  // namespace pome::testing
