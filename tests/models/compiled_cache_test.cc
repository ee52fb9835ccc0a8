// Models that were compiled by an earlier load: the same numbers, without reading the model.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "pome/model.h"
#include "tests/pipeline/models.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

namespace fs = std::filesystem;

/// y = max(0, factor x), a classifier's probabilities left out.
spec::Model network(float factor) {
  spec::Model model = model_with({{"x", vector(3)}}, {{"y", vector(3)}});
  model.set_specificationversion(4);
  model.mutable_description()->mutable_metadata()->set_author("somebody");
  auto* n = model.mutable_neuralnetwork();
  n->set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
  auto* product = n->add_layers();
  product->set_name("p");
  product->add_input("x");
  product->add_output("p");
  product->mutable_innerproduct()->set_inputchannels(3);
  product->mutable_innerproduct()->set_outputchannels(3);
  for (int i = 0; i < 9; ++i)
    product->mutable_innerproduct()->mutable_weights()->add_floatvalue(i % 4 == 0 ? factor : 0.25f);
  auto* relu = n->add_layers();
  relu->set_name("r");
  relu->add_input("p");
  relu->add_output("y");
  relu->mutable_activation()->mutable_relu();
  return model;
}

class CompiledModels : public ::testing::Test {
 protected:
  void SetUp() override {
    configuration_.compiled_cache = folder_.path() / "cache";
    configuration_.threads = 1;
    configuration_.note = [this](const std::string& sentence) { notes_.push_back(sentence); };
  }
  fs::path write(const std::string& name, const spec::Model& model) {
    std::ofstream file(folder_.path() / name, std::ios::binary);
    EXPECT_TRUE(model.SerializeToOstream(&file));
    return folder_.path() / name;
  }
  std::vector<float> predict(const fs::path& path) {
    const auto model = Model::load(path, configuration_);
    EXPECT_TRUE(model.ok()) << model.error().to_string();
    if (!model.ok()) return {};
    const auto out =
        model->predict({{"x", MultiArray::from_floats({3}, std::vector<float>{1, -2, 3}).value()}});
    EXPECT_TRUE(out.ok()) << out.error().to_string();
    EXPECT_EQ(model->description().metadata.author, "somebody");
    return out.ok() ? (*out)["y"].multi_array().to_floats() : std::vector<float>();
  }
  std::vector<fs::path> kept(const std::string& suffix) const {
    std::vector<fs::path> list;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "cache"))
      if (entry.path().extension() == suffix) list.push_back(entry.path());
    return list;
  }
  /// Other bytes in place of the model, which the file system takes for the same file.
  static void ruin(const fs::path& path) {
    const auto time = fs::last_write_time(path);
    const auto size = fs::file_size(path);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file << std::string(size, 'x');
    file.close();
    fs::last_write_time(path, time);
  }

  TemporaryFolder folder_;
  ModelConfiguration configuration_;
  std::vector<std::string> notes_;
};

TEST_F(CompiledModels, AKernelThatDoesNotExistIsNotLeftOutSilently) {
  const fs::path path = write("m.mlmodel", network(1));
  configuration_.without_kernels = {"linear", "conv_winograt"};
  for (int load = 0; load < 2; ++load) {  // compiled, then from the cache
    notes_.clear();
    predict(path);
    ASSERT_EQ(notes_.size(), 1u) << load;
    EXPECT_NE(notes_[0].find("\"conv_winograt\""), std::string::npos) << notes_[0];
  }
}

TEST_F(CompiledModels, TheSecondLoadDoesNotReadTheModel) {
  const fs::path path = write("a.mlmodel", network(2));
  const auto first = predict(path);
  EXPECT_EQ(first, (std::vector<float>{2.25f, 0, 5.75f}));
  ASSERT_EQ(kept(".model").size(), 1u);
  ruin(path);
  EXPECT_EQ(predict(path), first);
  EXPECT_TRUE(notes_.empty()) << notes_[0];
  configuration_.compiled_cache.reset();
  EXPECT_FALSE(Model::load(path, configuration_).ok());
}

TEST_F(CompiledModels, ACopyIsFoundByItsContent) {
  const auto first = predict(write("a.mlmodel", network(2)));
  const fs::path copy = write("b.mlmodel", network(2));
  EXPECT_EQ(predict(copy), first);
  EXPECT_EQ(kept(".model").size(), 1u);
  ruin(copy);  // from now on it has a name of its own
  EXPECT_EQ(predict(copy), first);
}

