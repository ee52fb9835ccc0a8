// What pome-hdf5-reader writes and libpome_convert reads; all integers little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pome::hdf5 {

// The stream is kMagic, then records, the last of which is kEnd or kFailure. A record:
//   u8 tag | u32 length, path ("/model_weights/conv1") | what the tag says:
//     kGroup      nothing
//     kAttribute  u32 length, name | value
//     kDataset    value
//     kFailure    nothing; the path is the message
//     kEnd        nothing
// A value:
//   u8 element | u8 rank | u64 extent, rank times | elements, row-major:
//     kFloat32    4 bytes each (every float type of the file but double is converted to it, double
//                 too)
//     kInt64      8 bytes each (every integer and boolean type is converted to it)
//     kRaw16      2 bytes each, opaque: bfloat16 as Keras writes it
//     kString     u32 length, bytes
//     kOther      nothing: a type that no Keras file needs
inline constexpr char kMagic[8] = {'P', 'O', 'M', 'E', 'H', '5', '0', '1'};

enum Tag : uint8_t {
  kGroup = 'G',
  kAttribute = 'A',
  kDataset = 'D',
  kFailure = 'F',
  kEnd = 'Z',
};

enum Element : uint8_t {
  kFloat32 = 'f',
  kInt64 = 'i',
  kRaw16 = 'r',
  kString = 's',
  kOther = 'o',
};

/// The descriptor on which the reader finds its file.
inline constexpr int kFileDescriptor = 3;

// Bounds that both sides hold.
inline constexpr uint32_t kMaxPath = 4096;
inline constexpr uint32_t kMaxString = 256u << 20;
inline constexpr int kMaxRank = 8;
inline constexpr int kMaxDepth = 64;
inline constexpr uint64_t kMaxObjects = 200'000;
inline constexpr uint64_t kMaxAttributes = 1'000'000;

}  // namespace pome::hdf5
