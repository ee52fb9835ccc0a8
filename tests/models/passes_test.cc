// Every real network: its text parses back to it, and the passes, verified one by one, leave it
// valid.
#include <gtest/gtest.h>

#include <map>

#include "api/load.h"
#include "import/description.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/pipeline.h"
#include "passes/verify_ops.h"
#include "tests/support/test_data.h"

namespace pome::testing {
namespace {

/// Finds the constants of a program again by where their bytes lie.
ir::ParseOptions blobs_of(const ir::Program& program) {
  auto blobs = std::make_shared<std::map<std::pair<std::string, uint64_t>, ir::LiteralPtr>>();
  const auto add = [&](const ir::LiteralPtr& literal) {
    if (literal != nullptr && literal->blob())
      blobs->emplace(std::pair(literal->blob()->path, literal->blob()->offset), literal);
  };
  for (const auto& [name, function] : program.functions) {
    for (const auto& op : function->body.ops()) {
      for (const auto& [key, literal] : op->attributes()) add(literal);
      for (const ir::Argument& argument : op->arguments())
        for (const ir::Operand& operand : argument.operands) add(operand.literal);
    }
  }
  ir::ParseOptions options;
  options.resolve_blob = [blobs](const ir::BlobReference& blob,
                                 const ir::Type&) -> Result<ir::LiteralPtr> {
    const auto it = blobs->find({blob.path, blob.offset});
    if (it == blobs->end()) return Error(ErrorCode::kNotFound, "no such constant");
    return it->second;
  };
  return options;
}

/// Text and back. Values that infer computed are no part of the text: they are inferred again.
void expect_round_trip(const ir::Program& program) {
  const std::string text = ir::print(program);
  const auto again = ir::parse(text, blobs_of(program));
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  const Status valid = passes::verify_ops(**again);
  EXPECT_TRUE(valid.ok()) << valid.error().to_string();
  EXPECT_EQ(ir::print(**again), text);
}

/// True when the file is a network that this version imports.
bool check(const std::filesystem::path& path) {
  auto file = format::ModelFile::load(path);
  if (!file.ok()) return false;
  auto description = import::read_description(file->model());
  if (!description.ok() || !format::is_network(description->model_type)) return false;
  auto imported = api::import_network(api::source_of(*file), *std::move(description));
  if (!imported.ok()) return false;
  SCOPED_TRACE(path.string());
  ir::Program& program = *imported->program;
  expect_round_trip(program);
  passes::PipelineOptions options;
  options.verify = true;
  const Status status = passes::run_pipeline(program, options);
  EXPECT_TRUE(status.ok()) << status.error().to_string();
  expect_round_trip(program);
  return true;
}

TEST(RealModels, PassesLeaveThemValidAndTextBringsThemBack) {
  const auto folder = test_data("models");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  int networks = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".mlpackage" || (entry.is_regular_file() && extension == ".mlmodel"))
      networks += check(entry.path());
  }
  std::printf("%d networks\n", networks);
  EXPECT_GE(networks, 8);
}

}  // namespace
}  // namespace pome::testing
