// Array and table files: .npy, .npz, .csv.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pome/multi_array.h"
#include "pome/result.h"

namespace pome::cli {

/// The whole file; at most 4 GiB. Errors: it cannot be opened or read.
Result<std::string> read_file(const std::string& path);
Status write_file(const std::string& path, const std::string& bytes);

/// A NumPy array (version 1 to 3; little-endian float16/32/64, int8/32/64, uint8, bool; C order).
/// `place` stands in messages.
Result<MultiArray> parse_npy(const std::string& bytes, const std::string& place);
/// The same as bytes: little-endian, C order.
std::string format_npy(const MultiArray& array);

using NamedArrays = std::map<std::string, MultiArray>;
/// A zip archive of .npy members, as numpy.savez and savez_compressed write it: arrays by name. At
/// most 1,000 members and 4 GiB in all, unpacked.
Result<NamedArrays> read_npz(const std::string& path);
/// Writes one, uncompressed; the same arrays give the same bytes.
Status write_npz(const std::string& path, const NamedArrays& arrays);

/// A table of texts: the first line names the columns, every other line has as many fields.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
/// Comma-separated values as RFC 4180 has them: fields in double quotes may hold commas, line feeds
/// and doubled quotes.
Result<Table> read_csv(const std::string& path);

}  // namespace pome::cli
