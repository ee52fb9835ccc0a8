#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "ops/families.h"

namespace pome::ops {
namespace {

using ir::Opset;

TEST(Registry, FindTakesTheNewestVersionInForce) {
  const OpDef* old_one = find("gather", Opset::kIos15);
  const OpDef* middle = find("gather", Opset::kIos16);
  const OpDef* new_one = find("gather", Opset::kIos18);
  ASSERT_TRUE(old_one && middle && new_one);
  EXPECT_EQ(old_one->since, Opset::kIos15);
  EXPECT_EQ(middle->since, Opset::kIos16);
  EXPECT_EQ(new_one->since, Opset::kIos17);
  EXPECT_EQ(old_one->param("batch_dims"), -1);
  EXPECT_EQ(new_one->param("validate_indices"), 4);
}

TEST(Registry, AnOpOfALaterOpsetIsNotFoundAndTheErrorSaysSo) {
  EXPECT_EQ(find("fill_like", Opset::kIos15), nullptr);
  EXPECT_EQ(unknown_op("fill_like", Opset::kIos15).message(),
            "op \"fill_like\" came with ios16, the function is of ios15");
}

/// tools/mil_ops.txt says which versions MIL has.
TEST(Registry, NoOlderVersionStandsInForOneOfMil) {
  std::ifstream list(std::string(POME_SOURCE_DIR) + "/tools/mil_ops.txt");
  int versions = 0;
  for (std::string line; std::getline(list, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    for (std::string tag; words >> tag; ++versions) {
      const auto opset = ir::opset_from_text(tag);
      ASSERT_TRUE(opset.has_value()) << line;
      const OpDef* def = find(name, *opset);
      if (def != nullptr && def->since != *opset) ADD_FAILURE() << line;
    }
  }
  EXPECT_GT(versions, 200);
}

TEST(Registry, AnUnknownOpIsNamedWithItsNeighbour) {
  EXPECT_EQ(find("transpos", Opset::kIos17), nullptr);
  const Error error = unknown_op("transpos", Opset::kIos17);
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_EQ(error.message(),
            "op \"transpos\" is not supported by this version of Pome. Did you mean "
            "\"transpose\"?");
  EXPECT_EQ(unknown_op("\x01zzzzzzzz", Opset::kIos17).message(),
            "op \"\\x01zzzzzzzz\" is not supported by this version of Pome.");
}

TEST(Registry, TableIsSortedAndEveryVersionIsThereOnce) {
  const auto table = all();
  ASSERT_GT(table.size(), 100u);
  for (size_t i = 1; i < table.size(); ++i) {
    const bool ordered =
        table[i - 1]->name < table[i]->name ||
        (table[i - 1]->name == table[i]->name && table[i - 1]->since < table[i]->since);
    EXPECT_TRUE(ordered) << table[i - 1]->name << " before " << table[i]->name;
  }
}

TEST(Registry, FamiliesAreWellFormedAndSorted) {
  std::string_view before;
  for (const Family& family : families()) {
    EXPECT_LT(before, family.name);
    before = family.name;
    EXPECT_TRUE(is_well_formed(family.ops)) << family.name;
  }
}

TEST(Registry, LaterVersionsKeepThePositionsOfTheirParameters) {
  const auto table = all();
  for (size_t i = 1; i < table.size(); ++i) {
    if (table[i - 1]->name != table[i]->name) continue;
    for (const ParamDef& p : table[i - 1]->params) {
      const int now = table[i]->param(p.name);
      if (now < 0) continue;
      EXPECT_EQ(now, table[i - 1]->param(p.name)) << table[i]->name << " " << p.name;
    }
  }
}

}  // namespace
}  // namespace pome::ops
