// Real ML programs.
#include <gtest/gtest.h>

#include "import/mil/import_mil.h"
#include "tests/support/test_data.h"

namespace pome::import {
namespace {

namespace fs = std::filesystem;

TEST(ImportMil, Superpoint) {
  const fs::path path = testing::test_data("models/mlpackage/superpoint.mlpackage");
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto file = format::ModelFile::load(path);
  ASSERT_TRUE(file) << file.error().to_string();
  const auto imported = import_mil(*file);
  ASSERT_TRUE(imported) << imported.error().to_string();
  EXPECT_EQ(imported->description.model_type, "mlProgram");
  ASSERT_NE(imported->description.input("image"), nullptr);
  EXPECT_EQ(imported->description.input("image")->image.width, 320);
  const ir::Function* main = imported->program->function("main");
  ASSERT_NE(main, nullptr);
  EXPECT_EQ(main->opset, ir::Opset::kIos15);
  EXPECT_EQ(main->body.ops().size(), 141u);
  ASSERT_EQ(main->body.outputs().size(), 2u);
  EXPECT_EQ(main->body.outputs()[0]->type().to_string(), "tensor<fp32, [1, 65, 30, 40]>");
  EXPECT_EQ(main->body.outputs()[1]->type().to_string(), "tensor<fp32, [1, 256, 30, 40]>");
  // Weights are views of the mapped file.
  int blobs = 0;
  for (const auto& op : main->body.ops()) {
    if (op->kind() != ir::kConstOp || !op->attributes().at("val")->blob()) continue;
    ++blobs;
    EXPECT_EQ(op->attributes().at("val")->blob()->path, "@model_path/weights/weight.bin");
  }
  EXPECT_EQ(blobs, 24);
}

TEST(ImportMil, ReadsLoopsAndListsOfARealPackage) {
  const fs::path path = testing::test_data("models/mlpackage/DTLN_AEC_128_Part1_fp32.mlpackage");
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto file = format::ModelFile::load(path);
  ASSERT_TRUE(file) << file.error().to_string();
  const auto imported = import_mil(*file);
  ASSERT_TRUE(imported) << imported.error().to_string();
  int loops = 0;
  int lists = 0;
  for (const auto& op : imported->program->function("main")->body.ops()) {
    loops += op->kind() == "while_loop" && op->blocks().size() == 2;
    lists += op->kind() == "make_list" && op->output()->type().kind() == ir::Type::Kind::kList;
  }
  EXPECT_GT(loops, 0);
  EXPECT_GT(lists, 0);
}

}  // namespace
}  // namespace pome::import
