// pome generate: a typed class of a model.
#include "generate/generate.h"

#include <filesystem>

#include "arrays.h"
#include "base/text.h"
#include "command.h"
#include "package_files.h"
#include "pome/inspect.h"

namespace pome::cli {
namespace {

class Generate final : public Verb {
 public:
  explicit Generate(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    app.add_option("--lang", language_, "The language of the class")
        ->check(CLI::IsMember({"cpp", "python"}))
        ->capture_default_str();
    app.add_option("-o,--output", folder_, "The folder to write to; made where there is none")
        ->required();
    app.add_option("--class-name", options_.class_name,
                   "The class's name; without it that of the model's file")
        ->check(CLI::Validator(
            [](const std::string& name) {
              return generate::is_class_name(name) ? ""
                                                   : quoted(name) +
                                                         " cannot name a class; letters and digits "
                                                         "can, a letter first, no word of the "
                                                         "language";
            },
            ""));
    app.add_option("--function", options_.function_name, "Function of a multi-function ML program");
    app.add_flag("--embed", embed_,
                 "C++: also write assembly that puts the model into the program, and a load() "
                 "without a path");
    output_.add_to(app);
    app.footer(
        "Examples:\n"
        "  pome generate CatDog.mlmodel --lang cpp -o typed\n"
        "  pome generate CatDog.mlmodel --lang python -o . --class-name Pets");
  }

  int run() override {
    if (embed_ && language_ != "cpp")
      return fail_usage(output_, "--embed is for --lang cpp. Python loads the model's file.");
    auto info = inspect(path_);
    if (!info.ok()) return fail(output_, info.error());
    auto made = make(*info);
    if (!made.ok()) return fail(output_, Error(made.error()).at(path_));
    if (!info->runnable)
      note(output_,
           "the class is written, but Pome cannot run this model: " + info->not_runnable_reason);
    auto written = write(*made);
    return written.ok() ? kDone : fail(output_, written.error());
  }

 private:
  Result<generate::Generated> make(const ModelInfo& info) {
    options_.language = language_ == "cpp" ? generate::Language::kCpp : generate::Language::kPython;
    // A folder may be given with a slash behind.
    std::filesystem::path path(path_);
    if (!path.has_filename()) path = path.parent_path();
    options_.model_name = path.filename().string();
    if (embed_) {
      auto files = package_files(path);
      if (!files.ok()) return std::move(files).error();
      options_.embed = {std::move(files->specification), std::move(files->weights)};
    }
    return generate::generate(info, options_);
  }

  Status write(const generate::Generated& made) const {
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    if (failed)
      return Error(ErrorCode::kIo, "cannot make the folder: " + failed.message()).at(folder_);
    Json files = Json::array();
    for (const generate::GeneratedFile& file : made.files) {
      const std::string path = (std::filesystem::path(folder_) / file.name).string();
      Status written = write_file(path, file.text);
      if (!written.ok()) return written;
      files.push_back(path);
      if (!output_.json && !output_.quiet) std::printf("%s\n", printable(path).c_str());
    }
    if (output_.json) print({{"model", path_}, {"className", made.class_name}, {"files", files}});
    return {};
  }

  std::string path_;
  std::string folder_;
  std::string language_ = "cpp";
  bool embed_ = false;
  generate::GenerateOptions options_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_generate(CLI::App& app) { return std::make_unique<Generate>(app); }

}  // namespace pome::cli
