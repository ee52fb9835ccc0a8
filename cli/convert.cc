// pome convert: Keras -> .mlmodel or .mlpackage.
#include "pome/convert.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "base/text.h"
#include "command.h"
#include "describe.h"
#include "pome/model.h"

namespace pome::cli {
namespace {

/// What --preprocessing stands for.
struct Preset {
  float scale;
  float red, green, blue;
  bool bgr;
};
const std::map<std::string, Preset> kPresets = {
    {"none", {1, 0, 0, 0, false}},
    {"mobilenet", {2 / 255.0f, -1, -1, -1, false}},
    {"vgg", {1, -123.68f, -116.779f, -103.939f, true}},
    // torchvision's mean and deviation, with one scale for all channels: 1 / (255 * 0.226).
    {"torch", {1 / (255 * 0.226f), -0.485f / 0.226f, -0.456f / 0.226f, -0.406f / 0.226f, false}},
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// "NAME=1,224,224,3" as name and extents; no extents when it cannot be read.
std::pair<std::string, std::vector<int64_t>> parse_shape(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return {};
  std::vector<int64_t> shape;
  for (const std::string& part : split(text.substr(equals + 1))) {
    int64_t extent = 0;
    const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), extent);
    if (code != std::errc() || end != part.data() + part.size() || extent < 1) return {};
    shape.push_back(extent);
  }
  return {text.substr(0, equals), shape};
}

/// A number of at least 1, -1 for "any", 0 for anything else.
int64_t parse_batch(const std::string& text) {
  if (text == "any") return -1;
  int64_t batch = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), batch);
  return code == std::errc() && end == text.data() + text.size() && batch >= 1 ? batch : 0;
}

class Convert final : public Verb {
 public:
  explicit Convert(CLI::App& app) {
    app.add_option("source", source_, "A whole Keras model: .h5, .hdf5 or .keras")->required();
    app.add_option("-o,--output", target_, "The model to write: .mlmodel or .mlpackage")
        ->required()
        ->check(CLI::Validator(
            [](const std::string& path) {
              return path.ends_with(".mlmodel") || path.ends_with(".mlpackage")
                         ? ""
                         : quoted(path) + " ends in neither .mlmodel nor .mlpackage";
            },
            ""));
    app.add_option("--from", options_.from, "keras; found from the content when not given")
        ->check(CLI::IsMember({"keras", "tensorflow", "tflite", "onnx"}));
    app.add_option("--class-labels", labels_,
                   "cat,dog or a file with one label a line: makes a classifier");
    add_names(app);
    add_picture_options(app);
    app.add_option("--precision", precision_, "float32 or float16")
        ->check(CLI::IsMember({"float32", "float16"}))
        ->capture_default_str();
    add_metadata(app);
    add_shapes(app);
    output_.add_to(app);
    app.footer(
        "Examples:\n"
        "  pome convert model.h5 --class-labels cat,dog --preprocessing mobilenet -o "
        "CatDog.mlmodel\n"
        "  pome convert model.h5 -o Net.mlpackage --precision float16");
  }

  int run() override {
    Status prepared = prepare();
    if (!prepared.ok()) return fail(output_, prepared.error());
    show_progress();
    auto report = convert(source_, target_, options_);
    clear_progress();
    if (!report.ok()) return fail(output_, report.error());
    for (const std::string& text : report->notes) note(output_, text);
    const std::string check = self_check();
    auto info = inspect(target_);
    if (!info.ok()) return fail(output_, info.error());
    if (output_.json) {
      print({{"source", source_},
             {"target", target_},
             {"layers", report->layers},
             {"parameters", report->parameters},
             {"notes", report->notes},
             {"selfCheck", check},
             {"model", to_json(*info)}});
    } else if (!output_.quiet) {
      std::printf("%s: %ld layers, %ld parameters\n", report->source.c_str(),
                  static_cast<long>(report->layers), static_cast<long>(report->parameters));
      print_info(*info, output_, target_);
      std::printf("\nself-check: %s\n", check.c_str());
    }
    return kDone;
  }

 private:
  void add_names(CLI::App& app) {
    app.add_option("--predicted-feature-name", options_.predicted_feature_name,
                   "Name of the label output")
        ->capture_default_str();
    app.add_option("--probabilities-name", options_.probabilities_name,
                   "Name of the probabilities output")
        ->capture_default_str();
    app.add_option("--input-names", input_names_, "New names of the inputs, a,b,c");
    app.add_option("--output-names", output_names_, "New names of the outputs, a,b,c");
  }

  void add_picture_options(CLI::App& app) {
    app.add_option("--image-input", image_inputs_, "An input that becomes a picture; repeatable")
        ->allow_extra_args(false);
    app.add_flag("--no-image-input", no_image_, "Keep every input a multi-array");
    app.add_option("--image-scale", options_.image_scale,
                   "Each channel becomes scale * value + bias")
        ->capture_default_str();
    app.add_option("--red-bias", options_.red_bias, "Bias of red")->capture_default_str();
    app.add_option("--green-bias", options_.green_bias, "Bias of green")->capture_default_str();
    app.add_option("--blue-bias", options_.blue_bias, "Bias of blue")->capture_default_str();
    app.add_option("--gray-bias", options_.gray_bias, "Bias of a gray picture")
        ->capture_default_str();
    app.add_flag("--bgr", options_.bgr, "The network wants blue first");
    app.add_option("--preprocessing", preset_,
                   "mobilenet, vgg, torch or none: a short form of scale and biases")
        ->check(CLI::IsMember(kPresets));
  }

