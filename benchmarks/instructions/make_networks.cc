// Writes the small networks whose instructions tools/instruction_counts.py counts, with weights
// that depend on nothing but their place: residual.mlmodel, two blocks as in ResNet on 32 channels
// of 28 x 28, and dense.mlmodel, three products of vectors.
// Usage: make_instruction_networks FOLDER
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "format/proto/model.pb.h"

namespace {

namespace spec = CoreML::Specification;

/// Values between -1 and 1, times `scale`.
void fill(spec::WeightParams& weights, uint64_t count, double scale) {
  static uint64_t state = 1;  // of the 64-bit generator of Knuth's MMIX
  for (uint64_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    weights.add_floatvalue(
        static_cast<float>((static_cast<double>(state >> 40) / (1 << 23) - 1) * scale));
  }
}

/// A network from `input` of this shape to `output`; the caller adds layers.
class Network {
 public:
  explicit Network(std::initializer_list<int64_t> shape) {
    model_.set_specificationversion(4);
    auto* input = model_.mutable_description()->add_input();
    input->set_name(last_);
    auto* array = input->mutable_type()->mutable_multiarraytype();
    array->set_datatype(spec::ArrayFeatureType::FLOAT32);
    for (const int64_t extent : shape) array->add_shape(extent);
  }

  /// The layer is named after its place, which is also its output's name.
  spec::NeuralNetworkLayer& layer() {
    auto* layer = model_.mutable_neuralnetwork()->add_layers();
    layer->add_input(last_);
    last_ = "layer_" + std::to_string(model_.neuralnetwork().layers_size());
    layer->set_name(last_);
    layer->add_output(last_);
    return *layer;
  }
  void conv(uint64_t from, uint64_t to) {
    auto* params = layer().mutable_convolution();
    params->set_outputchannels(to);
    params->set_kernelchannels(from);
    params->set_ngroups(1);
    params->mutable_same();
    for (int i = 0; i < 2; ++i) params->add_kernelsize(3);
    fill(*params->mutable_weights(), from * to * 9, std::sqrt(1.0 / static_cast<double>(from)));
    params->set_hasbias(true);
    fill(*params->mutable_bias(), to, 0.1);
  }
  void dense(uint64_t from, uint64_t to) {
    auto* params = layer().mutable_innerproduct();
    params->set_inputchannels(from);
    params->set_outputchannels(to);
    fill(*params->mutable_weights(), from * to, std::sqrt(3.0 / static_cast<double>(from)));
    params->set_hasbias(true);
    fill(*params->mutable_bias(), to, 0.1);
  }
  void relu() { layer().mutable_activation()->mutable_relu(); }
  const std::string& last() const { return last_; }

  /// The last layer's output becomes the network's.
  void write(const std::filesystem::path& path) {
    auto* output = model_.mutable_description()->add_output();
    output->set_name(last_);
    output->mutable_type()->mutable_multiarraytype()->set_datatype(spec::ArrayFeatureType::FLOAT32);
    std::ofstream(path, std::ios::binary) << model_.SerializeAsString();
  }

 private:
  spec::Model model_;
  std::string last_ = "input";
};

void write_residual(const std::filesystem::path& path) {
  constexpr uint64_t kChannels = 32;
  Network network({3, 28, 28});
  network.conv(3, kChannels);
  network.relu();
  for (int block = 0; block < 2; ++block) {
    const std::string shortcut = network.last();
    network.conv(kChannels, kChannels);
    network.relu();
    network.conv(kChannels, kChannels);
    auto& add = network.layer();
    add.add_input(shortcut);
    add.mutable_add();
    network.relu();
  }
  auto* pool = network.layer().mutable_pooling();
  pool->set_type(spec::PoolingLayerParams::AVERAGE);
  pool->set_globalpooling(true);
  pool->mutable_valid();
  network.dense(kChannels, 10);
  network.layer().mutable_softmax();
  network.write(path);
}

void write_dense(const std::filesystem::path& path) {
  Network network({256});
  network.dense(256, 256);
  network.relu();
  network.dense(256, 128);
  network.relu();
  network.dense(128, 10);
  network.write(path);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_instruction_networks FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  write_residual(folder / "residual.mlmodel");
  write_dense(folder / "dense.mlmodel");
  return 0;
}
