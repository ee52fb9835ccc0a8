// pome predict: run a model on pictures and other inputs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "command.h"
#include "inputs.h"
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
                   "NAME=VALUE: a number, a text, @file.json, file.npy, or a picture")
        ->allow_extra_args(false);
    app.add_flag("--recursive", recursive_, "Walk folders given as pictures");
    app.add_option("--crop-and-scale", crop_name_, "How a picture is fitted to the input's size")
        ->check(CLI::IsMember(kCropModes))
        ->capture_default_str();
    app.add_option("--output", outputs_, "FILE.json, NAME=FILE.npy: write the outputs")
        ->allow_extra_args(false);
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
    app.add_option("--function", configuration_.function_name,
                   "Function of a multi-function ML program");
    app.add_option("--memory-limit", memory_limit_,
                   "Most bytes the model may allocate, e.g. 512MB");
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome predict CatDog.mlmodel photo.jpg\n  pome predict CatDog.mlmodel --json "
        "a.jpg b.png");
  }

  int run() override {
    if (!memory_limit_.empty()) {
      auto bytes = parse_bytes(memory_limit_);
      if (!bytes.ok()) return fail(output_, bytes.error());
      configuration_.memory_limit = *bytes;
    }
    crop_ = kCropModes.at(crop_name_);
    configuration_.compute_units = kUnits.at(units_name_);
    auto model = Model::load(path_, configuration_);
    if (!model.ok()) return fail(output_, model.error());
    options_.crop_and_scale = crop_;
    Status done = predict_all(*model);
    return done.ok() ? kDone : fail(output_, done.error());
  }

 private:
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

  Result<FeatureProvider> named_inputs(const ModelDescription& description) const {
    FeatureProvider provider;
    for (const std::string& input : inputs_) {
      const size_t equals = input.find('=');
      if (equals == std::string::npos) {
        return Error(ErrorCode::kInvalidArgument,
                     "--input " + quoted(input) + " lacks a name; write --input NAME=VALUE");
      }
      const std::string name = input.substr(0, equals);
      const FeatureDescription* feature = description.input(name);
      if (feature == nullptr) {
        std::vector<std::string> names;
        for (const auto& f : description.inputs) names.push_back(f.name);
        return Error(ErrorCode::kUnknownName, "the model has no input " + quoted(name) +
                                                  "; it takes " + quoted_list(names) + "." +
                                                  did_you_mean(name, names));
      }
      auto value = parse_value(*feature, input.substr(equals + 1), crop_);
      if (!value.ok()) return std::move(value).error();
      provider.set(name, *std::move(value));
    }
    return provider;
  }

  Status predict_all(const Model& model) {
    auto files = picture_files();
    if (!files.ok()) return std::move(files).error();
    auto base = named_inputs(model.description());
    if (!base.ok()) return std::move(base).error();
    PredictionPrinter printer(model.description(), output_, top_, path_);
    if (files->empty()) return predict_one(model, "", *base, printer, true);
    auto feature = image_input(model.description());
    if (!feature.ok()) return std::move(feature).error();
    for (size_t i = 0; i < files->size(); ++i) {
      auto picture = open_picture(**feature, (*files)[i], crop_);
      if (!picture.ok()) return std::move(picture).error();
      for (const std::string& text : picture->image().notes())
        note(output_, (*files)[i] + ": " + text);
      FeatureProvider inputs = *base;
      inputs.set((*feature)->name, *std::move(picture));
      Status done = predict_one(model, (*files)[i], inputs, printer, i + 1 == files->size());
      if (!done.ok()) return std::move(done).error().at((*files)[i]);
    }
    return {};
  }

  Status predict_one(const Model& model, const std::string& source, const FeatureProvider& inputs,
                     PredictionPrinter& printer, bool last) {
    const auto start = std::chrono::steady_clock::now();
    auto result = model.predict(inputs, options_);
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (!result.ok()) return std::move(result).error();
    printer.add(source, *result, ms);
    for (const std::string& target : outputs_) {
      Status written = write_output(target, *result);
      if (!written.ok()) return written;
    }
    if (last) printer.finish();
    return {};
  }

  Status write_output(const std::string& target, const FeatureProvider& result) const {
    const size_t equals = target.find('=');
    if (equals == std::string::npos) {
      std::ofstream file(target);
      file << outputs_json(result).dump(2) << '\n';
      file.close();
      if (!file) return Error(ErrorCode::kIo, "cannot write the file").at(target);
      return {};
    }
    const FeatureValue* value = result.find(target.substr(0, equals));
    const MultiArray* array = value ? value->get_if<MultiArray>() : nullptr;
    if (array == nullptr) {
      return Error(ErrorCode::kInvalidArgument,
                   "--output " + quoted(target) + ": there is no multi-array output of that name");
    }
    return write_npy(target.substr(equals + 1), *array);
  }

  std::string path_;
  std::vector<std::string> pictures_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  std::string memory_limit_;
  bool recursive_ = false;
  std::string crop_name_ = "scaleFill";
  std::string units_name_ = "all";
  CropAndScale crop_ = CropAndScale::kScaleFill;
  int top_ = 5;
  ModelConfiguration configuration_;
  PredictionOptions options_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_predict(CLI::App& app) { return std::make_unique<Predict>(app); }

}  // namespace pome::cli
