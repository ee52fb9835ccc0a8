// pome info: what Xcode's model page shows.
#include "pome/inspect.h"

#include <cstdio>

#include "base/text.h"
#include "command.h"
#include "describe.h"
#include "program_text.h"

namespace pome::cli {
namespace {

class Info final : public Verb {
 public:
  explicit Info(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    auto* layers = app.add_flag("--layers", layers_,
                                "One line an op: kind, shape, what it reads, its weights");
    app.add_flag("--dot", dot_, "The ops as a graph for Graphviz")->excludes(layers);
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome info CatDog.mlmodel\n  pome info CatDog.mlmodel --layers\n  pome info "
        "CatDog.mlmodel --json");
  }

  int run() override {
    auto info = inspect(path_);
    if (!info.ok()) return fail(output_, info.error());
    if ((layers_ || dot_) && info->program.empty()) {
      return fail(output_, Error(ErrorCode::kUnsupported,
                                 "the model is a " + info->description.model_type +
                                     (info->runnable ? "; only networks have ops to show"
                                                     : ": " + info->not_runnable_reason))
                               .at(path_));
    }
    if (output_.json) {
      Json j = cli::to_json(*info);
      j.update(coremlc_metadata(*info, path_));
      if (layers_) j["layers"] = layers_json(*info);
      print(j);
    } else if (dot_) {
      std::fputs(to_dot(*info).c_str(), stdout);
    } else if (layers_) {
      print_layers(*info);
    } else {
      print_info(*info, output_, path_);
    }
    return kDone;
  }

 private:
  bool layers_ = false;
  bool dot_ = false;
  std::string path_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_info(CLI::App& app) { return std::make_unique<Info>(app); }

}  // namespace pome::cli
