// Prints the sample cases of the op table, one a line, tab-separated: family, op, opset, number,
// line, and the line with every dtype written out. Input of tools/goldens/*.py.
#include <cstdio>

#include "ops/families.h"
#include "ops/sample.h"

int main() {
  using namespace pome;
  int failures = 0;
  for (const ops::Family& family : ops::families()) {
    for (const ops::OpDef& def : family.ops) {
      for (size_t i = 0; i < def.samples.size(); ++i) {
        auto sample = ops::make_sample(def, def.samples[i]);
        if (!sample.ok()) {
          std::fprintf(stderr, "%s\n", sample.error().to_string().c_str());
          ++failures;
          continue;
        }
        std::printf("%s\t%s\t%s\t%zu\t%s\t%s\n", std::string(family.name).c_str(),
                    std::string(def.name).c_str(), std::string(ir::text_tag(def.since)).c_str(), i,
                    std::string(def.samples[i]).c_str(), sample->canonical.c_str());
      }
    }
  }
  return failures == 0 ? 0 : 1;
}
