"""Costs against figures worked out by hand, and the table against its own rules."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.backends.catalog import PROVIDERS
from switchboard.backends.costs import CARDS, PRICES_AS_OF, context_window, cost, model_card
from switchboard.messages import Usage


def test_input_output_and_cached_tokens_each_have_their_price():
    assert cost("openai", "gpt-5.4-mini", Usage(1_000_000, 1_000_000)) is not None
    assert cost("openai", "gpt-5.4-mini", Usage(10_000, 2_000, 4_000)) == Decimal("0.0138")
    assert cost("claude", "claude-opus-5-5", Usage(1_000, 500)) == Decimal("0.014")


@pytest.mark.parametrize(
    ("provider", "model", "tokens", "dollars"),
    [
        ("claude", "claude-haiku-5-5", 100_000, "0.01"),
        ("claude", "claude-haiku-5-5", 100_001, "0.0500005"),
        ("openai", "gpt-5.5", 272_000, "1.36"),
        ("openai", "gpt-5.5", 272_001, "2.72001"),
    ],
)
def test_a_long_prompt_has_the_price_of_a_long_prompt(provider, model, tokens, dollars):
    assert cost(provider, model, Usage(tokens, 0)) == Decimal(dollars)


@pytest.mark.parametrize("provider", ["reader", "ollama", "Ollama", "Built-in reader", "local"])
def test_what_runs_on_this_machine_costs_nothing(provider):
    assert cost(provider, "llama3.2", Usage(None, None)) == 0


@pytest.mark.parametrize(
    ("provider", "model", "usage"),
    [
        ("openai", "gpt-9", Usage(10, 10)),
        ("compatible", "gpt-5.5", Usage(10, 10)),
        ("claude", "gpt-5.5", Usage(10, 10)),
        ("openai", "gpt-5.5", Usage(None, 10)),
        ("openai", "gpt-5.5", Usage(10, None)),
        ("", "", Usage(1, 1)),
    ],
)
def test_what_is_not_known_is_not_guessed(provider, model, usage):
    assert cost(provider, model, usage) is None


@pytest.mark.parametrize(
    ("snapshot", "model"),
    [
        ("gpt-5.4-mini-2026-03-17", "gpt-5.4-mini"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-5-5-latest", "claude-opus-5-5"),
        (" GPT-5.5 ", "gpt-5.5"),
    ],
)
def test_a_snapshot_is_priced_as_its_model(snapshot, model):
    assert model_card(snapshot) is CARDS[model]


def test_a_variant_is_not_taken_for_its_model():
    assert model_card("gpt-5.5-pro") is None
    assert context_window("gpt-5.5-pro") is None


def test_the_windows_of_the_models_on_the_page_are_known():
    assert context_window("gpt-5.4-mini") == 400_000
    assert context_window("claude-haiku-5-5") == 1_000_000
    for provider in PROVIDERS:
        if provider.name in ("openai", "claude"):
            assert context_window(provider.suggested)


def test_every_price_has_a_page_and_a_day_and_is_plausible():
    official = {"openai": "developers.openai.com", "claude": "platform.claude.com"}
    for name, card in CARDS.items():
        assert name == name.casefold()
        assert urlsplit(card.source).hostname == official[card.provider]
        assert PRICES_AS_OF <= card.checked <= date.today()
        assert card.context_window >= 200_000
        assert 0 < card.price.cached_input < card.price.input < card.price.output
        if card.long_price:
            assert 0 < card.long_over < card.context_window
            assert card.price.input < card.long_price.input


@given(
    model=st.sampled_from(sorted(CARDS)),
    tokens=st.integers(0, 1_000_000),
    cached=st.integers(0, 2_000_000),
    written=st.integers(0, 128_000),
)
def test_cached_tokens_never_make_an_answer_dearer(model, tokens, cached, written):
    provider = CARDS[model].provider
    plain = cost(provider, model, Usage(tokens, written))
    with_cache = cost(provider, model, Usage(tokens, written, cached))
    assert plain is not None
    assert with_cache is not None
    assert 0 <= with_cache <= plain
