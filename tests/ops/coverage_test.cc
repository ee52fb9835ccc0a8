// What the samples of the op table touch.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "ops/families.h"
#include "ops/sample.h"

namespace pome::ops {
namespace {

/// Per parameter: the dtypes bound to it in some sample.
std::vector<TypeSet> touched(const OpDef& def) {
  std::vector<TypeSet> types(def.params.size(), 0);
  for (const std::string_view line : def.samples) {
    const Result<Sample> sample = make_sample(def, line);
    EXPECT_TRUE(sample.ok()) << sample.error().to_string();
    if (!sample.ok()) continue;
    for (const ir::Argument& a : sample->op->arguments()) {
      for (const ir::Operand& o : a.operands) {
        const TypeSet set = o.type().is_tensor() ? bit(o.type().dtype()) : ~TypeSet{0};
        types[static_cast<size_t>(def.param(a.param))] |= set;
      }
    }
  }
  return types;
}

std::string row(const OpDef& def, const std::vector<TypeSet>& types) {
  std::string text = std::string(def.name) + "\t" + std::string(ir::text_tag(def.since)) + "\t" +
                     std::to_string(def.samples.size());
  for (size_t i = 0; i < types.size(); ++i) {
    text += (i ? " " : "\t") + std::string(def.params[i].name) + ":";
    std::string names;
    for (int t = 0; t <= static_cast<int>(ir::DType::kUint64); ++t) {
      const auto dtype = static_cast<ir::DType>(t);
      if (types[i] & def.params[i].types & bit(dtype))
        names += (names.empty() ? "" : "|") + std::string(ir::name(dtype));
    }
    text += names;
  }
  return text;
}

TEST(Coverage, SamplesTouchEveryParameterAndDtype) {
  std::printf("op\topset\tsamples\tparameters:dtypes\n");
  for (const OpDef* def : all()) {
    if (def->is(kUserCode) || def->is(kStateful)) continue;  // have no samples
    const std::vector<TypeSet> types = touched(*def);
    std::printf("%s\n", row(*def, types).c_str());
    for (size_t i = 0; i < types.size(); ++i) {
      const ParamDef& p = def->params[i];
      EXPECT_NE(types[i], 0u) << def->name << ": no sample binds " << p.name;
      // Every dtype of the op's main operand; of others each at least once in the table.
      if (i != 0 || (p.flags & kAnyKind)) continue;
      EXPECT_EQ(p.types & ~types[i], 0u)
          << def->name << " of " << ir::text_tag(def->since) << ": dtypes of " << p.name
          << " that no sample binds: mask " << (p.types & ~types[i]);
    }
  }
}

}  // namespace
}  // namespace pome::ops
