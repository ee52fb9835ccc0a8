// pome info: what Xcode's model page shows.
#include "pome/inspect.h"

#include <cstdio>

#include "base/text.h"
#include "command.h"
#include "describe.h"

namespace pome::cli {
namespace {

class Info final : public Verb {
 public:
  explicit Info(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    output_.add_to(app);
    app.footer("Examples:\n  pome info CatDog.mlmodel\n  pome info CatDog.mlmodel --json");
  }

  int run() override {
    auto info = inspect(path_);
    if (!info.ok()) return fail(output_, info.error());
    if (output_.json) {
      print(to_json(*info));
    } else {
      print_info(*info, output_, path_);
    }
    return kDone;
  }

 private:
  std::string path_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_info(CLI::App& app) { return std::make_unique<Info>(app); }

}  // namespace pome::cli
