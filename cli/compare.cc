// pome compare: the first op or output that differs.
#include "pome/compare.h"

#include <cmath>
#include <cstdio>

#include "arrays.h"
#include "base/text.h"
#include "command.h"
#include "inputs.h"
#include "pome/model.h"

namespace pome::cli {
namespace {

class Compare final : public Verb {
 public:
  explicit Compare(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    app.add_option("reference", reference_,
                   "Another model, or an .npz of recorded outputs (also intermediate ones, by the "
                   "names of the ops)")
        ->required();
    auto* given = app.add_option("--inputs,--input", words_,
                                 "NAME=VALUE as for predict, or file.npz; repeatable")
                      ->allow_extra_args(false);
    app.add_option("--random", random_, "SEED,N: N inputs of noise (default: 1,1)")
        ->delimiter(',')
        ->expected(1, 2)
        ->allow_extra_args(false)
        ->excludes(given);
    app.add_option("--tolerance", options_.tolerance,
                   "Largest difference, as a share of the reference's largest magnitude")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_flag("--emulate-float16", options_.emulate_float16,
                 "Round what each op of the model makes to float16");
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome compare CatDog.mlmodel CatDog.mlpackage --random 7,3\n  pome compare "
        "CatDog.mlmodel CatDog.mlmodel --emulate-float16 --tolerance 0.05\n\nExit status 1: an "
        "output differs by more than the tolerance.");
  }

  int run() override {
    auto info = Model::load(path_, options_.configuration);
    if (!info.ok()) return fail(output_, info.error());
    auto inputs = inputs_for(info->description());
    if (!inputs.ok()) return fail(output_, inputs.error());
    Result<Comparison> comparison = reference_.ends_with(".npz")
                                        ? with_record(*inputs)
                                        : compare(path_, reference_, *inputs, options_);
    if (!comparison.ok()) return fail(output_, comparison.error());
    if (output_.json) {
      print(to_json(*comparison));
    } else {
      print_text(*comparison);
    }
    return comparison->within ? kDone : kNo;
  }

 private:
  Result<std::vector<FeatureProvider>> inputs_for(const ModelDescription& description) const {
    std::vector<FeatureProvider> list;
    if (!words_.empty()) {
      Result<GivenInputs> given = read_inputs(description, words_, CropAndScale::kScaleFill);
      if (!given.ok()) return std::move(given).error();
      for (const FeatureProvider& row : given->rows) {
        list.push_back(given->common);
        for (const auto& [name, value] : row) list.back().set(name, value);
      }
      if (list.empty()) list.push_back(given->common);
      return list;
    }
    const uint64_t seed = random_.empty() ? 1 : random_[0];
    const uint64_t count = random_.size() > 1 ? random_[1] : 1;
    if (count < 1 || count > 10000)
      return Error(ErrorCode::kInvalidArgument, "--random asks for " + std::to_string(count) +
                                                    " inputs, 1 to 10000 are possible");
    for (uint64_t i = 0; i < count; ++i) {
      Result<FeatureProvider> inputs = random_inputs(description, seed + i);
      if (!inputs.ok()) return std::move(inputs).error();
      list.push_back(*std::move(inputs));
    }
    return list;
  }

  Result<Comparison> with_record(const std::vector<FeatureProvider>& inputs) const {
    if (inputs.size() != 1 || words_.empty()) {
      return Error(
          ErrorCode::kInvalidArgument,
          "a record belongs to one input, " +
              (words_.empty() ? std::string("none was") : std::to_string(inputs.size()) + " were") +
              " given; give the one that it was made with by --inputs");
    }
    Result<NamedArrays> arrays = read_npz(reference_);
    if (!arrays.ok()) return std::move(arrays).error();
    FeatureProvider recorded;
    for (auto& [name, array] : *arrays) recorded.set(name, std::move(array));
    return compare(path_, recorded, inputs[0], options_);
  }

  static Json to_json(const ValueDifference& d) {
    return {{"name", d.name},
            {"shape", d.shape},
            {"maxAbsolute", number(d.max_absolute)},
            {"maxRelative", number(d.max_relative)},
            {"psnr", number(d.psnr)},
            {"argmaxAgrees", d.argmax_agrees},
            {"notFinite", d.not_finite},
            {"within", d.within}};
  }

  Json to_json(const Comparison& c) const {
    Json j = {{"model", path_},
              {"reference", reference_},
              {"tolerance", options_.tolerance},
              {"within", c.within},
              {"outputs", Json::array()}};
    for (const ValueDifference& d : c.outputs) j["outputs"].push_back(to_json(d));
    if (c.first) {
      Json inputs = Json::array();
      for (const ValueRange& r : c.first->inputs)
        inputs.push_back({{"name", r.name},
                          {"min", number(r.min)},
                          {"max", number(r.max)},
                          {"notFinite", r.not_finite}});
      j["firstDeparture"] = {{"position", c.first->position},
                             {"op", c.first->op},
                             {"kind", c.first->kind},
                             {"difference", to_json(c.first->difference)},
                             {"inputs", inputs},
                             {"reason", c.first->reason}};
    }
    if (!c.within) j["matchedValues"] = c.matched_values;
    if (!c.no_first_reason.empty()) j["noFirstDeparture"] = c.no_first_reason;
    return j;
  }

  static std::string figures(const ValueDifference& d) {
    if (d.max_absolute == 0 && d.argmax_agrees) {
      return d.not_finite == 0 ? "equal"
                               : "equal, but " + std::to_string(d.not_finite) +
                                     (d.not_finite == 1 ? " value is" : " values are") +
                                     " not finite in either; other inputs would tell more";
    }
    char text[160];
    std::snprintf(text, sizeof(text), "max abs %.3g, max relative %.3g, PSNR %.1f dB",
                  d.max_absolute, d.max_relative, d.psnr);
    return text;
  }

  void print_text(const Comparison& c) const {
    for (const ValueDifference& d : c.outputs) {
      std::printf("%s  %s  %s%s\n", d.within ? "same   " : output_.bold("differs").c_str(),
                  printable(d.name).c_str(), figures(d).c_str(),
                  d.argmax_agrees ? "" : ", another largest element");
    }
    if (c.first) {
      std::printf("\nfirst op that departs: op %lld, %s (%s)\n  %s\n",
                  static_cast<long long>(c.first->position), printable(c.first->op).c_str(),
                  c.first->kind.c_str(), figures(c.first->difference).c_str());
      if (!c.first->reason.empty()) std::printf("  %s\n", c.first->reason.c_str());
      for (const ValueRange& r : c.first->inputs)
        std::printf("  reads %s: %.6g to %.6g%s\n", printable(r.name).c_str(), r.min, r.max,
                    r.not_finite > 0 ? ", and some not finite" : "");
    } else if (!c.no_first_reason.empty()) {
      std::printf("\nno op to name: %s\n", printable(c.no_first_reason).c_str());
    }
  }

  std::string path_;
  std::string reference_;
  std::vector<std::string> words_;
  std::vector<uint64_t> random_;
  CompareOptions options_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_compare(CLI::App& app) { return std::make_unique<Compare>(app); }

}  // namespace pome::cli
