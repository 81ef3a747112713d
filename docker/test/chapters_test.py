"""Tests of docker/image/chapters.py: python3 docker/test/chapters_test.py"""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "image"))
sys.dont_write_bytecode = True
import chapters  # noqa: E402


class Delivery(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.course, self.home = Path(folder.name, "course"), Path(folder.name, "home")
        self.course.mkdir()
        self.home.mkdir()
        self.own = self.home / "gradus"
        self.put("00.ipynb", "one")

    def put(self, name, text, folder=None):
        path = (folder or self.course) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def deliver(self):
        return chapters.deliver(self.course, self.home)

    def files(self):
        return {p.relative_to(self.own).as_posix(): p.read_text() for p in self.own.rglob("*") if p.is_file() and not p.name.startswith(".")}

    def test_first_start_copies_all_and_says_nothing(self):
        self.put("pictures/a.svg", "a")
        self.put(".ipynb_checkpoints/00.ipynb", "old")
        self.assertEqual(self.deliver(), [])
        self.assertEqual(self.files(), {"00.ipynb": "one", "pictures/a.svg": "a"})

    def test_new_chapter_arrives(self):
        self.deliver()
        self.put("01.ipynb", "next")
        self.assertEqual(self.deliver(), ["01.ipynb is new"])
        self.assertEqual(self.files(), {"00.ipynb": "one", "01.ipynb": "next"})

    def test_untouched_chapter_is_updated(self):
        self.deliver()
        self.put("00.ipynb", "two")
        self.assertEqual(self.deliver(), ["00.ipynb was updated"])
        self.assertEqual(self.files(), {"00.ipynb": "two"})

    def test_changed_chapter_stays_and_the_new_one_comes_beside_it_once(self):
        self.deliver()
        self.put("00.ipynb", "mine", self.own)
        self.put("00.ipynb", "two")
        self.assertEqual(len(self.deliver()), 1)
        self.assertEqual(self.deliver(), [])
        self.assertEqual(self.files(), {"00.ipynb": "mine", "00-new.ipynb": "two"})
        self.put("00.ipynb", "three")
        self.deliver()
        self.assertEqual(self.files(), {"00.ipynb": "mine", "00-new.ipynb": "two", "00-new-2.ipynb": "three"})

    def test_changed_chapter_of_an_unchanged_course_is_left_alone(self):
        self.deliver()
        self.put("00.ipynb", "mine", self.own)
        self.assertEqual(self.deliver(), [])
        self.assertEqual(self.files(), {"00.ipynb": "mine"})

    def test_deleted_chapter_comes_back(self):
        self.deliver()
        (self.own / "00.ipynb").unlink()
        self.deliver()
        self.assertEqual(self.files(), {"00.ipynb": "one"})

    def test_without_the_record_every_copy_counts_as_changed(self):
        for record in (None, "{", "[]"):
            self.deliver()
            self.put("00.ipynb", "mine", self.own)
            self.put("00.ipynb", f"two {record}")
            (self.own / ".delivered.json").unlink() if record is None else self.put(".delivered.json", record, self.own)
            self.deliver()
            self.assertEqual(self.files()["00.ipynb"], "mine")

    def test_a_folder_of_that_name_is_the_students(self):
        (self.own / "00.ipynb").mkdir(parents=True)
        self.assertEqual(self.deliver(), [])

    def test_a_chapter_that_left_the_course_stays_with_the_student(self):
        self.deliver()
        (self.course / "00.ipynb").unlink()
        self.deliver()
        self.assertEqual(self.files(), {"00.ipynb": "one"})


if __name__ == "__main__":
    unittest.main()
