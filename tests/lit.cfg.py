"""lit: what the IR looks like, by ingot-opt and FileCheck. Run over build/tests."""
import os
import platform
import shutil

import lit.formats

config.name = "ingot"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.ingot_build, "tests")
config.excludes = ["models", "conformance", "examples", "Inputs", "CMakeLists.txt"]

# The tools under test first, then FileCheck, not and split-file of the same LLVM.
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.ingot_build, "bin"), config.llvm_tools, os.environ["PATH"]])
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%source", config.ingot_source))


def cpu_flags():
    """The instruction sets of this machine, as Linux names them."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
            for line in info:
                if line.startswith("flags"):
                    return line.split(":", 1)[1].split()
    except OSError:
        pass
    return []


# REQUIRES: x86_64, avx512f …: a test that executes code says what it needs.
config.available_features.add(platform.machine())
config.available_features.update(cpu_flags())
# Programs that tests call by these names, and the sanitizers that the build has.
config.available_features.update(name for name in ("cc", "c++", "cmake", "ninja")
                                 if shutil.which(name))
config.available_features.update(config.sanitizers)
# Models of exporters, which are no part of the checkout: tools/check.sh says where they are.
EXPORTS = os.environ.get("INGOT_EXPORTS", "")
if os.path.isdir(EXPORTS):
    config.available_features.add("exports")
    config.environment["INGOT_EXPORTS"] = EXPORTS
if os.path.exists("/dev/nvidiactl"):
    config.available_features.add("nvidia")
# The CUDA toolkit's assembler, in PATH or where the toolkit installs itself.
PTXAS = shutil.which("ptxas") or shutil.which("/usr/local/cuda/bin/ptxas")
if PTXAS:
    config.available_features.add("ptxas")
    config.substitutions.append(("%ptxas", PTXAS))
