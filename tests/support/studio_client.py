"""A program that talks to a studio over HTTP, as a page does, and sends what no page would."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

_sessions = itertools.count()

JSON = {"content-type": "application/json"}

VARYING = ("duration", "average_duration")
"""What differs between two equal answers."""


@contextmanager
def talking(address: str) -> Iterator["Client"]:
    """Talk to a studio at an address."""
    with httpx.Client(base_url=address, timeout=60.0, trust_env=False) as http:
        yield Client(http)


class Client:
    """Sends events to a studio."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def config(self) -> dict[str, Any]:
        return self.http.get("config").raise_for_status().json()

    def events(self) -> list[dict[str, Any]]:
        """Return every event that the server answers."""
        return [each for each in self.config()["dependencies"] if each["backend_fn"]]

    def components(self) -> dict[int, dict[str, Any]]:
        return {each["id"]: each for each in self.config()["components"]}

    def send(self, event: int, data: list[Any], event_data: object = None) -> tuple[int, str]:
        """Send an event from a page of its own; return status and body."""
        body = {
            "fn_index": event,
            "data": data,
            "event_data": event_data,
            "session_hash": f"s{next(_sessions)}",
        }
        answer = self.http.post("gradio_api/run/predict", content=json.dumps(body), headers=JSON)
        told = answer.json()
        return answer.status_code, json.dumps({k: told[k] for k in told if k not in VARYING})

    def open_page(self) -> None:
        """Send what a page sends first, upon which the studio draws its samples."""
        for event in self.events():
            if any("load" in target for target in event["targets"]):
                self.send(event["id"], [])

    def queue(self, event: int, data: list[Any]) -> str:
        """Send an event through the queue, and return all that comes back."""
        session = f"s{next(_sessions)}"
        body = {"fn_index": event, "data": data, "session_hash": session}
        self.http.post("gradio_api/queue/join", content=json.dumps(body), headers=JSON)
        lines = []
        with self.http.stream(
            "GET", "gradio_api/queue/data", params={"session_hash": session}
        ) as told:
            for line in told.iter_lines():
                lines.append(line)
                if "process_completed" in line or "close_stream" in line:
                    break
        return "\n".join(lines)

    def upload(self, file: Path, **headers: str) -> httpx.Response:
        return self.http.post(
            "gradio_api/upload", files={"files": (file.name, file.read_bytes())}, headers=headers
        )
