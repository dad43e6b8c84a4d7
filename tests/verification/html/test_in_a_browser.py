"""A browser opens the page, and a script clicks through it and writes down what it sees."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nnframe.verification import VerificationReport
from tests.verification.html.reports import HOSTILE, faulty, hostile, large

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REQUIRED = os.environ.get("NNFRAME_BROWSER") == "required"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--dump-dom",
]

pytestmark = pytest.mark.skipif(BROWSER is None and not REQUIRED, reason="there is no chromium")


def ask(report: VerificationReport, script: str, folder: Path, title: str = "report") -> Any:
    """Open the page in a browser, run a script in it, and return what the script returns."""
    outcome = f"<pre id=outcome></pre><script>outcome.textContent = JSON.stringify((() => {{{script}}})())</script>"
    page = folder / "page.html"
    page.write_text(report.to_html(title).replace("</body>", outcome + "</body>"), encoding="utf-8")
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r"<pre id=\"outcome\">(.*?)</pre>", done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(html.unescape(found[1]))


SHOWN = "const shown = () => [...document.querySelectorAll('tbody')].filter((b) => !b.hidden);"
PATHS = SHOWN + "const paths = () => shown().map((b) => b.querySelector('.more').textContent.trim());"


def test_a_click_opens_a_row_and_another_closes_it(tmp_path: Path) -> None:
    script = """
      const more = document.querySelector('.more'), detail = document.querySelector('.detail');
      const seen = [detail.hidden];
      more.click(); seen.push(detail.hidden, more.getAttribute('aria-expanded'), detail.offsetHeight > 200);
      seen.push([...detail.querySelectorAll('img')].every((image) => image.naturalWidth > 0));
      more.click(); seen.push(detail.hidden);
      return seen;"""
    assert ask(faulty(), script, tmp_path) == [True, False, "true", True, True, True]


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(tmp_path: Path) -> None:
    script = (
        PATHS
        + """
      const headings = [...document.querySelectorAll('th button')];
      const seen = [paths()];
      headings[0].click(); seen.push(paths());
      headings[0].click(); seen.push(paths());
      headings[3].click(); seen.push(paths().slice(0, 1));
      return seen;"""
    )
    report = large(12)
    first, down, up, numeric = ask(report, script, tmp_path)
    assert sorted(first[:2]) == ["0.weight", "10.weight"]
    assert down == [f"{number}.weight" for number in range(12)]
    assert up == down[::-1]
    assert numeric == ["11.weight"]


def test_the_filter_and_the_box_leave_only_what_is_looked_for(tmp_path: Path) -> None:
    script = (
        PATHS
        + """
      const filter = document.getElementById('filter'), wrong = document.getElementById('wrong');
      const type = (text) => { filter.value = text; filter.dispatchEvent(new Event('input')); };
      const seen = [shown().length];
      type('19'); seen.push(paths().sort());
      type('weight fail'); seen.push(shown().length);
      type(''); wrong.click(); seen.push(shown().length, document.getElementById('count').textContent);
      return seen;"""
    )
    every, with_19, failing, wrong, count = ask(large(), script, tmp_path)
    assert every == 200
    assert with_19 == sorted(["19.weight", "119.weight", *(f"{number}.weight" for number in range(190, 200))])
    assert failing == wrong == 20
    assert count == "20 of 200 shown"


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_is_wider_than_the_screen(width: int, tmp_path: Path) -> None:
    script = f"""
      const frame = document.createElement('iframe');
      frame.style.width = '{width}px';
      document.body.append(frame);
      const inside = frame.contentDocument;
      inside.open(); inside.write(source); inside.close();
      for (const button of inside.querySelectorAll('.more')) button.click();
      const table = inside.querySelector('.scroll');
      const hidden = table.scrollWidth - table.clientWidth;
      return [inside.querySelectorAll('svg[role=img]').length, inside.documentElement.scrollWidth, hidden];"""
    source = json.dumps(faulty().to_html()).replace("</", "<\\/")
    pictures, widest, hidden = ask(faulty(), f"const source = {source};{script}", tmp_path)
    assert pictures == 6
    assert 0 < widest <= width
    assert hidden == 0


def test_two_hundred_gradients_sort_at_once(tmp_path: Path) -> None:
    script = """
      const started = performance.now();
      for (const button of document.querySelectorAll('th button')) button.click();
      document.body.offsetHeight;
      return performance.now() - started;"""
    assert ask(large(), script, tmp_path) < 1500


def test_hostile_texts_do_nothing(tmp_path: Path) -> None:
    script = """
      document.querySelector('.more').click();
      return [document.title, document.querySelector('.more').textContent.trim(), document.images.length];"""
    title, path, images = ask(hostile(), script, tmp_path, HOSTILE)
    assert title == f"{HOSTILE}: FAIL"
    assert (path, images) == (HOSTILE, 0)
