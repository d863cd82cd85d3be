"""A dashboard's page and the home page in a real browser: what they ask for, and what they look like."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from serving import ECHO, serving_dashboards, write_notebook


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboards")
    write_notebook(folder / "compare.ipynb", ECHO)
    write_notebook(folder / "plain.ipynb", title="Words alone")
    write_notebook(
        folder / "math.ipynb",
        "from IPython.display import Markdown; Markdown('$x^2$')",
        title="A formula: $y$",
    )
    with serving_dashboards(folder, tmp_path_factory.mktemp("log") / "log", "--preheated", "1") as running:
        yield running


@pytest.fixture
def page(chromium: Browser):
    """A page that remembers every address it asked for, and what it complained about."""
    page = chromium.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    page.close()


def hosts(page: Page) -> set[str]:
    return {urlsplit(url).hostname for url in page.asked if urlsplit(url).scheme not in ("data", "blob")}


def test_widget_answers_and_nobody_else_is_asked(site, page):
    page.goto(f"{site.url}/voila/render/compare.ipynb")
    page.wait_for_selector('[data-ready="answered"]', state="attached")
    page.wait_for_timeout(500)  # what comes late would come now
    assert hosts(page) == {"127.0.0.1"}
    assert page.complaints == []
    assert page.title() == "Compare methods - workbench"
    assert page.is_hidden("#skeleton")
    assert not any(url.endswith("1996.voila.js") for url in page.asked), "MathJax without a formula"
    assert len(page.asked) < 45


def test_a_page_of_words_shows_no_skeleton_for_ever(site, page):
    page.goto(f"{site.url}/voila/render/plain.ipynb")
    page.wait_for_selector("h1:has-text('Words alone')")
    page.wait_for_selector("#skeleton", state="hidden")
    assert page.complaints == []


def test_formulas_are_typeset(site, page):
    page.goto(f"{site.url}/voila/render/math.ipynb")
    page.wait_for_selector("mjx-container", state="attached")
    assert hosts(page) == {"127.0.0.1"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_follows_the_system(site, chromium, scheme):
    page = chromium.new_page(color_scheme=scheme)
    page.goto(f"{site.url}/voila/render/plain.ipynb")
    page.wait_for_selector("h1")
    assert page.get_attribute("body", "data-jp-theme-light") == str(scheme == "light").lower()
    red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    assert (int(red) > 128) == (scheme == "light")
    page.close()


def test_home_page(site, page):
    page.goto(site.url)
    links = page.get_by_role("link")
    assert links.count() == 3
    assert page.get_by_role("heading", level=2).all_inner_texts() == [
        "A formula: $y$",
        "Compare methods",
        "Words alone",
    ]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"
    assert hosts(page) == {"127.0.0.1"}
    assert page.complaints == []


def test_leaving_a_page_ends_its_kernel(site, page):
    page.goto(f"{site.url}/voila/render/compare.ipynb")
    page.wait_for_selector('[data-ready="answered"]', state="attached")
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    assert site.get(f"/api/kernels/{kernel}")[0] == 200
    page.goto("about:blank")
    for _ in range(50):
        if site.get(f"/api/kernels/{kernel}")[0] == 404:
            return
        page.wait_for_timeout(200)
    pytest.fail("the kernel outlived its page")
