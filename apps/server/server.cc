#include "apps/server/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "apps/server/work.h"

namespace pome::app {
namespace {

class Threads final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> job) override { threads_.enqueue(std::move(job)); }
  void shutdown() override { threads_.shut_down(); }

 private:
  BoundedThreads threads_{Server::kThreads, Server::kWaiting};
};

}  // namespace

Server::Server(std::chrono::milliseconds time_limit) : time_limit_(time_limit) {
  new_task_queue = [] { return new Threads; };  // httplib deletes it
  set_tcp_nodelay(true);
  // httplib's own options let a second server take the same port.
  set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
}

Server::~Server() { end(); }

Result<int> Server::bind(const std::string& host, int port) {
  errno = 0;
  if (port == 0) {
    port = bind_to_any_port(host);
  } else if (!bind_to_port(host, port)) {
    port = -1;
  }
  if (port < 0) {
    const int reason = errno;
    return Error(ErrorCode::kIo,
                 std::string("nothing can listen there") +
                     (reason != 0 ? std::string(" (") + std::strerror(reason) + ")" : "") +
                     (reason == EADDRINUSE ? "; --port 0 takes any free port" : ""))
        .at(host);
  }
  // httplib lets five wait to be accepted; a client beyond that tries again a second later only.
  ::listen(svr_sock_, SOMAXCONN);
  return port;
}

void Server::serve() {
  thread_ = std::thread([this] { listen_after_bind(); });
  while (!is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void Server::end() {
  if (!thread_.joinable()) return;
  open_.shut_down();
  stop();
  thread_.join();
}

bool Server::process_and_close_socket(socket_t socket) {
  bool done = false;
  if (open_.add(socket)) {
    Connection connection(socket, time_limit_);
    bool closed = false;
    // A range of a page's file is of no use to anybody, thousands of them are to an attacker.
    done = process_request(connection, true, closed,
                           [](httplib::Request& request) { request.ranges.clear(); });
    connection.finish();
    open_.remove(socket);
  }
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  return done;
}

}  // namespace pome::app
