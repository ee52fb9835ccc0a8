// pome app: a page on this machine, camera or photo in, answer out.
#include "apps/app.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>

#include "command.h"
#include "describe.h"
#include "pome/inspect.h"

extern char** environ;

namespace pome::cli {
namespace {

const std::map<std::string, CropAndScale> kCropModes = {{"centerCrop", CropAndScale::kCenterCrop},
                                                        {"scaleFit", CropAndScale::kScaleFit},
                                                        {"scaleFill", CropAndScale::kScaleFill}};

/// Where the signal handler writes.
int interruption_pipe = -1;

void on_interruption(int) {
  const char byte = 0;
  const ssize_t ignored = write(interruption_pipe, &byte, 1);
  (void)ignored;
}

/// Ctrl-C and the like end wait(), whichever thread the system gives them to.
class Interruption {
 public:
  Interruption() {
    if (pipe2(ends_, O_CLOEXEC) != 0) return;
    interruption_pipe = ends_[1];
    struct sigaction action {};
    action.sa_handler = on_interruption;
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  }
  void wait() const {
    char byte = 0;
    while (read(ends_[0], &byte, 1) < 0 && errno == EINTR) {
    }
  }

 private:
  int ends_[2] = {-1, -1};  // open until the process ends: a handler may still write
};

/// The desktop's browser, by xdg-open; false when there is none.
bool open_browser(const std::string& url) {
  std::string words[] = {"xdg-open", url};
  char* arguments[] = {words[0].data(), words[1].data(), nullptr};
  pid_t child = 0;
  return posix_spawnp(&child, "xdg-open", nullptr, nullptr, arguments, environ) == 0;
}

class AppVerb final : public Verb {
 public:
  explicit AppVerb(CLI::App& app) {
    app.add_option("model", path_, "A .mlmodel file or .mlpackage folder")->required();
    app.add_option("--port", options_.port, "Where the page is; 0: any free port")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app.add_flag("--open", open_, "Open the page in the browser");
    app.add_option("--host", options_.host,
                   "Address to listen at; another than 127.0.0.1 opens the page to the network")
        ->capture_default_str();
    app.add_option("--allow-host", options_.allowed_hosts,
                   "A name under which the page may be asked for, e.g. behind a proxy")
        ->allow_extra_args(false);
    app.add_option("--crop-and-scale", crop_name_, "How pictures are fitted until the page says so")
        ->check(CLI::IsMember(kCropModes))
        ->capture_default_str();
    app.add_option("--threads", configuration_.threads,
                   "Threads for one prediction; 0: one for each CPU")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    app.add_option("--time-limit", seconds_,
                   "Seconds that a request, a prediction and the answer's way may each take")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    output_.add_to(app);
    app.footer(
        "Examples:\n  pome app CatDog.mlmodel --open\n  pome app CatDog.mlmodel --port 8080 "
        "--crop-and-scale centerCrop");
  }

  int run() override {
    auto info = inspect(path_);
    if (!info.ok()) return fail(output_, info.error());
    auto model = Model::load(path_, configuration_);
    if (!model.ok()) return fail(output_, model.error());
    options_.crop_and_scale = kCropModes.at(crop_name_);
    options_.time_limit = std::chrono::seconds(seconds_);
    const std::string name = model_name();
    const std::string card = to_json(*info).dump(-1, ' ', false, Json::error_handler_t::replace);
    auto app = app::App::start(*std::move(model), name, card, options_);
    if (!app.ok()) {
      Error error = std::move(app).error();
      return fail(output_, error.places().empty() ? std::move(error).at(path_) : error);
    }
    const Interruption interruption;
    announce(**app, name);
    interruption.wait();
    note(output_, "stopped");
    return kDone;
  }

 private:
  /// "CatDog" of "models/CatDog.mlmodel", "CatDog.mlpackage/".
  std::string model_name() const {
    const std::filesystem::path path(path_);
    return (path.has_filename() ? path : path.parent_path()).stem().string();
  }

  void announce(const app::App& app, const std::string& name) {
    if (output_.json) {
      print({{"model", path_}, {"url", app.url()}});
    } else {
      std::printf("%s is at %s   (Ctrl-C ends it)\n", output_.bold(printable(name)).c_str(),
                  output_.bold(app.url()).c_str());
    }
    std::fflush(stdout);
    if (app.open_to_network()) {
      note(output_, "whoever reaches this machine at " + options_.host +
                        " can use the page; what they send is neither encrypted nor kept");
    }
    if (open_ && !open_browser(app.url()))
      note(output_, "xdg-open is not there; open " + app.url() + " in a browser");
  }

  std::string path_;
  std::string crop_name_ = "scaleFill";
  int seconds_ = 20;
  bool open_ = false;
  app::Options options_;
  ModelConfiguration configuration_;
  Output output_;
};

}  // namespace

std::unique_ptr<Verb> add_app(CLI::App& app) { return std::make_unique<AppVerb>(app); }

}  // namespace pome::cli
