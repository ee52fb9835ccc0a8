#include "apps/server/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pome::app {
namespace {

// What a refused client is let send on, and for how long.
constexpr size_t kMaxDrained = 64'000'000;
constexpr std::chrono::milliseconds kDrainFor{1000};

}  // namespace

bool OpenSockets::add(int socket) {
  const std::lock_guard lock(mutex_);
  if (!closing_) sockets_.insert(socket);
  return !closing_;
}

void OpenSockets::remove(int socket) {
  const std::lock_guard lock(mutex_);
  sockets_.erase(socket);
}

void OpenSockets::shut_down() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  for (int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
}

Connection::Connection(int socket, std::chrono::milliseconds limit)
    : socket_(socket), limit_(limit), receive_until_(Clock::now() + limit) {}

bool Connection::wait(short events, Clock::time_point until) const {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{socket_, events, 0};
    const int n = poll(&ready, 1, static_cast<int>(std::min<int64_t>(left, 1 << 30)));
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

bool Connection::is_readable() const { return begin_ < end_ || wait(POLLIN, receive_until_); }

bool Connection::is_writable() const {
  return wait(POLLOUT, send_until_ == Clock::time_point{} ? Clock::now() + limit_ : send_until_);
}

bool Connection::fill() {
  if (!wait(POLLIN, receive_until_)) return false;
  const ssize_t n = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  begin_ = 0;
  end_ = n > 0 ? static_cast<size_t>(n) : 0;
  return n >= 0 || errno == EAGAIN || errno == EINTR;
}

bool Connection::count_head(char byte) {
  const char wanted = line_ends_ % 2 == 0 ? '\r' : '\n';
  line_ends_ = byte == wanted ? line_ends_ + 1 : byte == '\r' ? 1 : 0;
  in_head_ = line_ends_ < 4;
  return ++head_bytes_ <= kMaxHead;
}

ssize_t Connection::read(char* into, size_t size) {
  if (size == 0) return 0;
  if (begin_ == end_) {
    if (!fill()) return -1;
    if (begin_ == end_) return 0;  // the client has ended
  }
  if (in_head_) {  // httplib reads it byte by byte
    if (!count_head(buffer_[begin_])) return -1;
    *into = buffer_[begin_++];
    return 1;
  }
  const size_t n = std::min(size, end_ - begin_);
  std::memcpy(into, buffer_.data() + begin_, n);
  begin_ += n;
  return static_cast<ssize_t>(n);
}

ssize_t Connection::write(const char* from, size_t size) {
  if (send_until_ == Clock::time_point{}) send_until_ = Clock::now() + limit_;
  for (;;) {
    if (!wait(POLLOUT, send_until_)) return -1;
    const ssize_t n = ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) return n;
    if (errno != EAGAIN && errno != EINTR) return -1;
  }
}

// Nobody asks who the client is, and nothing is kept of it.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

socket_t Connection::socket() const { return socket_; }

void Connection::finish() {
  ::shutdown(socket_, SHUT_WR);
  const auto until = Clock::now() + std::min(kDrainFor, limit_);
  for (size_t drained = 0; drained < kMaxDrained && wait(POLLIN, until);) {
    const ssize_t n = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return;
    if (n > 0) drained += static_cast<size_t>(n);
  }
}

}  // namespace pome::app
