"""The page in the dark and on a telephone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TABS = {
    "Chat": "#chat-box",
    "Airline": "#airline-box",
    "Brochure": "#brochure-write",
    "Knowledge": "#knowledge-box",
    "Prices": "#price-estimate",
}
LUMINANCE = """(element, property) => {
  for (let at = element; at; at = at.parentElement) {
    const [r, g, b, alpha = 1] = getComputedStyle(at)[property].match(/[\\d.]+/g).map(Number);
    if (alpha > 0.5) return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  }
  return 1;
}"""


def luminance(person, selector: str, what: str) -> float:
    """How bright it is there, from 0 to 1: ``color`` or ``backgroundColor``."""
    return person.find(selector).first.evaluate(LUMINANCE, what)


@pytest.fixture
def telephone(visit):
    return visit(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True, is_mobile=True)


@pytest.mark.parametrize("tab", TABS)
def test_nothing_is_wider_than_a_telephone(telephone, tab):
    show_on_telephone(telephone, tab)
    used = telephone.find(TABS[tab])
    used.scroll_into_view_if_needed()
    expect(used).to_be_in_viewport(ratio=1)
    edges = used.bounding_box()
    assert edges["x"] >= 0
    assert edges["x"] + edges["width"] <= 390
    assert telephone.page.evaluate("document.documentElement.scrollWidth") <= 390


def show_on_telephone(person, tab: str) -> None:
    """Gradio folds the tabs that do not fit into a menu."""
    folded = person.page.get_by_role("tab", name=tab, exact=True)
    if not folded.locator("visible=true").count():
        person.page.get_by_label("More tabs").or_(person.find(".overflow-menu > button")).first.click()
        person.find(".overflow-dropdown").get_by_text(tab, exact=True).click()
    else:
        folded.click()
    expect(person.find(TABS[tab])).to_be_visible()


def test_a_telephone_shows_the_box_and_the_answer_without_scrolling_sideways(telephone):
    expect(telephone.find("#chat-box")).to_be_visible()
    rules = b"# Rules\n\n" + b"Quiet_hours_" * 40 + b" end at 07:15.\n\n    " + b"code " * 60 + b"\n"
    telephone.attach("rules.md", rules, "text/markdown")
    telephone.converse("When does the quiet end?")
    expect(telephone.messages).to_contain_text("07:15")
    assert telephone.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("tab", TABS)
def test_in_the_dark_light_letters_stand_on_a_dark_ground(visit, tab):
    person = visit(color_scheme="dark")
    person.show(tab)
    expect(person.find(TABS[tab])).to_be_visible()
    assert luminance(person, "body", "backgroundColor") < 0.2
    for place in (".masthead h1", "#status p", "#provider input", TABS[tab]):
        ground = luminance(person, place, "backgroundColor")
        letters = luminance(person, place, "color")
        assert abs(letters - ground) > 0.3, (place, letters, ground)
        assert place == TABS[tab] or ground < 0.25


def test_by_day_dark_letters_stand_on_a_light_ground(visit):
    person = visit(color_scheme="light")
    assert luminance(person, "body", "backgroundColor") > 0.85
    assert luminance(person, "#provider input", "color") < 0.4


def test_the_keyboard_alone_is_enough_to_converse(person):
    person.box.focus()
    person.page.keyboard.type("Which files can I attach?")
    person.page.keyboard.press("Enter")
    expect(person.notes).to_have_count(1)
    person.page.keyboard.type("How do I use Ollama?")
    person.page.keyboard.press("Enter")
    expect(person.notes).to_have_count(2)
