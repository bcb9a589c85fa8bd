"""The settings of an installation, read from the environment.

The one reader of environment variables and of a ``.env`` file. What a visitor chooses on the page is not
here: that belongs to ``sessions.py`` and to the request.
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import AliasChoices, Field, FilePath, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from switchboard.errors import BadInput


class Settings(BaseSettings):
    """Every setting, its name in the environment being ``SWITCHBOARD_`` and the field's, in capitals.

    The providers' own variables keep the names that their SDKs gave them.
    """

    model_config = SettingsConfigDict(
        env_prefix="SWITCHBOARD_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    host: str = Field("127.0.0.1", validation_alias=AliasChoices("SWITCHBOARD_HOST", "GRADIO_SERVER_NAME"))
    """Where the page listens; Hugging Face Spaces names it in Gradio's own variable."""
    port: int = Field(
        7860,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("SWITCHBOARD_PORT", "GRADIO_SERVER_PORT"),
    )
    share: bool = False
    """Open a public link at start; asks for ``auth_user`` and ``auth_password``."""
    auth_user: str = ""
    auth_password: SecretStr = SecretStr("")
    space_id: str = Field("", validation_alias="SPACE_ID")
    """Set by Hugging Face Spaces, where the page is public."""
    public: bool | None = None
    """Whether strangers reach the page; unset, it is so with ``share`` and on Spaces."""
    lend_keys: bool | None = None
    """Whether visitors may use the operator's keys; unset, only where the page is not public."""
    forwarded_headers: bool = False
    """Whether a reverse proxy in front sets ``X-Forwarded-Proto``; on Spaces it does."""

    data_dir: Path = Path("data")
    """Conversations, and the airline's database where ``airline_url`` names no other."""
    airline_url: SecretStr = SecretStr("")
    """The airline's database as a SQLAlchemy URL, such as ``postgresql+psycopg://user:password@host/name``."""
    airline_notes: FilePath | None = None
    """Rules for what the airline's assistant is reminded of (TOML); the airline's own where none is named."""
    vector_dir: Path = Path("vector_db")
    knowledge_dir: Path = Path("knowledge-base")

    provider: str = "reader"
    """The provider that a new visitor finds chosen."""
    model: str = ""
    """The model of that provider; empty takes the suggested one."""
    openai_api_key: SecretStr = Field(SecretStr(""), validation_alias="OPENAI_API_KEY")
    anthropic_api_key: SecretStr = Field(SecretStr(""), validation_alias="ANTHROPIC_API_KEY")
    ollama_host: str = Field("http://127.0.0.1:11434", validation_alias="OLLAMA_HOST")
    openai_url: str = Field("https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL")
    claude_url: str = Field("https://api.anthropic.com", validation_alias="ANTHROPIC_BASE_URL")
    compatible_url: str = ""
    compatible_key: SecretStr = SecretStr("")

    render_pages: bool = False
    """Whether pages that only JavaScript writes are run in a browser without a network; asks for the extra
    ``browser`` and Chromium. Its sandbox works for any user but root."""
    voice: bool = False
    """Whether the airline's desk takes spoken questions and reads answers aloud, where the provider can."""
    provider_seconds: float = Field(25.0, gt=0)
    """How long a provider may be silent, before its first token or between two."""
    message_characters: int = Field(200_000, gt=0)
    upload_megabytes: int = Field(20, gt=0)
    runs_per_visitor: int = Field(4, gt=0)

    @property
    def is_public(self) -> bool:
        """Whether strangers reach the page."""
        return self.public if self.public is not None else self.share or bool(self.space_id)

    @property
    def lends_keys(self) -> bool:
        """Whether a visitor without a key of their own uses the operator's."""
        return self.lend_keys if self.lend_keys is not None else not self.is_public

    @model_validator(mode="after")
    def _share_needs_sign_in(self) -> Self:
        if self.share and not (self.auth_user and self.auth_password.get_secret_value()):
            raise ValueError(
                "A public link needs a sign-in: set SWITCHBOARD_AUTH_USER and SWITCHBOARD_AUTH_PASSWORD."
            )
        return self


def load_settings(arguments: Sequence[str]) -> Settings:
    """The settings from the environment, with those of the command line before them.

    Args:
        arguments: the command line without the program's name; ``--help`` prints it and exits.

    Raises:
        BadInput: a setting cannot be used; the message names it.
    """
    parser = ArgumentParser(prog="app.py", description="Five applications of language models on one page.")
    parser.add_argument("--host", help="where to listen; 0.0.0.0 lets other machines in")
    parser.add_argument("--port", type=int, help="7860 unless set")
    parser.add_argument(
        "--share", action="store_true", default=None, help="open a public link, with a sign-in"
    )
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as exc:
        faults = "; ".join(
            ": ".join((*map(str, fault["loc"]), fault["msg"].removeprefix("Value error, ")))
            for fault in exc.errors(include_url=False, include_input=False)
        )
        raise BadInput(f"The settings cannot be used: {faults}") from exc
