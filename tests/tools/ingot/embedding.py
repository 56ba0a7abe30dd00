"""python -m tests.tools.ingot.embedding, with the program `ingot` in PATH.

What a C or C++ program has of a compiled model, by the compiler `cc` under its strictest flags.
"""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import ml_dtypes
import numpy as np
from onnx import parser

from tests.models import MODELS, reference

from .bad_inputs import HOSTILE, named
from .program import ProgramTest

ABI = pathlib.Path(__file__).resolve().parents[3] / "runtime/include/ingot/abi.h"
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
C_STANDARDS = ["-std=c99", "-std=c11", "-std=c17"]
CXX_STANDARDS = ["-std=c++11", "-std=c++17", "-std=c++20"]

# Ten lines of C99.
DIGITS = """#include "digits.h"
#include <stdio.h>
static float image[28 * 28], scores[10];
static char memory[DIGITS_WORKSPACE_BYTES + 64];
int main(void) {
  char *workspace = memory + (64 - (uintptr_t)memory % 64) % 64;
  for (int i = 0; i < 28 * 28; ++i) image[i] = (float)(i % 255) / 255;
  if (digits_run(image, scores, workspace)) return 1;
  for (int i = 0; i < 10; ++i) printf("%.9g\\n", scores[i]);
}
"""

# The same in C++20, with the sizes that its types have.
DIGITS_CXX = """#include "digits.h"
#include <array>
#include <cstdio>
static std::array<float, 28 * 28> image;
static std::array<float, SCORES> scores;
alignas(64) static std::array<std::byte, DIGITS_WORKSPACE_BYTES> workspace;
int main() {
  for (int i = 0; i < 28 * 28; ++i) image[i] = (float)(i % 255) / 255;
  if (digits_run(image, scores, workspace)) return 1;
  for (float score : scores) std::printf("%.9g\\n", score);
}
"""

# The caller's modes: rounding, on x86-64 denormals taken and given as 0, and all exceptions unmasked.
MODES = """#define _GNU_SOURCE
#include "modes.h"
#include <fenv.h>
#include <stdio.h>
#include <string.h>
#ifdef __SSE__
#include <xmmintrin.h>
#endif
static float x[50], y[3][50], first[3][50];
_Alignas(64) static char workspace[MODES_WORKSPACE_BYTES + 64];
static void call(void) { if (modes_run(x, y[0], y[1], y[2], workspace)) puts("failed"); }
static void check(const char *what) {
  fesetenv(FE_DFL_ENV);
  if (memcmp(y, first, sizeof y)) printf("%s changes results\\n", what);
}
int main(void) {
  int rounding[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  for (int i = 0; i < 50; ++i) x[i] = (float)(i + 1) * (i % 5 ? 1e-39f : .37f);
  call();
  memcpy(first, y, sizeof y);
  for (int i = 0; i < 4; ++i) {
    fesetround(rounding[i]);
    feraiseexcept(FE_OVERFLOW);
    int flags = fetestexcept(FE_ALL_EXCEPT);
    call();
    if (fegetround() != rounding[i]) puts("the caller's rounding is lost");
    if (fetestexcept(FE_ALL_EXCEPT) != flags) puts("the caller's flags are not as they were");
    check("rounding");
  }
#ifdef __SSE__
  _mm_setcsr(0x9fc0);
  call();
  if (_mm_getcsr() != 0x9fc0) puts("the caller's denormal modes are lost");
  check("denormal mode");
#endif
  feenableexcept(FE_ALL_EXCEPT);
  call();
  check("unmasked exceptions");
  puts("done");
}
"""

TYPES = {"float": np.float32, "double": np.float64, "float16": np.float16,
         "bfloat16": ml_dtypes.bfloat16, "int8": np.int8, "uint8": np.uint8, "int16": np.int16,
         "uint16": np.uint16, "int32": np.int32, "uint32": np.uint32, "int64": np.int64,
         "uint64": np.uint64, "bool": np.bool_, "complex64": np.complex64,
         "complex128": np.complex128, "int4": ml_dtypes.int4, "uint2": ml_dtypes.uint2,
         "float8e4m3fn": ml_dtypes.float8_e4m3fn}
KEYWORDS = """_Bool alignas and asm bitand char8_t co_await compl concept consteval constexpr constinit
const_cast decltype dynamic_cast inline noexcept nullptr or_eq protected requires restrict signed
sizeof static_assert std thread_local typeid typeof uint8_t wchar_t workspace xor_eq""".split()

# Headers of C and POSIX that define names in other forms than capitals, and many in capitals.
SYSTEM = """complex ctype dirent errno fenv float inttypes limits locale math netdb netinet/in
pthread sched signal stdio stdlib string sys/dir sys/socket sys/stat termios time unistd utmp
utmpx wchar""".split()


