// pome predict: run a model on pictures and other inputs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <optional>

#include "base/text.h"
#include "cache_options.h"
#include "command.h"
#include "inputs.h"
#include "output_files.h"
#include "pome/model.h"
#include "predictions.h"

namespace pome::cli {
namespace {

const std::map<std::string, CropAndScale> kCropModes = {{"centerCrop", CropAndScale::kCenterCrop},
                                                        {"scaleFit", CropAndScale::kScaleFit},
                                                        {"scaleFill", CropAndScale::kScaleFill}};
const std::map<std::string, ComputeUnits> kUnits = {
    {"all", ComputeUnits::kAll},
    {"cpuOnly", ComputeUnits::kCpuOnly},
    {"cpuAndGPU", ComputeUnits::kCpuAndGpu},
    {"cpuAndNeuralEngine", ComputeUnits::kCpuAndNeuralEngine}};

class Predict final : public Verb {
 public:
  explicit Predict(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    app.add_option("picture", pictures_, "Pictures for the model's one image input, JPEG or PNG");
    app.add_option("--input", inputs_,
                   "NAME=VALUE: a number, a text, a JSON list or object, @file.json, file.npy, "
                   "file.npz, or a picture; "
                   "or file.npz (all names in it), or file.csv (one row a prediction)")
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [](const std::string& word) {
              return is_input_word(word)
                         ? ""
                         : quoted(word) + " is not NAME=VALUE, FILE.npz or FILE.csv";
            },
            ""));
    app.add_flag("--recursive", recursive_, "Walk folders given as pictures");
    app.add_option("--crop-and-scale", crop_name_, "How a picture is fitted to the input's size")
        ->check(CLI::IsMember(kCropModes))
        ->capture_default_str();
    app.add_option("--output", outputs_, "FILE.json, FILE.npz or NAME=FILE.npy: write the outputs")
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [](const std::string& word) {
              return OutputFiles::is_word(word)
                         ? ""
                         : quoted(word) + " is not FILE.json, FILE.npz or NAME=FILE.npy";
            },
            ""));
    app.add_option("--top", top_, "Labels to show of a classifier")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--compute-units", units_name_,
                   "Where the model may run; all run on the CPU today")
        ->check(CLI::IsMember(kUnits))
        ->capture_default_str();
    app.add_option("--threads", configuration_.threads,
                   "Threads for one prediction; 0: one for each CPU")
        ->check(CLI::Range(0, 1024));
    cache_.add_to(app);
    app.add_option("--function", configuration_.function_name,
                   "Function of a multi-function ML program");
    app.add_option("--linked-models", linked_models_,
                   "Folder of the models that the model links to");
    app.add_option("--memory-limit", memory_limit_, "Most bytes the model may allocate, e.g. 512MB")
        ->check(CLI::Validator(
            [](const std::string& text) {
              auto bytes = parse_bytes(text);
              return bytes.ok() ? "" : bytes.error().message();
            },
            ""));
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome predict CatDog.mlmodel photo.jpg\n  pome predict CatDog.mlmodel --json "
        "a.jpg b.png\n  pome predict CatDog.mlmodel --input image=photo.jpg --output answer.json");
  }

  int run() override {
    if (!memory_limit_.empty()) configuration_.memory_limit = parse_bytes(memory_limit_).value();
    crop_ = kCropModes.at(crop_name_);
    configuration_.linked_model_search_path = linked_models_;
    configuration_.compute_units = kUnits.at(units_name_);
    cache_.apply(configuration_, output_);
    auto model = Model::load(path_, configuration_);
    if (!model.ok()) return fail(output_, model.error());
    options_.crop_and_scale = crop_;
    Status done = predict_all(*model);
    return done.ok() ? kDone : fail(output_, placed(std::move(done).error()));
  }

 private:
  /// The model's place where the error has none, and what to type where an input is missing.
  Error placed(Error error) const {
    if (error.code() == ErrorCode::kMissingInput) {
      Error hinted(error.code(), error.message() +
                                     ". Pictures stand behind the model, other inputs are given "
                                     "with --input NAME=VALUE");
      for (auto place = error.places().rbegin(); place != error.places().rend(); ++place)
        hinted.at(*place);
      error = std::move(hinted);
    }
    return error.places().empty() ? std::move(error).at(path_) : error;
  }

  /// Folders become the pictures in them, sorted.
  Result<std::vector<std::string>> picture_files() const {
    std::vector<std::string> files;
    for (const std::string& picture : pictures_) {
      std::error_code ignored;
      if (!std::filesystem::is_directory(picture, ignored)) {
        files.push_back(picture);
        continue;
      }
      if (!recursive_) {
        return Error(ErrorCode::kInvalidArgument, "this is a folder; give --recursive to walk it")
            .at(picture);
      }
      std::vector<std::string> found;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(picture, ignored)) {
        std::string suffix = entry.path().extension().string();
        std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        if (entry.is_regular_file(ignored) &&
            (suffix == ".jpg" || suffix == ".jpeg" || suffix == ".png")) {
          found.push_back(entry.path().string());
        }
      }
      std::sort(found.begin(), found.end());
      files.insert(files.end(), found.begin(), found.end());
    }
    return files;
  }

  Result<const FeatureDescription*> image_input(const ModelDescription& description) const {
    const FeatureDescription* found = nullptr;
    std::vector<std::string> names;
    for (const FeatureDescription& f : description.inputs) {
      if (f.type != FeatureType::kImage) continue;
      found = &f;
      names.push_back(f.name);
    }
    if (names.size() > 1) {
      return Error(ErrorCode::kInvalidArgument, "the model has " + std::to_string(names.size()) +
                                                    " image inputs, " + quoted_list(names) +
                                                    "; name each: --input " + names[0] + "=FILE")
          .at(path_);
    }
    if (found == nullptr) {
      std::string takes;
      for (const FeatureDescription& f : description.inputs) {
        takes += (takes.empty() ? "" : ", ") + quoted(f.name) + " " + f.type_text();
      }
      return Error(ErrorCode::kTypeMismatch,
                   "a picture was given, but the model has no image input; it takes " + takes +
                       ". Give --input NAME=FILE.npy")
          .at(path_);
    }
    return found;
  }

  Status predict_all(const Model& model) {
    auto files = picture_files();
    if (!files.ok()) return std::move(files).error();
    auto given = read_inputs(model.description(), inputs_, crop_);
    if (!given.ok()) return std::move(given).error();
    if (!files->empty() && !given->rows.empty()) {
      return Error(
          ErrorCode::kInvalidArgument,
          "pictures and a table are given; each asks for predictions of its own, give one");
    }
    const size_t predictions = std::max({files->size(), given->rows.size(), size_t{1}});
    auto targets = OutputFiles::create(outputs_, model.description(), predictions);
    if (!targets.ok()) return std::move(targets).error();
    if (!model.description().states.empty()) {
      auto state = model.make_state();
      if (!state.ok()) return std::move(state).error();
      state_ = *std::move(state);
    }
    PredictionPrinter printer(model.description(), output_, top_, path_);
    Status done = files->empty() ? predict_rows(model, *given, printer, *targets)
                                 : predict_pictures(model, *files, *given, printer, *targets);
    if (!done.ok()) return done;
    printer.finish();
    return targets->write(output_);
  }

  Status predict_rows(const Model& model, const GivenInputs& given, PredictionPrinter& printer,
                      OutputFiles& targets) {
    if (given.rows.empty()) return predict_one(model, "", given.common, printer, targets);
    for (size_t i = 0; i < given.rows.size(); ++i) {
      FeatureProvider inputs = given.common;
      for (const auto& [name, value] : given.rows[i]) inputs.set(name, value);
      const std::string source = "row " + std::to_string(i + 1);
      Status done = predict_one(model, source, inputs, printer, targets);
      if (!done.ok()) return std::move(done).error().at(source);
    }
    return {};
  }

  Status predict_pictures(const Model& model, const std::vector<std::string>& files,
                          const GivenInputs& given, PredictionPrinter& printer,
                          OutputFiles& targets) {
    auto feature = image_input(model.description());
    if (!feature.ok()) return std::move(feature).error();
    // While one picture is predicted the next is decoded. get() decodes the first, for which there
    // is nothing to do meanwhile, and those for which no thread could be started.
    const auto decode = [&](size_t i) {
      const auto thread = std::launch::deferred | (i == 0 ? std::launch{} : std::launch::async);
      return std::async(thread, [&, i] { return open_picture(**feature, files[i], crop_); });
    };
    std::future<Result<FeatureValue>> next = decode(0);
    for (size_t i = 0; i < files.size(); ++i) {
      const std::string& file = files[i];
      auto picture = next.get();
      if (!picture.ok()) return std::move(picture).error();
      if (i + 1 < files.size()) next = decode(i + 1);
      for (const std::string& text : picture->image().notes()) note(output_, file + ": " + text);
      FeatureProvider inputs = given.common;
      inputs.set((*feature)->name, *std::move(picture));
      Status done = predict_one(model, file, inputs, printer, targets);
      if (!done.ok()) return std::move(done).error().at(file);
    }
    return {};
  }

  Status predict_one(const Model& model, const std::string& source, const FeatureProvider& inputs,
                     PredictionPrinter& printer, OutputFiles& targets) {
    const auto start = std::chrono::steady_clock::now();
    auto result =
        state_ ? model.predict(inputs, *state_, options_) : model.predict(inputs, options_);
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (!result.ok()) return std::move(result).error();
    printer.add(source, *result, ms);
    targets.add(source, *result);
    return {};
  }

  std::string path_;
  std::vector<std::string> pictures_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  std::string memory_limit_;
  std::string linked_models_;
  bool recursive_ = false;
  std::string crop_name_ = "scaleFill";
  std::string units_name_ = "all";
  CropAndScale crop_ = CropAndScale::kScaleFill;
  int top_ = 5;
  ModelConfiguration configuration_;
  CacheOptions cache_;
  PredictionOptions options_;
  std::optional<State> state_;  // of a stateful model: all predictions of a call in turn
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_predict(CLI::App& app) { return std::make_unique<Predict>(app); }

}  // namespace pome::cli
