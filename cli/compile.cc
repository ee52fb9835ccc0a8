// pome compile: fill the compiled cache ahead of time.
#include <chrono>
#include <cstdio>

#include "base/text.h"
#include "cache_options.h"
#include "command.h"
#include "pome/model.h"

namespace pome::cli {
namespace {

using Clock = std::chrono::steady_clock;

class Compile final : public Verb {
 public:
  explicit Compile(CLI::App& app) {
    app.add_option("models", paths_, ".mlmodel files and .mlpackage folders")->required();
    app.add_option("--threads", configuration_.threads,
                   "Threads that predictions will use; 0: one for each CPU")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    app.add_option("--cache-folder", folder_,
                   "Where compiled networks are kept (default: $XDG_CACHE_HOME/pome)");
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome compile CatDog.mlmodel\n  pome compile CatDog.mlmodel --threads 1 "
        "--cache-folder cache\n\nPredictions with the same number of threads then start without "
        "reading the model. Networks of flexible shapes and other kinds of models are not kept.");
  }

  int run() override {
    configuration_.compiled_cache = folder_;
    configuration_.note = [this](const std::string& sentence) { note(output_, sentence); };
    Json list = Json::array();
    for (const std::string& path : paths_) {
      // Once to compile, once to see what the next process will find.
      const double first = load(path);
      if (first < 0) return status_;
      const double then = load(path);
      if (then < 0) return status_;
      list.push_back({{"model", path}, {"milliseconds", first}, {"nextMilliseconds", then}});
      if (!output_.json && !output_.quiet) {
        std::printf("%s  %s, from the cache %s\n", printable(path).c_str(),
                    duration_text(first).c_str(), duration_text(then).c_str());
      }
    }
    if (output_.json) print({{"models", list}});
    return kDone;
  }

 private:
  /// Milliseconds; negative after an error, whose exit status is then in status_.
  double load(const std::string& path) {
    const auto start = Clock::now();
    const auto model = Model::load(path, configuration_);
    if (!model.ok()) {
      status_ = fail(output_, model.error());
      return -1;
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }

  std::vector<std::string> paths_;
  std::string folder_;
  int status_ = kDone;
  ModelConfiguration configuration_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_compile(CLI::App& app) { return std::make_unique<Compile>(app); }

}  // namespace pome::cli