class EmbeddingTest(ProgramTest):
    def call(self, *words, succeeds=True):
        done = subprocess.run([str(word) for word in words], cwd=self.folder, text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode == 0, succeeds, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def accept(self, header, standards, language):
        """A program of nothing but the header, twice."""
        suffix = "c" if language == "c" else "cpp"
        self.write(f"only.{suffix}", f'#include "{header}"\n#include "{header}"\n'
                                     "int main(void) { return 0; }\n")
        for standard in standards:
            with self.subTest([header, standard]):
                self.call("cc", standard, *STRICT, "-fsyntax-only", f"only.{suffix}")


class Digits(EmbeddingTest):
    """A convolutional network of fixed shapes on one thread: the object is all there is to link."""

    def setUp(self):
        super().setUp()
        model, _ = MODELS["keras_cnn"]("small")
        (self.folder / "digits.onnx").write_bytes(model.SerializeToString())
        image = (np.arange(28 * 28) % 255 / 255).astype(np.float32).reshape(1, 28, 28, 1)
        self.expected = reference.outputs(model, [{"image": image}])[0][0].reshape(-1)
        self.write("main.c", DIGITS)

    def compile(self, output):
        self.ingot("compile", "digits.onnx", "-o", output, "--shape=image:1x28x28x1")

    def check(self, program):
        scores = np.array(self.call(program).split(), np.float32)
        np.testing.assert_allclose(scores, self.expected, rtol=0,
                                   atol=1e-4 * np.abs(self.expected).max())

    def test_ten_lines_of_c99_link_with_the_object_and_nothing_else(self):
        self.compile("digits.o")
        self.assertEqual(len(DIGITS.splitlines()), 10)
        self.call("cc", "-std=c99", *STRICT, "main.c", "digits.o")
        self.check("./a.out")

    def test_links_with_the_library(self):
        self.compile("digits.a")
        self.call("cc", "-std=c99", *STRICT, "main.c", "digits.a")
        self.check("./a.out")

    def test_links_with_the_shared_library_that_ingot_wrote(self):
        self.compile("digits.so")
        self.compile("digits.o")  # for its header
        os.remove(self.folder / "digits.o")
        self.call("cc", "-std=c99", *STRICT, "main.c", "./digits.so", "-o", "main")
        self.check("./main")
        needed = self.call("ldd", "./digits.so")
        self.assertNotIn("ingot", needed.replace(str(self.folder), ""))
        os.remove(self.folder / "digits.so")
        self.assertIn("digits.so", self.call("./main", succeeds=False))

    def test_cxx_20_checks_sizes(self):
        self.compile("digits.o")
        self.write("main.cpp", DIGITS_CXX)
        build = ["c++", "-std=c++20", *STRICT, "main.cpp", "digits.o", "-o", "main"]
        self.call(*build, "-DSCORES=10")
        self.check("./main")
        for wrong in 9, 11:
            self.assertIn("digits_run", self.call(*build, f"-DSCORES={wrong}", succeeds=False))
        # The C function stays beside it, and older C++ has only that.
        self.write("plain.cpp", DIGITS)
        for standard in CXX_STANDARDS:
            self.call("c++", standard, *STRICT, "plain.cpp", "digits.o", "-o", "main")
            self.check("./main")


class Modes(EmbeddingTest):
    def test_the_callers_float_environment_is_set_aside(self):
        """Row 40 of the list of bad inputs, for an object without the library."""
        model = parser.parse_model("""<ir_version: 8, opset_import: ["": 17]>
g (float[50] x) => (float[50] a, float[50] b, float[50] c)
<float third = {0.333333}, float big = {1e30}, float[1] zero = {0}> {
  a = Mul(x, third)  e = Exp(x)  b = Mul(e, third)  m = Mul(x, big)  c = Div(m, zero) }""")
        (self.folder / "modes.onnx").write_bytes(model.SerializeToString())
        self.write("main.c", MODES)
        for cpu in "host", "x86-64-v2":
            self.ingot("compile", "modes.onnx", "-o", "modes.o", f"--cpu={cpu}")
            self.call("cc", "-std=c11", *STRICT, "main.c", "modes.o", "-lm")
            self.assertEqual(self.call("./a.out"), "done\n", cpu)


class Headers(EmbeddingTest):
    def test_the_abi_reads_alone_in_every_standard(self):
        shutil.copy(ABI, self.folder)
        self.accept("abi.h", C_STANDARDS, "c")
        self.accept("abi.h", CXX_STANDARDS, "c++")

    def test_a_models_header_reads_alone_in_every_standard(self):
        for rows in "3", "rows":
            model = parser.parse_model(f"""<ir_version: 8, opset_import: ["": 17]>
g (float[{rows}, 4] x) => (float[{rows}, 4] y) {{ y = Relu(x) }}""")
            (self.folder / "m.onnx").write_bytes(model.SerializeToString())
            self.ingot("compile", "m.onnx", "-o", "m.o")
            self.accept("m.h", C_STANDARDS, "c")
            self.accept("m.h", CXX_STANDARDS, "c++")

    def test_hostile_names_are_no_parameters(self):
        """Row 23 of the list of bad inputs, and the words of C and C++."""
        for names in KEYWORDS, HOSTILE:
            (self.folder / "m.onnx").write_bytes(named(names).SerializeToString())
            self.ingot("compile", "m.onnx", "-o", "m.o")
            self.accept("m.h", C_STANDARDS, "c")
            self.accept("m.h", CXX_STANDARDS, "c++")

    def test_names_of_macros_and_of_the_header_are_no_parameters(self):
        """Whatever is included before: all macros without arguments of these headers."""
        includes = "".join(f"#include <{name}.h>\n" for name in SYSTEM)
        self.write("before.c", includes)
        defined = self.call("cc", "-std=gnu17", "-D_GNU_SOURCE", "-dM", "-E", "before.c")
        macros = sorted(set(re.findall(r"^#define ([A-Za-z]\w*) ", defined, re.MULTILINE)))
        self.assertGreater(len(macros), 1000)
        odd = {each for each in macros if re.search("[a-z]", each)}
        for names in (sorted(odd.union(macros[::25])),
                      ["I", "NULL", "EOF", "NAN", "linux", "unix", "errno", "M_PI", "m_run", "m_run_",
                       "linux_", "m", "ingot_model", "ingot_model_m", "M_WORKSPACE_BYTES", "std",
                       "INGOT_GENERATED_M_H", "int8_t", "uint64_t", "stdin", "A", "span", "byte"]):
            model = named(names)
            for value in model.graph.input[-1], model.graph.output[-1]:
                value.type.tensor_type.elem_type = 3  # int8, behind a parameter 'int8_t'
            (self.folder / "m.onnx").write_bytes(model.SerializeToString())
            self.ingot("compile", "m.onnx", "-o", "m.o", "-O0")
            self.write("all.h", includes + '#include "m.h"\n')
            gnu = "-D_GNU_SOURCE"
            for standard in ("-std=gnu17", "-std=gnu11"):
                self.write("only.c", '#include "all.h"\nint main(void) { return 0; }\n')
                self.call("cc", standard, gnu, *STRICT, "-fsyntax-only", "only.c")
            for standard in ("-std=gnu++17", "-std=gnu++20"):
                self.write("only.cpp", '#include "all.h"\nint main() { return 0; }\n')
                self.call("cc", standard, gnu, *STRICT, "-fsyntax-only", "only.cpp")

    def test_extents_are_those_of_the_buffers(self):
        """As many elements of the C type as the tensor's bytes hold, packed and complex ones too."""
        for name, kind in TYPES.items():
            model = parser.parse_model(f"""<ir_version: 13, opset_import: ["": 25]>
g ({name}[3, 3] x) => ({name}[3, 3] y) {{ y = Transpose(x) }}""")
            (self.folder / "m.onnx").write_bytes(model.SerializeToString())
            self.ingot("compile", "m.onnx", "-o", "m.o")
            header = (self.folder / "m.h").read_text()
            spans = re.findall(r"std::span<(const )?(\w+), (\d+)> (\w+)", header)
            self.assertEqual([(bool(const), each) for const, _, _, each in spans],
                             [(True, "x"), (False, "y")], name)
            bits = {"int4": 4, "uint2": 2}.get(name, np.dtype(kind).itemsize * 8)
            for _, element, extent, _ in spans:
                size = {"float": 4, "double": 8}.get(element) or int(
                    re.fullmatch(r"u?int(\d+)_t", element)[1]) // 8
                self.assertEqual(int(extent) * size, -(-9 * bits // 8), name)

    def test_say_which_version_made_them(self):
        version = self.ingot("--version").stdout.split()[1]
        model = parser.parse_model("""<ir_version: 8, opset_import: ["": 17]>
g (float[3] x) => (float[3] y) { y = Relu(x) }""")
        (self.folder / "m.onnx").write_bytes(model.SerializeToString())
        self.ingot("compile", "m.onnx", "-o", "m.o")
        self.ingot("compile", "m.onnx", "-o", "m.so")
        self.assertIn(f"made by ingot {version}. ", (self.folder / "m.h").read_text())
        self.assertIn(f"ingot {version}", self.ingot("inspect", "m.so").stdout)


if __name__ == "__main__":
    unittest.main()
