// One client's connection: every read and write ends at a deadline, however slowly bytes drip.
#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <mutex>
#include <set>

namespace pome::app {

using Clock = std::chrono::steady_clock;

/// The sockets that are open now, so that the server's end can wake who waits on them. Thread-safe.
class OpenSockets {
 public:
  /// False once closed() was called: the socket is not wanted any more.
  bool add(int socket);
  void remove(int socket);
  /// Shuts all down, and takes no more.
  void shut_down();

 private:
  std::mutex mutex_;
  std::set<int> sockets_;
  bool closing_ = false;
};

/// A socket as httplib wants one; it does not own it. httplib's own timeouts are per read, so that
/// a byte a second would hold a thread for hours, and its header has no limit in all. For one
/// thread.
class Connection final : public httplib::Stream {
 public:
  /// Bytes of the request's first line and header together.
  static constexpr size_t kMaxHead = 16384;

  /// The request must have arrived `limit` from now, the answer be taken `limit` after its first
  /// byte was written.
  Connection(int socket, std::chrono::milliseconds limit);

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* into, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override;

  /// Says that nothing more comes, and reads on for a moment what a refused client is still
  /// sending, so that the answer reaches it.
  void finish();

 private:
  bool wait(short events, Clock::time_point until) const;
  bool fill();
  bool count_head(char byte);

  int socket_;
  std::chrono::milliseconds limit_;
  Clock::time_point receive_until_;
  Clock::time_point send_until_{};
  std::array<char, 16384> buffer_{};
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t head_bytes_ = 0;
  int line_ends_ = 0;  // how much of CR LF CR LF stands last
  bool in_head_ = true;
};

}  // namespace pome::app
