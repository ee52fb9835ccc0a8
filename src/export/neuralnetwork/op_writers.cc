#include "export/neuralnetwork/op_writers.h"

#include <map>

namespace pome::exporter {

WriteFn find_writer(std::string_view op) {
  static const std::map<std::string_view, WriteFn> table = [] {
    std::map<std::string_view, WriteFn> rows;
    for (auto family : {activation_writers(), binary_writers(), convolution_writers(),
                        linear_writers(), normalization_writers(), picture_writers(),
                        reduce_writers(), shape_writers(), slice_writers(), unary_writers()})
      for (const OpRow& row : family) rows.emplace(row.op, row.write);
    return rows;
  }();
  const auto it = table.find(op);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace pome::exporter
