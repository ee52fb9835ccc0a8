// pome demo: the embedded cat-and-dog model on the embedded pictures.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "command.h"
#include "pome/convert.h"
#include "pome/model.h"
#include "predictions.h"

namespace pome::cli {
namespace {

namespace fs = std::filesystem;

/// share/pome/demo beside the installed program, else the source tree's examples.
fs::path demo_folder() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path installed = program.parent_path().parent_path() / "share/pome/demo";
  return fs::exists(installed, ignored) ? installed : fs::path(POME_EXAMPLES_DIR);
}

/// A folder of this run's own that goes away with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "pome-demo-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class Demo final : public Verb {
 public:
  explicit Demo(CLI::App& app) {
    output_.add_to(app);
    app.footer("Examples:\n  pome demo\n  pome demo --json");
  }

  int run() override {
    const fs::path folder = demo_folder();
    const TemporaryFolder temporary;
    const fs::path written = temporary.path() / "CatDog.mlmodel";
    ConvertOptions options;
    options.class_labels = {"cat", "dog"};
    options.image_scale = 2 / 255.0f;
    options.red_bias = options.green_bias = options.blue_bias = -1;
    auto report = convert(folder / "models/catdog.h5", written, options);
    if (!report.ok()) return fail(output_, report.error());
    auto model = Model::load(written);
    if (!model.ok()) return fail(output_, model.error());
    PredictionPrinter printer(model->description(), output_, 2, "CatDog");
    for (const char* name : {"cat.jpg", "dog.jpg"}) {
      const fs::path picture = folder / "pictures" / name;
      auto image = Image::open(picture);
      if (!image.ok()) return fail(output_, image.error());
      const auto start = std::chrono::steady_clock::now();
      auto outputs = model->predict({{model->description().inputs[0].name, *image}});
      if (!outputs.ok()) return fail(output_, outputs.error());
      printer.add(
          picture.string(), *outputs,
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
              .count());
    }
    printer.finish();
    return kDone;
  }

 private:
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_demo(CLI::App& app) { return std::make_unique<Demo>(app); }

}  // namespace pome::cli