  void add_metadata(CLI::App& app) {
    app.add_option("--author", options_.metadata.author, "The written model's author");
    app.add_option("--license", options_.metadata.license, "Its licence");
    app.add_option("--description", options_.metadata.short_description, "What it does");
    app.add_option("--version-string", options_.metadata.version, "Its version");
  }

  void add_shapes(CLI::App& app) {
    app.add_option("--input-shape", shapes_,
                   "NAME=1,224,224,3 for sizes that the source leaves open")
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [](const std::string& text) {
              return parse_shape(text).second.empty()
                         ? quoted(text) + " cannot be read; write NAME=1,224,224,3"
                         : "";
            },
            ""));
    app.add_option("--batch", batch_,
                   "Batch extent where the source leaves it open: a number or any")
        ->check(CLI::Validator(
            [](const std::string& text) {
              return parse_batch(text) == 0
                         ? quoted(text) + " is neither a number of at least 1 nor any"
                         : "";
            },
            ""))
        ->capture_default_str();
  }

  Status prepare() {
    if (!labels_.empty()) {
      std::ifstream file(labels_);
      if (file) {
        for (std::string line; std::getline(file, line);) {
          if (!line.empty() && line.back() == '\r') line.pop_back();
          if (!line.empty()) options_.class_labels.push_back(line);
        }
      } else if (labels_.find(',') == std::string::npos &&
                 (labels_.ends_with(".txt") || labels_.find('/') != std::string::npos)) {
        return Error(ErrorCode::kNotFound, "cannot open the file of class labels").at(labels_);
      } else {
        options_.class_labels = split(labels_);
      }
    }
    if (!input_names_.empty()) options_.input_names = split(input_names_);
    if (!output_names_.empty()) options_.output_names = split(output_names_);
    if (!image_inputs_.empty()) options_.image_inputs = image_inputs_;
    if (no_image_) options_.image_inputs = std::vector<std::string>();
    if (precision_ == "float16") options_.precision = ConvertPrecision::kFloat16;
    apply_preset();
    for (const std::string& text : shapes_) options_.input_shapes.insert(parse_shape(text));
    options_.batch = parse_batch(batch_);
    return {};
  }

  void apply_preset() {
    if (preset_.empty()) return;
    const Preset& p = kPresets.at(preset_);
    options_.image_scale = p.scale;
    options_.red_bias = p.red;
    options_.green_bias = p.green;
    options_.blue_bias = p.blue;
    options_.bgr = p.bgr;
    char text[200];
    std::snprintf(text, sizeof(text),
                  "--preprocessing %s stands for --image-scale %.9g --red-bias %.9g --green-bias "
                  "%.9g --blue-bias %.9g%s",
                  preset_.c_str(), p.scale, p.red, p.green, p.blue, p.bgr ? " --bgr" : "");
    note(output_, text);
  }

  /// When it lasts over a second: on a terminal one line that is overwritten, else a line a stage.
  void show_progress() {
    if (output_.quiet) return;
    const bool terminal = isatty(STDERR_FILENO) != 0;
    options_.progress = [this, terminal, start = std::chrono::steady_clock::now()](
                            std::string_view stage, double share) {
      if (std::chrono::steady_clock::now() - start < std::chrono::seconds(1)) return;
      if (terminal) {
        shown_ = true;
        const int filled = static_cast<int>(share * 30);
        std::fprintf(stderr, "\r%-12.*s [%-30s] %3d %%", static_cast<int>(stage.size()),
                     stage.data(), std::string(static_cast<size_t>(filled), '#').c_str(),
                     static_cast<int>(share * 100));
      } else if (stage != stage_) {
        stage_ = stage;
        std::fprintf(stderr, "%s ...\n", stage_.c_str());
      }
    };
  }
  void clear_progress() const {
    if (shown_) std::fprintf(stderr, "\r%60s\r", "");
  }

  /// One prediction on a fixed input: the written model loads, runs, and gives finite numbers.
  std::string self_check() const {
    auto model = Model::load(target_);
    if (!model.ok()) return "failed: " + model.error().to_string();
    auto inputs = model->example_inputs();
    if (!inputs.ok()) return "skipped: " + inputs.error().to_string();
    auto outputs = model->predict(*inputs);
    if (!outputs.ok()) return "failed: " + outputs.error().to_string();
    return "predicts on a fixed input";
  }

  std::string source_;
  std::string target_;
  std::string labels_;
  std::string input_names_;
  std::string output_names_;
  std::string preset_;
  std::string precision_ = "float32";
  std::string batch_ = "1";
  std::vector<std::string> image_inputs_;
  std::vector<std::string> shapes_;
  bool no_image_ = false;
  bool shown_ = false;
  std::string stage_;
  ConvertOptions options_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_convert(CLI::App& app) { return std::make_unique<Convert>(app); }

}  // namespace pome::cli
