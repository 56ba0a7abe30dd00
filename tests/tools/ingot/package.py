"""python -m tests.tools.ingot.package, with the program `ingot` in PATH.

A C project outside of the tree, built against an install tree with ingot_add_model(), and how
the objects link. Needs cc, cmake and ninja.
"""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from onnx import parser

from .program import BUILD, ProgramTest

HERE = pathlib.Path(__file__).resolve().parent
MEMORY = {"memcpy", "memmove", "memset", "memcmp"}


def model(factor, rows="rows"):
    return parser.parse_model(f"""<ir_version: 8, opset_import: ["": 17]>
g (float[{rows}, 4] x) => (float[{rows}, 4] y) <float[4] f = {{{", ".join([str(factor)] * 4)}}}> {{
  m = Mul(x, f)
  y = Relu(m)
}}""").SerializeToString()


def call(*words, folder=None, succeeds=True):
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL, timeout=120)
    if (done.returncode == 0) != succeeds:
        raise AssertionError(f"{words}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


class Package(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.place.cleanup)
        cls.prefix = pathlib.Path(cls.place.name) / "prefix"
        call("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def project(self, rules=None):
        shutil.copytree(HERE / "package", self.folder / "user")
        (self.folder / "user/net.onnx").write_bytes(model(2))
        if rules:
            (self.folder / "user/CMakeLists.txt").write_text(
                "cmake_minimum_required(VERSION 3.16)\nproject(user LANGUAGES C)\n"
                f"find_package(Ingot REQUIRED)\n{rules}\n")

    def configure(self, tree, succeeds=True):
        return call("cmake", "-S", "user", "-B", "build", "-G", "Ninja",
                    f"-DCMAKE_PREFIX_PATH={tree}", folder=self.folder, succeeds=succeeds)

    def printed(self, form):
        return call(self.folder / f"build/use_{form}")

    def test_serves_every_form_from_either_tree(self):
        self.project()
        for tree in self.prefix, BUILD:
            with self.subTest(tree):
                self.configure(tree)
                call("cmake", "--build", "build", folder=self.folder)
                for form in "obj", "lib", "shared":
                    self.assertEqual(self.printed(form), "0 14\n")
                shutil.rmtree(self.folder / "build")

    def test_follows_the_model(self):
        self.project()
        self.configure(self.prefix)
        call("cmake", "--build", "build", folder=self.folder)
        self.assertIn("no work to do", call("cmake", "--build", "build", folder=self.folder))
        (self.folder / "user/net.onnx").write_bytes(model(3))
        call("cmake", "--build", "build", folder=self.folder)
        for form in "obj", "lib", "shared":
            self.assertEqual(self.printed(form), "0 21\n")

    def test_a_shared_library_is_an_artifact(self):
        self.project()
        self.configure(self.prefix)
        call("cmake", "--build", "build", "--target", "net-shared", folder=self.folder)
        self.assertIn("y: float[", self.ingot("run", "build/libnet-shared.so").stdout)

    def test_the_installed_program_makes_executables(self):
        (self.folder / "net.onnx").write_bytes(model(2))
        call(self.prefix / "bin/ingot", "compile", "net.onnx", "-o", "net", folder=self.folder)
        self.assertIn("x", call("./net", "--help", folder=self.folder))

    def test_wrong_arguments_are_named(self):
        for arguments, said in [("", "expected MODEL and a file"),
                                ("MODEL absent.onnx", "there is no"),
                                ("MODEL net.onnx FORM dll", "FORM obj, lib or shared"),
                                ("MODEL net.onnx SHAPE 3", "unknown arguments SHAPE")]:
            with self.subTest(arguments):
                shutil.rmtree(self.folder / "user", ignore_errors=True)
                self.project(f"ingot_add_model(net {arguments})")
                said_all = re.sub(r"\s+", " ", self.configure(self.prefix, succeeds=False))
                self.assertIn(said, said_all)


class Objects(ProgramTest):
    """What a linker sees of a model."""

    def setUp(self):
        super().setUp()
        for name, factor in ("a", 2), ("b", 3):
            (self.folder / f"{name}.onnx").write_bytes(model(factor, rows=2))
            self.ingot("compile", f"{name}.onnx", "-o", f"{name}.o")
            self.ingot("compile", f"{name}.onnx", "-o", f"{name}.a")
        (self.folder / "main.c").write_text(
            '#include "a.h"\n#include "b.h"\n#include <stdio.h>\n'
            "static float x[8] = {1, 1, 1, 1, 1, 1, 1, 1}, y[8], z[8];\n"
            "static _Alignas(64) char space[A_WORKSPACE_BYTES + B_WORKSPACE_BYTES + 1];\n"
            "int main(void) {\n"
            "  return a_run(x, y, space) || b_run(x, z, space) ||\n"
            '         printf("%g %g\\n", y[7], z[7]) < 0;\n}\n')

    def test_only_the_memory_functions_are_undefined(self):
        nm = shutil.which("nm") or shutil.which("llvm-nm")
        undefined = call(nm, "-u", "a.o", folder=self.folder).replace(" U ", "").split()
        self.assertLessEqual(set(undefined), MEMORY)
        exported = call(nm, "-g", "--defined-only", "a.o", folder=self.folder)
        self.assertEqual(sorted(line.split()[-1] for line in exported.splitlines() if line),
                         ["a_run", "ingot_model_a"])

    def test_the_stack_is_not_executable(self):
        readelf = shutil.which("readelf") or shutil.which("llvm-readelf")
        sections = call(readelf, "-SW", "a.o", folder=self.folder)
        note = next(line for line in sections.splitlines() if ".note.GNU-stack" in line)
        self.assertNotIn(" X ", note)

    def test_models_with_equal_kernels_link_in_every_way(self):
        compilers = [each for each in ("gcc", "clang-22", "clang") if shutil.which(each)]
        self.assertTrue(compilers)
        for compiler in compilers:
            for flags in ([], ["-static"], ["-pie"], ["-no-pie"], ["-Wl,--gc-sections"],
                          ["-static-pie", "-Wl,--gc-sections"]):
                for inputs in ["a.o", "b.o"], ["b.o", "a.o"], ["a.a", "b.a"], ["b.a", "a.a"]:
                    with self.subTest(f"{compiler} {flags} {inputs}"):
                        call(compiler, "-Wl,--fatal-warnings", *flags, "main.c", *inputs, "-o",
                             "main", folder=self.folder)
                        self.assertEqual(call("./main", folder=self.folder), "2 3\n")


if __name__ == "__main__":
    unittest.main()
