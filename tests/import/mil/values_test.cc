#include "import/mil/values.h"

#include <gtest/gtest.h>

#include "format/mil_types.h"
#include "tests/import/mil/messages.h"
#include "tests/support/temporary_folder.h"

namespace pome::import {
namespace {

using namespace testing;  // NOLINT: the builders of messages

Result<ir::LiteralPtr> read(const mil::Value& value) {
  WeightCache none{format::WeightFiles()};
  return read_value(value, none);
}

std::string error_of(const mil::Value& value) {
  const auto literal = read(value);
  return literal ? "" : literal.error().to_string();
}

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(MilTypes, ReadsEveryKind) {
  EXPECT_EQ(read_type(tensor_type(mil::FLOAT16, {1, -1, 3}))->to_string(),
            "tensor<fp16, [1, ?, 3]>");
  EXPECT_EQ(read_type(tensor_type(mil::INT32, {}))->to_string(), "int32");
  mil::ValueType list;
  *list.mutable_listtype()->mutable_type() = tensor_type(mil::STRING, {});
  list.mutable_listtype()->mutable_length()->mutable_constant()->set_size(2);
  EXPECT_EQ(read_type(list)->kind(), ir::Type::Kind::kList);
  EXPECT_EQ(read_type(list)->length(), 2);
  mil::ValueType dictionary;
  *dictionary.mutable_dictionarytype()->mutable_keytype() = tensor_type(mil::STRING, {});
  *dictionary.mutable_dictionarytype()->mutable_valuetype() = tensor_type(mil::FLOAT64, {});
  EXPECT_EQ(read_type(dictionary)->kind(), ir::Type::Kind::kDict);
  mil::ValueType tuple;
  *tuple.mutable_tupletype()->add_types() = list;
  EXPECT_EQ(read_type(tuple)->kind(), ir::Type::Kind::kTuple);
  mil::ValueType state;
  *state.mutable_statetype()->mutable_wrappedtype() = tensor_type(mil::FLOAT16, {4});
  EXPECT_EQ(read_type(state)->kind(), ir::Type::Kind::kState);
}

TEST(MilTypes, TheTableNamesEveryElementType) {
  for (const format::MilType& type : format::mil_types()) {
    const auto dtype = ir::dtype_from_name(type.name);
    ASSERT_TRUE(dtype) << type.name;
    if (type.blob) {
      EXPECT_EQ(format::blob_bits(*type.blob), ir::bits(*dtype)) << type.name;
    }
  }
  size_t known = 0;
  for (int i = 1; i < mil::DataType_ARRAYSIZE; ++i) known += mil::DataType_IsValid(i);
  EXPECT_EQ(format::mil_types().size(), known);
}

TEST(MilTypes, RefusesWhatIsNoType) {
  EXPECT_FALSE(read_type(mil::ValueType()));
  EXPECT_FALSE(read_type(tensor_type(mil::UNUSED_TYPE, {1})));
  EXPECT_FALSE(read_type(tensor_type(static_cast<mil::DataType>(99), {1})));
  mil::ValueType type = tensor_type(mil::FLOAT32, {1, 2});
  type.mutable_tensortype()->set_rank(3);
  expect_contains(read_type(type).error().to_string(), "has rank 3 and 2 extents");
  EXPECT_EQ(read_type(tensor_type(mil::INT8, {1, 1, 1, 1, 1, 1, 1, 1, 1})).error().code(),
            ErrorCode::kUnsupported);
  EXPECT_TRUE(read_type(tensor_type(mil::INT8, {1, 1, 1, 1, 1, 1, 1, 1})));
  expect_contains(
      read_type(tensor_type(mil::FLOAT32, {1 << 30, 1 << 30, 1 << 30})).error().to_string(),
      "overflows");
  EXPECT_FALSE(read_type(tensor_type(mil::FLOAT32, {int64_t{1} << 62})));
  type = tensor_type(mil::FLOAT32, {-1});
  type.mutable_tensortype()->mutable_dimensions(0)->mutable_unknown()->set_variadic(true);
  EXPECT_EQ(read_type(type).error().code(), ErrorCode::kUnsupported);
  type.mutable_tensortype()->mutable_dimensions(0)->Clear();
  EXPECT_FALSE(read_type(type));
}

TEST(MilValues, EveryElementTypeHasItsMember) {
  mil::Value v = value_of(mil::BOOL, {2});
  immediate(v).mutable_bools()->add_values(true);
  immediate(v).mutable_bools()->add_values(false);
  EXPECT_EQ((*read(v))->to_ints(), (std::vector<int64_t>{1, 0}));
  v = value_of(mil::INT16, {2});
  immediate(v).mutable_ints()->add_values(-32768);
  immediate(v).mutable_ints()->add_values(7);
  EXPECT_EQ((*read(v))->to_ints(), (std::vector<int64_t>{-32768, 7}));
  v = value_of(mil::UINT16, {1});
  immediate(v).mutable_ints()->add_values(65535);
  EXPECT_EQ((*read(v))->to_ints(), (std::vector<int64_t>{65535}));
  v = value_of(mil::INT64, {});
  immediate(v).mutable_longints()->add_values(int64_t{1} << 40);
  EXPECT_EQ((*read(v))->integer(), int64_t{1} << 40);
  v = value_of(mil::FLOAT64, {});
  immediate(v).mutable_doubles()->add_values(0.1);
  EXPECT_EQ((*read(v))->real(), 0.1);
  v = value_of(mil::FLOAT16, {2});
  immediate(v).mutable_bytes()->set_values(std::string("\x00\x3c\x66\x2e", 4));
  EXPECT_EQ((*read(v))->real(0), 1.0);
  EXPECT_NEAR((*read(v))->real(1), 0.1, 1e-4);
  v = value_of(mil::UINT32, {1});
  immediate(v).mutable_bytes()->set_values("\x01\x02\x03\xff");
  EXPECT_EQ((*read(v))->integer(), 0xff030201);
  v = value_of(mil::UINT3, {3});  // 1, 2, 5 from the lowest bit: 101'010'001
  immediate(v).mutable_bytes()->set_values(std::string("\x51\x01", 2));
  EXPECT_EQ((*read(v))->to_ints(), (std::vector<int64_t>{1, 2, 5}));
  v = value_of(mil::INT4, {2});
  immediate(v).mutable_bytes()->set_values("\xf7");
  EXPECT_EQ((*read(v))->to_ints(), (std::vector<int64_t>{7, -1}));
  EXPECT_EQ((*read(string_value("hello")))->text(), "hello");
  EXPECT_TRUE(read(value_of(mil::FLOAT32, {0})).error().message().find("no value") !=
              std::string::npos);
  v = value_of(mil::FLOAT32, {0, 4});
  immediate(v);
  EXPECT_EQ((*read(v))->size(), 0);
}

TEST(MilValues, TheWrongMemberIsRefused) {
  mil::Value v = value_of(mil::FLOAT16, {1});
  immediate(v).mutable_floats()->add_values(1);
  expect_contains(error_of(v), "not given as bytes");
  v = value_of(mil::FLOAT32, {1});
  immediate(v).mutable_bytes()->set_values("1234");
  expect_contains(error_of(v), "not given as floats");
  v = value_of(mil::INT32, {1});
  immediate(v).mutable_longints()->add_values(1);
  expect_contains(error_of(v), "not given as ints");
  v = value_of(mil::INT32, {1});
  expect_contains(error_of(v), "no value");
  v.mutable_immediatevalue();
  expect_contains(error_of(v), "not one of its type");
}

TEST(MilValues, CountsAndRangesAreChecked) {
  expect_contains(error_of(floats_value({2, 2}, {1, 2, 3})), "3 values, its type");
  expect_contains(error_of(floats_value({1 << 30}, {1})), "needs 1073741824");
  mil::Value v = value_of(mil::INT16, {1});
  immediate(v).mutable_ints()->add_values(32768);
  expect_contains(error_of(v), "the value 32768 does not fit");
  v = value_of(mil::UINT16, {1});
  immediate(v).mutable_ints()->add_values(-1);
  expect_contains(error_of(v), "does not fit");
  v = value_of(mil::UINT3, {3});
  immediate(v).mutable_bytes()->set_values("1");
  expect_contains(error_of(v), "has 1 bytes");
  expect_contains(error_of(value_of(mil::FLOAT32, {-1})), "unknown extents");
}

mil::Value string_list(std::initializer_list<std::string_view> texts, uint64_t length) {
  mil::Value list;
  *list.mutable_type()->mutable_listtype()->mutable_type() = tensor_type(mil::STRING, {});
  list.mutable_type()->mutable_listtype()->mutable_length()->mutable_constant()->set_size(length);
  list.mutable_immediatevalue()->mutable_list();
  for (const std::string_view text : texts)
    *list.mutable_immediatevalue()->mutable_list()->add_values() = string_value(text);
  return list;
}

TEST(MilValues, Aggregates) {
  const auto list = read(string_list({"cat", "dog"}, 2));
  ASSERT_TRUE(list) << list.error().to_string();
  ASSERT_EQ((*list)->members().size(), 2u);
  EXPECT_EQ((*list)->members()[1]->text(), "dog");
  expect_contains(error_of(string_list({"cat"}, 2)), "1 members");
  mil::Value mixed = string_list({"cat"}, 2);
  *mixed.mutable_immediatevalue()->mutable_list()->add_values() = floats_value({}, {1});
  expect_contains(error_of(mixed), "a member is a fp32, string is expected");
  mil::Value tensor = string_list({"cat"}, 1);
  tensor.mutable_immediatevalue()->mutable_tensor();
  expect_contains(error_of(tensor), "not one of its type");
}

/// A package with one weight file that holds a float16 [12] at 64.
format::WeightFiles weights_in(const TemporaryFolder& folder) {
  format::WeightWriter writer;
  std::vector<std::byte> halves(24, std::byte{0x3c});
  writer.add(format::BlobType::kFloat16, 12, halves);
  const std::vector<std::byte> file = std::move(writer).finish();
  folder.write("p/Data/m", "");
  folder.write("p/Data/weights/weight.bin",
               {reinterpret_cast<const char*>(file.data()), file.size()});
  return format::WeightFiles(
      {folder.path() / "p", folder.path() / "p/Data/m", folder.path() / "p/Data/weights"});
}

TEST(MilValues, BlobsAreViewedAndHeldToTheirType) {
  const TemporaryFolder folder;
  WeightCache cache(weights_in(folder));
  mil::Value v = value_of(mil::FLOAT16, {3, 4});
  v.mutable_blobfilevalue()->set_filename("@model_path/weights/weight.bin");
  v.mutable_blobfilevalue()->set_offset(64);
  const auto literal = read_value(v, cache);
  ASSERT_TRUE(literal) << literal.error().to_string();
  EXPECT_EQ((*literal)->bytes().size(), 24u);
  ASSERT_TRUE((*literal)->blob());
  EXPECT_EQ((*literal)->blob()->offset, 64u);
  const auto error = [&](const mil::Value& value) {
    const auto result = read_value(value, cache);
    return result ? "" : result.error().to_string();
  };
  *v.mutable_type() = tensor_type(mil::FLOAT16, {3, 5});
  expect_contains(error(v), "holds 12 elements");
  *v.mutable_type() = tensor_type(mil::FLOAT32, {6});
  expect_contains(error(v), "holds float16, the constant is a tensor<fp32, [6]>");
  *v.mutable_type() = tensor_type(mil::INT64, {3});
  expect_contains(error(v), "holds float16");
  *v.mutable_type() = tensor_type(mil::FLOAT16, {12});
  v.mutable_blobfilevalue()->set_offset(65);
  EXPECT_NE(error(v), "");
  v.mutable_blobfilevalue()->set_offset(64);
  v.mutable_blobfilevalue()->set_filename("@model_path/../../weight.bin");
  expect_contains(error(v), "leaves the package");
}

}  // namespace
}  // namespace pome::import
