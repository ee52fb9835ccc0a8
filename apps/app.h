// The page behind `pome app`: a web server for one model, on this machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pome/model.h"
#include "pome/result.h"

namespace pome::app {

/// How the page is served. A plain value.
struct Options {
  /// A numeric address or a name that resolves to one; anything but the loopback address opens the
  /// page to the network.
  std::string host = "127.0.0.1";
  /// 0 takes any free port.
  int port = 8765;
  /// Names under which the page may be asked for beside the loopback names and, where `host` is no
  /// loopback address, numeric addresses (a name could be pointed here by somebody else's DNS).
  std::vector<std::string> allowed_hosts;
  /// What the page begins with.
  CropAndScale crop_and_scale = CropAndScale::kScaleFill;
  /// How long a request may take to arrive, to be answered, and its answer to be taken: each.
  std::chrono::milliseconds time_limit{20'000};
  /// Bytes of a picture's file and pixels of a picture.
  int64_t max_bytes = 32'000'000;
  int64_t max_pixels = 64'000'000;
  /// Predictions that run at once.
  int predictions = 2;
};

/// A running server. Its threads end with it.
class App {
 public:
  /// Listens and serves from threads of its own. `name` is the page's title, `card` what
  /// `pome info --json` says of the model, as JSON. Errors: kUnsupported for a model whose inputs
  /// the page cannot give (named); kIo when nothing can listen at that address.
  static Result<std::unique_ptr<App>> start(Model model, std::string name, std::string card,
                                            const Options& options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Where the page is: "http://127.0.0.1:8765/".
  const std::string& url() const;
  /// False when only this machine can ask for the page.
  bool open_to_network() const;

 private:
  struct Impl;
  explicit App(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pome::app
