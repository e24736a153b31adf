"""What the settings read, compose passes on and the documents list are the same variables."""

import re

from evbooking.local.places import CHECKOUT


def read_by_settings() -> set[str]:
    text = (CHECKOUT / "evbooking" / "settings.py").read_text()
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', text))


def named_by_compose() -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (CHECKOUT / "docker-compose.yml").read_text()))


def listed_in_example() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))


def listed_in_readme() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)`", (CHECKOUT / "README.md").read_text(), re.MULTILINE))


def passed_to_the_application() -> set[str]:
    compose = (CHECKOUT / "docker-compose.yml").read_text()
    shared = compose.split("environment: &environment")[1].split("depends_on")[0]
    return set(re.findall(r"^    ([A-Z_]+):", shared, re.MULTILINE))


def test_the_example_file_lists_exactly_what_compose_reads() -> None:
    assert listed_in_example() == named_by_compose()


def test_compose_passes_every_variable_the_settings_read() -> None:
    ports_of_the_container = {"PORT", "LIVE_PORT"}
    assert read_by_settings() - ports_of_the_container <= passed_to_the_application()


def test_the_configuration_table_lists_every_variable() -> None:
    assert read_by_settings() | named_by_compose() <= listed_in_readme()
