#!/usr/bin/env python3
"""Prints generate/reserved_words.cc: the keywords of C++ and Python, and the macros that C's and C++'s headers define, with
g++ and clang++, in their GNU and their strict mode. Run it again with newer compilers: words only ever come along.

    python3 tools/make_reserved_words.py > generate/reserved_words.cc
"""
import keyword
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "generate/reserved_words.cc"

CPP = """alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl
concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double
dynamic_cast else enum explicit export extern false float for friend goto if import inline int long module mutable namespace
new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires return short
signed sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename
typeof union unsigned using virtual void volatile wchar_t while xor xor_eq final override asm fortran
restrict unix linux i386 near far interface small""".split()
# Headers that programs include beside ours; those that a compiler lacks are left out.
HEADERS = """algorithm any array atomic barrier bit bitset cassert ccomplex cctype cerrno cfenv cfloat charconv chrono cinttypes
climits clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem forward_list fstream functional future
initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new
numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location
span sstream stack stdexcept stop_token streambuf string string_view strstream syncstream system_error thread tuple typeindex
typeinfo type_traits unordered_map unordered_set utility valarray variant vector version assert.h complex.h unistd.h
sys/types.h sys/stat.h sys/socket.h sys/mman.h sys/time.h netinet/in.h pthread.h dirent.h dlfcn.h fcntl.h signal.h poll.h
termios.h""".split()


def macros(compiler, standard):
    """Macros that begin with a letter, of all headers together."""
    source = "".join(f"#if __has_include(<{h}>)\n#include <{h}>\n#endif\n" for h in HEADERS)
    done = subprocess.run([compiler, f"-std={standard}", "-w", "-dM", "-E", "-x", "c++", "-"], input=source, text=True,
                          capture_output=True, check=True)
    return {m for m in re.findall(r"^#define ([A-Za-z]\w*)", done.stdout, re.M)}


def wanted(word):
    """What an identifier of ours may be: no two underscores in a row, none at an end."""
    return re.fullmatch(r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*", word) is not None


def array(name, words):
    lines = [""]
    for word in sorted(words):
        item = f'"{word}",'
        if len(lines[-1]) + len(item) + 1 > 94:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "    ") + item
    return (f"constexpr std::array<std::string_view, {len(words)}> {name} = {{\n" + "\n".join(lines).rstrip(",") + "};\n")


def main():
    python = set(keyword.kwlist)
    cpp = set(CPP)
    for compiler in ("g++", "clang++"):
        for standard in ("c++20", "gnu++20"):
            cpp |= macros(compiler, standard)
    if TABLE.exists():
        old = re.search(r"kCppWords = \{(.*?)\};", TABLE.read_text(), re.S)
        cpp |= set(re.findall(r'"(\w+)"', old[1])) if old else set()
    print(f'''// Words that cannot name a member. Made by tools/make_reserved_words.py: edit that.
#include <algorithm>
#include <array>
#include <string_view>

#include "generate/names.h"

namespace pome::generate {{
namespace {{

// Keywords, and macros of C's and C++'s headers. Sorted.
// clang-format off
{array("kCppWords", {w for w in cpp if wanted(w)})}
// Keywords. Sorted.
{array("kPythonWords", python)}
// clang-format on
}}  // namespace

bool is_reserved(std::string_view word, Language language) {{
  return language == Language::kCpp ? std::ranges::binary_search(kCppWords, word)
                                    : std::ranges::binary_search(kPythonWords, word);
}}

}}  // namespace pome::generate''')


if __name__ == "__main__":
    main()
