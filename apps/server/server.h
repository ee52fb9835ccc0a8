// httplib's server with this program's limits: threads, time, size of heads.
#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "apps/server/connection.h"
#include "pome/result.h"

namespace pome::app {

/// Set handlers on it, bind(), then serve(). Each connection brings one request and is closed
/// behind the answer, so that an idle one holds no thread.
class Server final : public httplib::Server {
 public:
  /// Connections that are served at once, and that wait for it.
  static constexpr int kThreads = 32;
  static constexpr size_t kWaiting = 64;

  explicit Server(std::chrono::milliseconds time_limit);
  ~Server() override;

  /// Takes the port, any free one for 0, and returns it. Errors: kIo with the reason.
  Result<int> bind(const std::string& host, int port);
  /// Serves from a thread of its own; returns once it does. After bind().
  void serve();
  /// Ends all connections and the thread. Does nothing the second time.
  void end();

 private:
  bool process_and_close_socket(socket_t socket) override;

  std::chrono::milliseconds time_limit_;
  OpenSockets open_;
  std::thread thread_;
};

}  // namespace pome::app
