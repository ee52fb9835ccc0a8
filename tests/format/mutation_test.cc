// Damaged files: no crash, no hang, no more memory than allowed.
//
// POME_MUTATIONS says how many per kind of file; 5,000 is the long form.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <iostream>

#include "base/file.h"
#include "format/model_file.h"
#include "format/package.h"
#include "format/proto/model.pb.h"
#include "format/save.h"
#include "format/weight_file.h"
#include "format/wire_scan.h"
#include "tests/support/memory_watch.h"
#include "tests/support/mutate.h"
#include "tests/support/test_data.h"
#include "tests/support/wire.h"

namespace pome::format {
namespace {

namespace fs = std::filesystem;
namespace proto = CoreML::Specification;
using Bytes = std::vector<std::byte>;

// Of the processor's time, which does not grow when the machine is busy.
constexpr std::clock_t kLongest = 2 * CLOCKS_PER_SEC;
constexpr uint64_t kMostMemory = 64 << 20;
constexpr uint64_t kMostFileBytes = 2 << 20;  // larger ones make the run long and show no more

int mutations() {
  const char* wanted = std::getenv("POME_MUTATIONS");
  return wanted != nullptr ? std::atoi(wanted) : 400;
}

struct Outcome {
  int past_parser = 0;
  int accepted = 0;
};

/// Loads damaged bytes as ModelFile::load does, watching time and memory.
void attempt(const Bytes& bytes, Outcome& outcome) {
  Limits limits;
  limits.max_memory_bytes = kMostMemory;
  const std::clock_t start = std::clock();
  const auto scan = scan_model(bytes, limits);
  if (scan) {
    ++outcome.past_parser;
    proto::Model model;
    // The scan promises that protobuf neither fails nor takes more than it found.
    const testing::MemoryWatch watch;
    const auto file = ModelFile::parse(bytes, nullptr, limits);
    ASSERT_LE(watch.peak(), static_cast<int64_t>(scan->memory_bytes) + 16'384);
    if (file) {
      ++outcome.accepted;
      EXPECT_TRUE(serialize(file->model()));
    } else {
      EXPECT_NE(file.error().message(), "the file is not a Core ML model, or damaged");
    }
  } else {
    EXPECT_FALSE(ModelFile::parse(bytes, nullptr, limits));
  }
  ASSERT_LT(std::clock() - start, kLongest);
}

/// Damages the files in turn. At least a third must get past the outermost parser, or the test
/// would show nothing of what lies behind it.
void attack(const std::vector<Bytes>& files, const std::string& what) {
  testing::Mutator mutate(1);
  Outcome outcome;
  const int n = mutations();
  for (int i = 0; i < n && !::testing::Test::HasFatalFailure(); ++i)
    attempt(mutate(files[static_cast<size_t>(i) % files.size()]), outcome);
  std::cout << what << ": " << n << " damaged files, " << outcome.past_parser
            << " got past the parser, " << outcome.accepted << " loaded\n";
  EXPECT_GE(outcome.past_parser * 3, n) << "too few reach what lies behind the parser";
}

Bytes bytes_of(const proto::Model& model) { return serialize(model).value(); }

/// One model of many kinds each, all small.
std::vector<Bytes> small_models() {
  std::vector<Bytes> files;
  proto::Model model;
  model.set_specificationversion(4);
  auto* input = model.mutable_description()->add_input();
  input->set_name("image");
  input->mutable_type()->mutable_imagetype()->set_width(8);
  auto* layer = model.mutable_neuralnetworkclassifier()->add_layers();
  layer->add_input("image");
  layer->mutable_convolution()->set_outputchannels(4);
  for (int i = 0; i < 64; ++i)
    layer->mutable_convolution()->mutable_weights()->add_floatvalue(static_cast<float>(i));
  model.mutable_neuralnetworkclassifier()->mutable_stringclasslabels()->add_vector("cat");
  files.push_back(bytes_of(model));
  proto::Model pipeline;
  pipeline.set_specificationversion(4);
  *pipeline.mutable_pipeline()->add_models() = model;
  files.push_back(bytes_of(pipeline));
  proto::Model trees;
  trees.set_specificationversion(1);
  auto* ensemble = trees.mutable_treeensembleregressor()->mutable_treeensemble();
  for (uint64_t i = 0; i < 30; ++i) {
    auto* node = ensemble->add_nodes();
    node->set_nodeid(i);
    node->set_branchfeaturevalue(0.5 * static_cast<double>(i));
  }
  files.push_back(bytes_of(trees));
  return files;
}

TEST(Mutation, SmallModels) { attack(small_models(), "small models"); }

TEST(Mutation, RealModels) {
  const fs::path root = testing::test_data("models");
  if (!fs::exists(root)) GTEST_SKIP() << root << " is not there";
  std::vector<Bytes> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".mlmodel" || entry.file_size() > kMostFileBytes) continue;
    if (ModelFile::load(entry.path())) files.push_back(read_file(entry.path(), 1u << 30).value());
  }
  ASSERT_FALSE(files.empty());
  attack(files, "real models");
}

TEST(Mutation, WeightFiles) {
  WeightWriter writer;
  const Bytes data(64, std::byte{7});
  std::vector<uint64_t> offsets;
  for (uint32_t type = 1; type <= 17; ++type) {
    const auto bits = static_cast<uint64_t>(blob_bits(static_cast<BlobType>(type)));
    offsets.push_back(writer.add(static_cast<BlobType>(type), 64 * 8 / bits, data));
  }
  const Bytes good = std::move(writer).finish();
  testing::Mutator mutate(2);
  int read = 0;
  for (int i = 0; i < mutations(); ++i) {
    const Bytes bad = mutate(good);
    if (!check_weight_header(bad)) continue;
    for (const uint64_t offset : offsets) {
      const auto blob = read_blob(bad, offset);
      if (!blob) continue;
      ++read;
      ASSERT_GE(blob->bytes.data(), bad.data());
      ASSERT_LE(blob->bytes.data() + blob->bytes.size(), bad.data() + bad.size());
      const auto bits = static_cast<uint64_t>(blob_bits(blob->type));
      ASSERT_EQ((blob->elements * bits + 7) / 8, blob->bytes.size());
    }
  }
  EXPECT_GT(read, mutations());
}

TEST(Mutation, Manifests) {
  const std::string_view text = R"({"fileFormatVersion": "1.0.0", "itemInfoEntries": {
    "A": {"author": "com.apple.CoreML", "name": "model.mlmodel", "path": "com.apple.CoreML/m"},
    "B": {"author": "com.apple.CoreML", "name": "weights", "path": "com.apple.CoreML/w"}},
    "rootModelIdentifier": "A"})";
  const auto span = testing::as_bytes(text);
  const Bytes good(span.begin(), span.end());
  testing::Mutator mutate(3);
  for (int i = 0; i < mutations(); ++i) {
    const Bytes bad = mutate(good);
    const auto manifest = parse_manifest({reinterpret_cast<const char*>(bad.data()), bad.size()});
    if (!manifest) continue;
    ASSERT_LT(manifest->root, manifest->items.size());
    for (const ManifestItem& item : manifest->items) ASSERT_EQ(unsafe_path_reason(item.path), "");
  }
}

}  // namespace
}  // namespace pome::format
