"""Calls the program under test the way a shell would."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOOL = shutil.which("ingot")  # lit puts build/bin first
BUILD = pathlib.Path(TOOL).resolve().parents[1] if TOOL else None


class ProgramTest(unittest.TestCase):
    """Each test has an empty folder of its own."""

    def setUp(self):
        self.assertIsNotNone(TOOL, "ingot is not in PATH")
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = pathlib.Path(place.name)

    def ingot(self, *arguments, status=0, timeout=120):
        """The finished process; `status` is what it must exit with."""
        done = subprocess.run([TOOL, *map(str, arguments)], cwd=self.folder, text=True,
                              capture_output=True, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL, errors="replace")
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def error(self, *arguments, status):
        """What a command that fails says; nothing of it may be on stdout."""
        done = self.ingot(*arguments, status=status)
        self.assertEqual(done.stdout, "", arguments)
        self.assertIn("error: ", done.stderr, arguments)
        return done.stderr

    def files(self):
        """The names in the test's folder."""
        return sorted(each.name for each in self.folder.iterdir())