TEST_F(CompiledModels, AnotherContentIsAnotherModel) {
  const fs::path path = write("a.mlmodel", network(2));
  const auto first = predict(path);
  write("a.mlmodel", network(3));
  const auto second = predict(path);
  EXPECT_NE(second, first);
  EXPECT_EQ(second, (std::vector<float>{3.25f, 0, 8.75f}));
  EXPECT_EQ(kept(".model").size(), 2u);
}

TEST_F(CompiledModels, OtherOptionsAreAnotherPlan) {
  const fs::path path = write("a.mlmodel", network(2));
  predict(path);
  configuration_.threads = 2;
  predict(path);
  EXPECT_EQ(kept(".model").size(), 2u);
}

TEST_F(CompiledModels, WhatIsDamagedIsMadeAgainAndSaid) {
  const fs::path path = write("a.mlmodel", network(2));
  const auto first = predict(path);
  const fs::path file = kept(".model").at(0);
  const auto size = fs::file_size(file);
  for (const uint64_t at :
       {uint64_t{0}, uint64_t{9}, uint64_t{100}, uint64_t{4096}, uint64_t{4200}, size - 100}) {
    {
      std::fstream damaged(file, std::ios::binary | std::ios::in | std::ios::out);
      damaged.seekp(static_cast<std::streamoff>(at));
      damaged.put('\x5a');
    }
    notes_.clear();
    EXPECT_EQ(predict(path), first) << at;
    ASSERT_EQ(notes_.size(), 1u) << at;
    EXPECT_NE(notes_[0].find("made again"), std::string::npos) << notes_[0];
    notes_.clear();
    EXPECT_EQ(predict(path), first);
    EXPECT_TRUE(notes_.empty()) << notes_[0];
  }
  fs::resize_file(file, size / 2);
  EXPECT_EQ(predict(path), first);
  EXPECT_EQ(notes_.size(), 1u);
}

TEST_F(CompiledModels, WhatOthersMayHaveWrittenIsNotUsed) {
  const fs::path path = write("a.mlmodel", network(2));
  const auto first = predict(path);
  ASSERT_EQ(::chmod(kept(".model").at(0).c_str(), 0666), 0);
  EXPECT_EQ(predict(path), first);
  ASSERT_FALSE(notes_.empty());
  EXPECT_NE(notes_[0].find("not trusted"), std::string::npos) << notes_[0];
  notes_.clear();
  ASSERT_EQ(::chmod((folder_.path() / "cache").c_str(), 0777), 0);
  EXPECT_EQ(predict(path), first);
  ASSERT_FALSE(notes_.empty());
  EXPECT_NE(notes_[0].find("not trusted"), std::string::npos) << notes_[0];
}

TEST_F(CompiledModels, FlexibleNetworksAndOtherModelsAreNotKept) {
  spec::Model flexible = network(2);
  flexible.mutable_neuralnetwork()->mutable_layers()->DeleteSubrange(0, 1);
  flexible.mutable_neuralnetwork()->mutable_layers(0)->set_input(0, "x");
  auto* x = flexible.mutable_description()->mutable_input(0)->mutable_type();
  auto* range = x->mutable_multiarraytype()->mutable_shaperange()->add_sizeranges();
  range->set_lowerbound(1);
  range->set_upperbound(10);
  const fs::path path = write("f.mlmodel", flexible);
  spec::Model plain = scaler("x", number(), "y", number(), 0, 2);
  const fs::path other = write("s.mlmodel", plain);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(Model::load(path, configuration_).ok());
    EXPECT_TRUE(Model::load(other, configuration_).ok());
    EXPECT_TRUE(kept(".model").empty());
    EXPECT_EQ(kept(".name").size(), 2u);  // that they are not
  }
  EXPECT_TRUE(notes_.empty()) << notes_[0];
}

TEST_F(CompiledModels, TheFolderStaysWithinItsLimit) {
  configuration_.compiled_cache_limit = 20000;  // a few of about 5 kB
  for (int i = 0; i < 12; ++i) {
    const auto y = predict(write("a.mlmodel", network(static_cast<float>(i))));
    EXPECT_EQ(y.size(), 3u);
  }
  uint64_t total = 0;
  for (const auto& entry : fs::directory_iterator(folder_.path() / "cache"))
    total += entry.file_size();
  EXPECT_LE(total, 20000u + 100u);
  EXPECT_GE(kept(".model").size(), 1u);
}

}  // namespace
}  // namespace pome::testing
