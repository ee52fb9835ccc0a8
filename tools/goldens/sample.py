"""Reads sample lines of the op table (notation: src/ops/sample.h) and makes the same data, bit for bit, as sample.cc."""

import numpy as np

DTYPES = {
    "bool": np.bool_, "fp16": np.float16, "fp32": np.float32, "fp64": np.float64,
    "int4": np.int8, "int8": np.int8, "int16": np.int16, "int32": np.int32, "int64": np.int64,
    "uint1": np.uint8, "uint2": np.uint8, "uint3": np.uint8, "uint4": np.uint8, "uint6": np.uint8,
    "uint8": np.uint8, "uint16": np.uint16, "uint32": np.uint32,
}
BITS = {"int4": 4, "uint1": 1, "uint2": 2, "uint3": 3, "uint4": 4, "uint6": 6}
U64 = np.uint64
MASK = (1 << 64) - 1


def fnv(h, text):
    for byte in text.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return (h * 0x100000001B3) & MASK


def random_bits(seed, n):
    with np.errstate(over="ignore"):
        z = U64(seed) + (np.arange(n, dtype=U64) + U64(1)) * U64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> U64(30))) * U64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> U64(27))) * U64(0x94D049BB133111EB)
        return z ^ (z >> U64(31))


def default_range(name):
    if name.startswith("fp"):
        return -1, 1
    bits = BITS.get(name, np.dtype(DTYPES[name]).itemsize * 8)
    if name.startswith("int"):
        return (-8, 7) if bits < 5 else (-10, 10)
    return 0, min(10, (1 << min(bits, 8)) - 1)


def random_tensor(name, shape, seed, bounds):
    n = int(np.prod(shape, dtype=np.int64)) if shape else 1
    u = random_bits(seed, n)
    lo, hi = bounds or default_range(name)
    dtype = DTYPES[name]
    if name == "bool":
        values = (u >> U64(63)).astype(bool)
    elif name.startswith("fp"):
        lo, hi = float(np.float32(lo)), float(np.float32(hi))
        values = (lo + (hi - lo) * ((u >> U64(40)).astype(np.float64) * 2.0**-24)).astype(np.float32)
    else:
        values = (u >> U64(16)) % U64(int(hi) - int(lo) + 1)
        values = values.astype(np.int64) + int(lo)
    return values.astype(dtype).reshape(shape)


class Named(np.ndarray):
    """An array that remembers MIL's name of its dtype (`mil`): sub-byte types live in 8-bit arrays."""

    mil = None


def named(array, mil):
    out = np.asarray(array).view(Named)
    out.mil = mil
    return out


class _Reader:
    def __init__(self, text, seed):
        self.text, self.pos, self.seed = text, 0, seed

    def peek(self, s):
        return self.text.startswith(s, self.pos)

    def take(self, s):
        if self.peek(s):
            self.pos += len(s)
            return True
        return False

    def until(self, stops):
        start = self.pos
        while self.pos < len(self.text) and self.text[self.pos] not in stops:
            self.pos += 1
        return self.text[start:self.pos]

    def value(self, index):
        dtype = None
        as_list = False
        while True:
            if self.take("const:") or self.take("run:"):
                continue
            if self.take("list:"):
                as_list = True
                continue
            name = next((d for d in DTYPES if self.peek(d + ":") or self.peek(d + "[")), None)
            if name is None:
                break
            self.take(name)
            if self.take(":"):
                dtype = name
                continue
            self.take("[")
            dims = [int(d) for d in self.until("]").split(",") if d]
            self.take("]")
            bounds = None
            if self.take("{"):
                lo, hi = self.until("}").split("..")
                bounds = float(lo), float(hi)
                self.take("}")
            return named(random_tensor(name, dims, fnv(self.seed, str(index)), bounds), name)
        values = self.elements()
        if as_list:
            return values
        if dtype is None:
            flat = np.array(values).ravel().tolist() or [0]
            kinds = {bool: "bool", int: "int32", float: "fp32", str: None}
            dtype = kinds[type(flat[0])]
            if dtype is None:
                return values if isinstance(values, str) else np.array(values)
        if dtype.startswith("fp"):
            values = np.array(values, np.float64).astype(np.float32)
        return named(np.array(values).astype(DTYPES[dtype]), dtype)

    def elements(self):
        if self.take("["):
            out = []
            while not self.take("]"):
                out.append(self.elements())
                self.take(",")
            return out
        if self.take('"'):
            s = self.until('"')
            self.take('"')
            return s
        word = self.until(",]) ")
        if word in ("true", "false"):
            return word == "true"
        return float(word) if any(c in word for c in ".einf") else int(word)


def parse(op, line, canonical):
    """{param: array, str, list, or list of arrays for a tuple}; the data hangs on the original `line`."""
    args = {}
    reader = _Reader(canonical, 0)
    while reader.pos < len(canonical):
        param = reader.until("=")
        reader.take("=")
        reader.seed = fnv(fnv(fnv(0xCBF29CE484222325, op), line), param)
        if reader.take("("):
            values = []
            while not reader.take(")"):
                values.append(reader.value(len(values)))
                reader.take(",")
            args[param] = values
        else:
            args[param] = reader.value(0)
        reader.take(" ")
    return args
