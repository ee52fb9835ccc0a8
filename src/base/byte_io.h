// Plain values as bytes, for files that only this program on this kind of machine reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace pome {

/// Writes numbers, texts and lists one after the other, as this machine has them. A function
/// template over ByteWriter and ByteReader says the order of both, so that they cannot disagree:
///   template <typename Io> void transfer(Io& io, Point& p) { io.number(p.x); io.number(p.y); }
class ByteWriter {
 public:
  static constexpr bool kReads = false;
  template <typename T>
  void number(T& v) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    const auto raw = std::as_bytes(std::span(&v, 1));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  void text(std::string& v) {
    uint64_t n = v.size();
    number(n);
    const auto raw = std::as_bytes(std::span(v.data(), v.size()));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  template <typename T, typename F>
  void list(std::vector<T>& v, F&& element) {
    uint64_t n = v.size();
    number(n);
    for (T& e : v) element(e);
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads the same back. What does not fit leaves the value as it was, and ok() false.
class ByteReader {
 public:
  static constexpr bool kReads = true;
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}
  template <typename T>
  void number(T& v) {
    if (!take(sizeof(T))) return;
    if constexpr (std::is_same_v<T, bool>)
      v = taken_[0] != std::byte{0};  // no other byte is a bool
    else
      std::memcpy(&v, taken_.data(), sizeof(T));
  }
  void text(std::string& v) {
    uint64_t n = 0;
    number(n);
    if (take(n)) v.assign(reinterpret_cast<const char*>(taken_.data()), taken_.size());
  }
  template <typename T, typename F>
  void list(std::vector<T>& v, F&& element) {
    uint64_t n = 0;
    number(n);
    if (n > rest_.size()) failed_ = true;  // each element takes a byte at least
    for (uint64_t i = 0; i < n && !failed_; ++i) element(v.emplace_back());
  }
  /// Everything was there, and nothing is left.
  bool ok() const { return !failed_ && rest_.empty(); }

 private:
  bool take(uint64_t n) {
    failed_ = failed_ || n > rest_.size();
    if (failed_) return false;
    taken_ = rest_.first(static_cast<size_t>(n));
    rest_ = rest_.subspan(static_cast<size_t>(n));
    return true;
  }

  std::span<const std::byte> rest_;
  std::span<const std::byte> taken_;
  bool failed_ = false;
};

}  // namespace pome
