// pome validate: silent and 0 when there is nothing to complain about.
#include <cstdio>

#include "command.h"
#include "pome/inspect.h"

namespace pome::cli {
namespace {

class Validate final : public Verb {
 public:
  explicit Validate(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    output_.add_to(app);
    app.footer("Examples:\n  pome validate CatDog.mlmodel\n  pome validate CatDog.mlmodel --json");
  }

  int run() override {
    auto complaints = validate(path_);
    if (!complaints.ok()) return fail(output_, complaints.error());
    if (output_.json) {
      Json list = Json::array();
      for (const Complaint& c : *complaints)
        list.push_back({{"message", c.message}, {"places", c.places}});
      print({{"model", path_}, {"complaints", list}});
    } else {
      for (const Complaint& c : *complaints) {
        std::printf("%s:", path_.c_str());
        for (const std::string& place : c.places) std::printf(" %s:", place.c_str());
        std::printf(" %s\n", c.message.c_str());
      }
    }
    return complaints->empty() ? kDone : kNo;
  }

 private:
  std::string path_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_validate(CLI::App& app) { return std::make_unique<Validate>(app); }

}  // namespace pome::cli
