#include "ir/printer.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace pome::ir {
namespace {

TEST(Printer, HexFloatsAreExactAndNormalised) {
  EXPECT_EQ(hex_float(1), "0x1p+0");
  EXPECT_EQ(hex_float(-0.078125), "-0x1.4p-4");
  EXPECT_EQ(hex_float(0.1f), "0x1.99999ap-4");
  EXPECT_EQ(hex_float(0), "0x0p+0");
  EXPECT_EQ(hex_float(-0.0), "-0x0p+0");
  EXPECT_EQ(hex_float(std::numeric_limits<float>::denorm_min()), "0x1p-149");
  EXPECT_EQ(hex_float(0x1p-24), "0x1p-24");
  EXPECT_EQ(hex_float(std::numeric_limits<double>::denorm_min()), "0x1p-1074");
  EXPECT_EQ(hex_float(3 * std::numeric_limits<double>::denorm_min()), "0x1.8p-1073");
  EXPECT_EQ(hex_float(std::numeric_limits<double>::max()), "0x1.fffffffffffffp+1023");
  EXPECT_EQ(hex_float(-INFINITY), "-inf");
  EXPECT_EQ(hex_float(NAN), "nan");
}

TEST(Printer, BothWritingsOfTypes) {
  const Type s = Type::scalar(DType::kString);
  const Type t = Type::dict(s, Type::list(Type::tensor(DType::kInt32, {2}), Shape::kUnknown));
  EXPECT_EQ(print(t, Writing::kNewer), "dict<string, list<tensor<int32, [2]>, ?>>");
  EXPECT_EQ(print(t, Writing::kOlder), "dict<tensor<string, []>, list<tensor<int32, [2]>, ?>>");
  EXPECT_EQ(print(Type::tensor(DType::kFp16, {1, Shape::kUnknown})), "tensor<fp16, [1, ?]>");
  EXPECT_EQ(print(Type::state(Type::tensor(DType::kFp16, {1, 8}))), "state<tensor<fp16, [1, 8]>>");
  EXPECT_EQ(writing_of("1"), Writing::kOlder);
  EXPECT_EQ(writing_of("1.0"), Writing::kOlder);
  EXPECT_EQ(writing_of("1.3"), Writing::kNewer);
}

TEST(Printer, Values) {
  EXPECT_EQ(print(*Literal::int32(-1)), "int32(-1)");
  EXPECT_EQ(print(*Literal::string("a\"b\\\n\r\t\xc3\xa9"), Writing::kOlder),
            "tensor<string, []>(\"a\\\"b\\\\\\n\\r\\t\xc3\xa9\")");
  const std::array<int32_t, 4> rows = {1, 2, 3, 4};
  EXPECT_EQ(
      print(*Literal::copy(Type::tensor(DType::kInt32, {2, 2}), std::span<const int32_t>(rows))),
      "tensor<int32, [2, 2]>([[1, 2], [3, 4]])");
  const std::array<uint64_t, 1> large = {std::numeric_limits<uint64_t>::max()};
  EXPECT_EQ(print(*Literal::copy(Type::scalar(DType::kUint64), std::span<const uint64_t>(large))),
            "uint64(18446744073709551615)");
  EXPECT_EQ(print(*Literal::ints({})), "tensor<int32, [0]>([])");
  EXPECT_EQ(print(*Literal::view(Type::tensor(DType::kInt32, {int64_t{1} << 60, 0}), {}, nullptr)),
            "tensor<int32, [1152921504606846976, 0]>([])");
  const std::array<std::byte, 2> packed = {std::byte{0xf1}, std::byte{0x08}};
  EXPECT_EQ(
      print(*Literal::copy(Type::tensor(DType::kInt4, {3}), std::span<const std::byte>(packed))),
      "tensor<int4, [3]>([1, -1, -8])");
  EXPECT_EQ(print(*Literal::view(Type::tensor(DType::kInt8, {1}), packed, nullptr,
                                 BlobReference{"@model_path/weights/weight.bin", 64})),
            "tensor<int8, [1]>(BLOBFILE(path = string(\"@model_path/weights/weight.bin\"), "
            "offset = uint64(64)))");
}

TEST(Printer, OpsSortArgumentsAndQuoteOddNames) {
  Value p("p", Type::tensor(DType::kFp16, {1, 4}));
  Value q("input.1", Type::tensor(DType::kFp16, {1, 4}));
  Op op("concat", "c");
  op.set_argument("values", {&p, &q});
  op.set_argument("interleave", {Literal::boolean(false)});
  op.set_argument("axis", {Literal::int32(-1)});
  op.add_output("tensor", Type::tensor(DType::kFp16, {1, 8}));
  EXPECT_EQ(print(op),
            "tensor<fp16, [1, 8]> \"tensor\" = concat(axis = int32(-1), interleave = bool(false), "
            "values = (p, \"input.1\"))[name = string(\"c\")];");
}

}  // namespace
}  // namespace pome::ir
